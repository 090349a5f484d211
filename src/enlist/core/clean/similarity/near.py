"""The nearest valid value, to suggest when a cell has no meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from enlist.core.clean.column import Cleaned, no_notes, note

# How similar a value must be to be suggested, and how many distinct values of a column are looked at: in a column of
# something else entirely the search would take hours.
NEAR: Final = 0.75
_MOST: Final = 200
_SHORTEST: Final = 4


def nearest(word: str, *, among: Mapping[str, str], cutoff: float = NEAR) -> tuple[str, str, float] | None:
    """The key most similar to this word, its meaning and the similarity (0 to 1); None if none is, or two tie."""
    # Imported here: it takes 20 ms and is rarely needed.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(word) < _SHORTEST:
        return None
    found = process.extract(
        word, among.keys(), scorer=OSA.normalized_similarity, score_cutoff=cutoff, limit=4, processor=None
    )
    if not found:
        return None
    best = found[0]
    if any(other[1] == best[1] and among[other[0]] != among[best[0]] for other in found[1:]):
        return None
    return best[0], among[best[0]], best[1]


def offering(
    values: pl.Series,
    *,
    cells: pl.Series,
    code: str,
    suggest: Callable[[str], str | None],
    queries: pl.Series | None = None,
) -> Cleaned:
    """The values, with a note wherever they are null; its detail suggests what was meant.

    asked: what `suggest` gets, if not the cell.
    """
    at = values.is_null().arg_true()
    if at.is_empty():
        return Cleaned(values, no_notes())
    bad = cells.gather(at)
    near = _suggested(bad if queries is None else queries.gather(at), suggest=suggest)
    every = pl.repeat(value=True, n=len(at), dtype=pl.Boolean(), eager=True)
    return Cleaned(values, note(every, code=code, value=bad, detail=near, places=at))


def _suggested(bad: pl.Series, *, suggest: Callable[[str], str | None]) -> pl.Series:
    values = bad.unique(maintain_order=True).head(_MOST)
    near = pl.Series([suggest(value) for value in values], dtype=pl.String)
    return bad.replace_strict(values, near, default=None, return_dtype=pl.String)
