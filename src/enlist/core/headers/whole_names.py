"""Whole names: columns that hold first and last names, beside columns of the parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from enlist.core.fields.fields import FIELDS, Kind
from enlist.core.table.table import Table

from .words import ColumnMatch, fold

# Programs fill these with whole names, so they are never only a last name.
_SHOWN: Final = frozenset(
    map(fold, ("display name", "displayname", "cn", "common name", "formatted name", "full name"))
)
_LOOKED_AT: Final = 1_000
_MOST: Final = 0.5
_PARTS: Final = ("firstname", "lastname")


def with_name_parts(columns: Sequence[ColumnMatch], *, table: Table | None) -> list[ColumnMatch]:
    """Decide what a whole name is beside its parts.

    Beside both parts it is ignored. Beside one, it gives the other part if its cells contain the given one; otherwise
    “Name” is the other part itself.
    """
    slugs = {column.slug: column.header for column in columns if not _is_whole_name(column)}
    found = []
    for column in columns:
        if _is_whole_name(column):
            column = _as_part(column, slugs=slugs, table=table)
            slugs |= dict.fromkeys(_PARTS, column.header) if _is_whole_name(column) else {column.slug: column.header}
        found.append(column)
    return found


def _is_whole_name(column: ColumnMatch) -> bool:
    return column.slug in FIELDS and FIELDS[column.slug].kind is Kind.FULL_NAME


def _as_part(column: ColumnMatch, *, slugs: dict[str | None, str], table: Table | None) -> ColumnMatch:
    given = [slug for slug in _PARTS if slug in slugs]
    if not given:
        return column
    if len(given) == len(_PARTS):
        return _spare(column, given=given)
    if table and _contains(table, whole=column.header, part=slugs[given[0]]):
        return replace(column, why=f"Its cells contain the {FIELDS[given[0]].label}; the rest is the other name.")
    if column.confidence == 1 or fold(column.header) in _SHOWN:
        return _spare(column, given=given)
    missing = next(slug for slug in _PARTS if slug not in given)
    return replace(column, slug=missing, confidence=0.8, why=f"It is next to a {FIELDS[given[0]].label}.")


def _spare(column: ColumnMatch, *, given: Collection[str]) -> ColumnMatch:
    why = f"Other columns already contain {' and '.join(FIELDS[slug].label for slug in given)}."
    return replace(column, slug=None, why=why, flag="column_spare", detail=why, is_lesson=False)


def _contains(table: Table, *, whole: str, part: str) -> bool:
    """Whether most cells of the whole name contain the part beside it, and more."""
    words = {
        each: pl.col(name).str.to_lowercase().str.replace_all(r"[\s,]+", " ")
        for each, name in (("whole", whole), ("part", part))
    }
    names = table.frame.head(_LOOKED_AT).select(**{each: cells.str.strip_chars() for each, cells in words.items()})
    both = names.filter((pl.col("part") != "") & (pl.col("whole").str.len_chars() > pl.col("part").str.len_chars()))
    padded = pl.format(" {} ", pl.col("whole")).str.contains(pl.format(" {} ", pl.col("part")), literal=True)
    given = names.filter((pl.col("whole") != "") & (pl.col("part") != "")).height
    return given > 0 and both.filter(padded).height >= _MOST * given
