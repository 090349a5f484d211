"""Values of a draft's columns that aren't options of their field, and what they become."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.clean.key import fold
from enlist.core.clean.names import one_line
from enlist.core.fields.fields import PROFILE_PREFIX
from enlist.core.rows.fixes import likeliest, lists_of, possible
from enlist.core.setup_kinds import PROFILE_FIELDS
from enlist.services.access import Right, Scope, needs
from enlist.services.setup.records import record_add
from enlist.store.directory import snapshot

from .columns import Column
from .draft import Draft, draft_record
from .replace import SOON, Replacement, replace_do

# The most values of a column that the page lists; longer lists of options are for the review.
MOST: Final = 12
_LONGEST: Final = 200


@dataclass(frozen=True)
class OddValue:
    """A value that isn't an option of its field. rows: how many have it. likely: the option it resembles, if any."""

    text: str
    rows: int
    options: tuple[str, ...]
    likely: str


def column_values(scope: Scope, *, draft: Draft) -> dict[str, list[OddValue]]:
    """By header: the most frequent values that aren't options. Empty for long files, whose review has them."""
    if draft.rows > SOON:
        return {}
    lists = lists_of(column.slug for column in draft.columns if column.slug)
    reference = snapshot.with_lists(draft.reference, organization=scope.organization, names=lists)
    several = {each.slug for each in reference.profile_fields if each.kind == "choices"}
    found = {}
    for column in draft.columns:
        options = possible(column.slug, reference=reference) if column.slug and column.slug not in several else ()
        if options and len(options) < _LONGEST and (odd := _odd(draft.start.frame, column=column, options=options)):
            found[column.header] = odd
    return found


def column_values_set(scope: Scope, *, number: int, chosen: Mapping[tuple[str, str], str]) -> None:
    """Replace values in all rows: (header in the file, value) → new value. Raises as `replace_do`."""
    draft_record(scope, number=number)
    for (header, value), new in chosen.items():
        replace_do(scope, number=number, wanted=Replacement(value, new, column=header, whole=True))


@needs(Right.CHANGE_SETUP)
def column_field_add(scope: Scope, *, header: str) -> str:
    """Add a profile field of texts, called like a column; its slug. Raises PolicyError if there is such a field."""
    name = one_line(header, what="name of a field")
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    shortname = (made if made[:1].isalpha() else f"field_{made}").rstrip("_")[:100]
    record_add(scope, kind=PROFILE_FIELDS, values={"shortname": shortname, "name": name, "kind": "text"})
    return f"{PROFILE_PREFIX}{shortname}"


def _odd(frame: pl.DataFrame, *, column: Column, options: tuple[str, ...]) -> list[OddValue]:
    known = {fold(option) for option in options}
    counts = frame.get_column(column.header).value_counts(sort=True, name="rows")
    odd = (
        OddValue(text, rows, options, likeliest(text, among=options))
        for text, rows in counts.iter_rows()
        if text and fold(text.strip()) not in known
    )
    return [value for _place, value in zip(range(MOST), odd, strict=False)]
