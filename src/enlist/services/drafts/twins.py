"""Twins: rows of a draft with a new username that may be about an existing person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from enlist.core.directory.directory import ProfileField
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import FIELDS
from enlist.core.planner.people.close import birthday_of
from enlist.services.access import Scope
from enlist.services.imports.staged_file import ROW, file_rows, twins_keep
from enlist.store import models
from enlist.store.people import people

from .draft import draft_to_change
from .fixes import TWINS, Problems, row_flags

_COMPARED: Final = ("firstname", "lastname", "email")


def problem_twin(scope: Scope, *, number: int, username: str, twin: str, same: bool) -> None:
    """Decide about a new username of the file whose person may be `twin`. The draft must be planned again.

    same: the import renames that person to it, whatever its settings say; else they are two people. Raises PolicyError
    if the last plan didn't find these two.
    """
    record = draft_to_change(scope, number=number)
    found = row_flags(record).filter(pl.col("code").is_in(TWINS), value=username, detail=twin)
    if found.is_empty():
        raise PolicyError("problem_without_cell")
    twins_keep(record, twins={username: twin if same else ""})


def pairs_of(record: models.Import, *, problems: Problems, headers: Mapping[str, str]) -> Problems:
    """The problems, with what the people of twins have (some queries if there are any). headers: slug → header."""
    twins = {each.row: each.twin for each in problems.kinds if each.twin}
    if not twins:
        return problems
    lines = file_rows(record, rows=pl.Series("row", sorted(twins), dtype=pl.Int64)).iter_rows(named=True)
    cells = {line[ROW]: {slug: line.get(header) or "" for slug, header in headers.items()} for line in lines}
    known = {each.username: each for each in people.by_usernames(record.organization, usernames=[*twins.values()])}
    birthday = birthday_of(problems.reference)
    kinds = [
        replace(each, pair=_pair(known[each.twin], new=each.value, cells=cells[each.row], birthday=birthday))
        if each.twin in known
        else each
        for each in problems.kinds
    ]
    return replace(problems, kinds=kinds)


def _pair(
    person: models.Person, *, new: str, cells: Mapping[str, str], birthday: ProfileField | None
) -> tuple[tuple[str, str, str], ...]:
    """What a person and a row have: label, the person's, the row's."""
    found = [("username", person.username, new)]
    found += [(FIELDS[slug].label, getattr(person, slug), cells.get(slug, "")) for slug in _COMPARED]
    if birthday:
        found.append((birthday.name, person.profile.get(str(birthday.id), ""), cells.get(birthday.slug, "")))
    return tuple(found)
