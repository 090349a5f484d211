"""Shared by the tests of the column functions."""

from collections.abc import Callable, Sequence

import polars as pl

from enlist.core.clean import Cleaned

Note = tuple[str, str | None]


def told(cleaned: Cleaned) -> tuple[list[str | None], list[tuple[int, str, str | None, str | None]]]:
    """Values and notes of a cleaned column, to be compared whole."""
    return cleaned.values.to_list(), [tuple(note) for note in cleaned.notes.sort("at", maintain_order=True).rows()]


def one(clean: Callable[[pl.Series], Cleaned], *, cell: str) -> tuple[str | None, list[Note]]:
    """The cleaned value of a single cell, with the codes and details of its flags."""
    cleaned = clean(column([cell]))
    return cleaned.values.item(), list(cleaned.notes.select("code", "detail").rows())


def column(cells: Sequence[str]) -> pl.Series:
    """A column of text."""
    return pl.Series("cells", cells, dtype=pl.String)
