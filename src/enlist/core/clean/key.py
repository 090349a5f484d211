"""Keys: how usernames and e-mail addresses are compared and names are searched, equal on both databases."""

from __future__ import annotations

import unicodedata
from typing import Final

import polars as pl

from .column import by_value, outside_ascii, scattered

# Some characters become a whole name ("☃": ":snowman:"), and an index of the database holds no long keys.
_LONGEST: Final = 200


def fold(text: str) -> str:
    """The text without differences of case and composition (NFC of the full case folding of NFC)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def fold_key(cells: pl.Series) -> pl.Series:
    """`fold` of every value of a String series; null stays null, and folding is idempotent."""
    # In ASCII folding is lower-casing; beyond it only Python counts, as Polars follows another version of Unicode.
    other = outside_ascii(cells)
    return scattered(cells.str.to_lowercase(), at=other, values=by_value(cells.gather(other), read=fold))


def plain(text: str) -> str:
    """The folded text in Latin letters without accents: “Groß” and “GROSS” become “gross”, “ნინო” becomes “nino”."""
    from anyascii import anyascii

    folded = fold(text)
    return (folded if folded.isascii() else fold(anyascii(folded)) or folded)[:_LONGEST]


def plain_key(cells: pl.Series) -> pl.Series:
    """`plain` of every value of a String series without nulls."""
    other = outside_ascii(cells)
    return scattered(cells.str.to_lowercase(), at=other, values=by_value(cells.gather(other), read=plain))
