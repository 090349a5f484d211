"""Try settings on a draft: examples of patterns, and how many problems other settings solve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.clean import Cleaned
from enlist.core.clean.key import fold_key
from enlist.core.errors import PolicyError
from enlist.core.flags.catalogue import ERRORS, WARNINGS
from enlist.core.flags.flags import collect, sentences
from enlist.core.policy import Policy, patterns, policy_field
from enlist.core.rows.check import check
from enlist.core.rows.cleaners import cleaner, spelling, usernames
from enlist.services.access import Scope
from enlist.services.imports.staged_file import file_meant, file_start
from enlist.store.directory import snapshot
from enlist.store.people import people

from .draft import Draft, draft_record, words_of

# The setting with a pattern, beside `defaults.FIELD`.
USERNAMES: Final = "username_from"
EXAMPLES: Final = 3
# Rows that are searched for examples.
_LOOKED_THROUGH: Final = 200
# Rows whose people are looked up.
MOST_LOOKED_AT: Final = 5_000
_KEYS: Final = {"username": "username_key", "email": "email_key", "idnumber": "idnumber"}


@dataclass(frozen=True)
class Example:
    """The value that a pattern gives for a row. problem: what is wrong with it, "" for nothing."""

    line: int
    made: str
    problem: str


@dataclass(frozen=True)
class Effects:
    """What the first rows of a draft say about its settings.

    is_whole: that is all rows. matches: match key → how many of these rows name an existing person, and columns: match
    key → header, for keys that a column is mapped to.
    """

    rows: int
    is_whole: bool
    matches: Mapping[str, int]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Solved:
    """How many problems other settings solved and caused, and how many errors and warnings remain."""

    solved: int
    made: int
    errors: int
    warnings: int


def pattern_examples(scope: Scope, *, number: int, setting: str, pattern: str) -> list[Example]:
    """The values of a pattern for the first rows that have the names it uses. setting: USERNAMES or `defaults.FIELD`.

    A pattern without names has one example. Raises PolicyError for another setting.
    """
    record = draft_record(scope, number=number)
    start, words = file_start(record).slice(0, _LOOKED_THROUGH), words_of(scope)
    reference = snapshot.reference(scope.organization)
    columns, policy = file_meant(record, headers=start.headers)
    policy = policy.replace(defaults={}, username_from="")
    slug = _field_of(setting, policy=policy)
    match = words.match(start, overrides=columns, left_out=policy.columns_left_out)
    rows = check(start, match, policy=policy, reference=reference).frame
    shown = _named(rows, uses=patterns.references(pattern))
    cells = shown.select("line", _=patterns.expression(pattern)).get_column("_")
    if setting == USERNAMES:
        cleaned = usernames(cells, spelling=spelling(policy))
    else:
        cleaned = cleaner(slug, policy=policy, reference=reference)(cells)
    against = _against(cleaned, field=slug)
    values = enumerate(zip(shown.get_column("line"), cleaned.values, strict=True))
    return [Example(line, made or "", against.get(place, "")) for place, (line, made) in values]


def settings_effects(scope: Scope, *, draft: Draft) -> Effects:
    """What the first rows of a draft say about its settings."""
    start = draft.start.slice(0, MOST_LOOKED_AT)
    columns = {column.slug: column.header for column in draft.columns if column.slug in _KEYS and not column.is_secret}
    keys = {
        slug: _keys(start.frame.get_column(header), slug=slug, policy=draft.policy) for slug, header in columns.items()
    }
    known = people.rows_known(scope.organization, keys=pl.DataFrame({_KEYS[slug]: each for slug, each in keys.items()}))
    return Effects(
        rows=start.height,
        is_whole=start.height == draft.rows,
        matches={slug: known[_KEYS[slug]] for slug in columns},
        columns=columns,
    )


def _keys(cells: pl.Series, *, slug: str, policy: Policy) -> pl.Series:
    """Cells as the keys that people are found by; null for blank ones."""
    trimmed = cells.str.strip_chars().replace("", None)
    if slug == "idnumber":
        return trimmed
    return fold_key(usernames(trimmed, spelling=spelling(policy)).values if slug == "username" else trimmed)


def problems_counted(scope: Scope, *, number: int) -> dict[str, int] | None:
    """How many errors and warnings of each kind a draft has; None if it isn't planned."""
    record = draft_record(scope, number=number)
    if record.state != "planned":
        return None
    flags: Mapping[str, int] = record.figures.get("flags", {})
    return {code: count for code, count in flags.items() if code in {*ERRORS, *WARNINGS}}


def problems_compared(before: Mapping[str, int] | None, *, now: Mapping[str, int]) -> Solved:
    """The difference between two counts of problems."""
    then = now if before is None else before
    moved = [now.get(code, 0) - then.get(code, 0) for code in {*then, *now}]
    return Solved(
        solved=-sum(each for each in moved if each < 0),
        made=sum(each for each in moved if each > 0),
        errors=sum(count for code, count in now.items() if code in ERRORS),
        warnings=sum(count for code, count in now.items() if code in WARNINGS),
    )


def _field_of(setting: str, *, policy: Policy) -> str:
    if setting == USERNAMES:
        return "username"
    field, _, name = setting.partition(".")
    if field != "defaults":
        raise PolicyError("setting_without_pattern", setting=setting)
    return str(next(iter(policy_field(field).read_entry(policy.defaults, key=name, text="%f"))))


def _named(rows: pl.DataFrame, *, uses: frozenset[str]) -> pl.DataFrame:
    """The first rows that have the names a pattern uses: line, and all names that patterns can read."""
    names = list(patterns.LETTERS.values())
    missing = [pl.lit("").alias(name) for name in names if name not in rows.columns]
    shown = rows.with_columns(missing).select("line", *names)
    wanted = [pl.col(patterns.LETTERS[letter]).fill_null("") != "" for letter in sorted(uses)]
    return shown.filter(pl.all_horizontal(wanted)).head(EXAMPLES) if wanted else shown.head(1)


def _against(cleaned: Cleaned, *, field: str) -> dict[int, str]:
    """What is wrong with values, by position."""
    wrong = cleaned.notes.filter(pl.col("code").is_in({*ERRORS, *WARNINGS}))
    found = sentences(collect(wrong.drop("at").with_columns(field=pl.lit(field))))
    return dict(zip(wrong.get_column("at"), found, strict=True))
