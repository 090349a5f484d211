"""What the cells of a column show about its field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.clean import Cleaned, country, time_zone

# Only the first cells of a file are looked at, and this many distinct ones.
_LOOKED_AT: Final = 2_000
_DIFFERENT: Final = 200
_MOST_CELLS: Final = 0.8
_FEW_CELLS: Final = 0.2
_FEWEST: Final = 3

_EMAIL: Final = r"^[^\s@,;]+@+[^\s@,;]+\.[^\s@,;]+$"
_PHONE: Final = r"^(?:\+|00)[0-9][0-9 ()/.-]{6,}$"
_CODE: Final = r"^[A-Z]{2}$"
_ZONE: Final = r"^[A-Z][A-Za-z]+/[A-Za-z_/-]+$"
_NAMES: Final = ("firstname", "lastname", "fullname", "fullname_reversed")
# What names don't have.
_NO_NAME: Final = r"[0-9@/]"


@dataclass(frozen=True)
class Clue:
    """What field a column may be, how likely (0 to 1), and why in a sentence."""

    slug: str
    confidence: float
    why: str


def clue(cells: pl.Series) -> Clue | None:
    """The field that the cells of a column clearly show, whatever its header; None if they show none."""
    given = _given(cells)
    for slug, what, share, fewest in _shares(given):
        if share >= _MOST_CELLS and len(given) >= fewest:
            return Clue(slug, round(0.75 * share, 2), f"{_part(share).capitalize()} of its cells look like {what}.")
    return None


def doubt(cells: pl.Series, *, slug: str) -> str | None:
    """What in the cells contradicts this field, in a sentence; None if nothing does."""
    if slug != "email" and slug not in _NAMES:
        return None
    given = _given(cells)
    if len(given) < _FEWEST:
        return None
    if slug == "email":
        share = _share(given, pattern="@")
        return f"only {_part(share)} of its cells have an @" if share < _FEW_CELLS else None
    share = _share(given, pattern=_NO_NAME)
    return f"{_part(share)} of its cells hold digits or signs that names do not have" if share >= _MOST_CELLS else None


def _given(cells: pl.Series) -> pl.Series:
    return (
        cells.head(_LOOKED_AT)
        .str.strip_chars()
        .replace("", None)
        .drop_nulls()
        .unique(maintain_order=True)
        .head(_DIFFERENT)
    )


def _shares(given: pl.Series) -> Iterator[tuple[str, str, float, int]]:
    """Field, what its cells look like, the share of such cells, and how many distinct cells it needs."""
    if given.is_empty():
        return
    yield "email", "e-mail addresses", _share(given, pattern=_EMAIL), 1
    yield "phone1", "telephone numbers", _share(given, pattern=_PHONE), _FEWEST
    if _share(given, pattern=_CODE) >= _MOST_CELLS:
        yield "country", "codes of countries", _known(country(given)), _FEWEST
    if _share(given, pattern=_ZONE) >= _MOST_CELLS:
        yield "timezone", "time zones", _known(time_zone(given)), _FEWEST


def _known(cleaned: Cleaned) -> float:
    return 1 - cleaned.values.null_count() / len(cleaned.values)


def _share(given: pl.Series, *, pattern: str) -> float:
    return float(given.str.contains(pattern).sum()) / len(given)


def _part(share: float) -> str:
    return "all" if share == 1 else f"{share:.0%}"
