"""Names of groups: several in a cell, separated by ; or |; a name in double quotes may contain both (NE-16)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from .column import Cleaned, by_value
from .key import fold
from .text import text, tidy

SEPARATOR: Final = "\n"
_PIECE: Final = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^";|]*))\s*(?:[;|]|$)')


def group_names(cells: pl.Series, *, known: Mapping[str, str], longest: int) -> Cleaned:
    """Names of groups, each once, in alphabetical order, separated by `SEPARATOR`.

    known: folded name → the group's own spelling; a name that differs from it only in case means that group. A cell
    with a quotation mark in the wrong place, or with a name longer than `longest`, is bad.
    """
    tidied = text(cells)
    names = by_value(tidied.values, read=_names)
    cleaned = Cleaned(names, tidied.notes).without(names.is_null(), code="groups_unread", value=cells)
    too_long = by_value(cleaned.values, read=lambda value: _longer(value, than=longest)).is_not_null()
    cleaned = cleaned.without(too_long, code="too_long", value=cells, detail=str(longest))
    spelled = by_value(cleaned.values, read=lambda value: _spelled(value, known=known))
    differs = (spelled != cleaned.values).fill_null(value=False)
    shown = spelled.str.replace_all(SEPARATOR, "; ", literal=True)
    return Cleaned(spelled, cleaned.notes).noting(differs, code="groups_spelled", value=cells, detail=shown)


def quoted(names: pl.Expr) -> pl.Expr:
    """Names of groups as a cell contains them."""
    needed = names.str.contains(r'[;|"]') | (names != names.str.strip_chars())
    inside = pl.lit('"') + names.str.replace_all('"', '""', literal=True) + pl.lit('"')
    return pl.when(needed).then(inside).otherwise(names)


def _names(cell: str) -> str | None:
    """The names in a cell; None if a quotation mark is in the wrong place."""
    found, at = list[str](), 0
    while at < len(cell):
        piece = _PIECE.match(cell, at)
        if piece is None:
            return None
        name = piece[1].replace('""', '"') if piece[1] is not None else piece[2]
        found.append(tidy(name))
        at = piece.end()
    return SEPARATOR.join(sorted({name for name in found if name}))


def _longer(value: str, *, than: int) -> str | None:
    return value if any(len(name) > than for name in value.split(SEPARATOR)) else None


def _spelled(value: str, *, known: Mapping[str, str]) -> str:
    own = {*known.values()}
    names = (name if name in own else known.get(fold(name), name) for name in value.split(SEPARATOR))
    return SEPARATOR.join(sorted({*names}))
