"""Keys: the form in which usernames and e-mail addresses are compared, equal on both databases."""

from __future__ import annotations

import unicodedata

import polars as pl

from .column import by_value, outside_ascii, scattered


def fold(text: str) -> str:
    """The text without differences of case and composition (NFC of the full case folding of NFC)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def fold_key(cells: pl.Series) -> pl.Series:
    """`fold` of every value of a String series; null stays null, and folding is idempotent."""
    # In ASCII folding is lower-casing; beyond it only Python counts, as Polars follows another version of Unicode.
    other = outside_ascii(cells)
    return scattered(cells.str.to_lowercase(), at=other, values=by_value(cells.gather(other), read=fold))
