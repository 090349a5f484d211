"""Safety: how much a file may hold, and text that a spreadsheet would run as a formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl


@dataclass(frozen=True)
class Limits:
    """The most a file may hold: bytes as received, rows, columns, characters in a cell (a spreadsheet's own limit)."""

    size: int = 1_000_000_000
    rows: int = 5_000_000
    columns: int = 1_000
    cell: int = 32_767


DEFAULT_LIMITS: Final = Limits()

# What a spreadsheet takes for the start of a formula, full-width twins included (OWASP, CSV injection).
_FORMULA: Final = "[=+\\-@\t\r\n＝＋－＠]"


def guarded(column: str) -> pl.Expr:
    """The column with an apostrophe before every cell that a spreadsheet would run; `unguarded` takes it off again."""
    cell = pl.col(column)
    starts = cell.str.contains(f"^'*{_FORMULA}")
    return pl.when(starts).then(pl.concat_str(pl.lit("'"), cell)).otherwise(cell).alias(column)


def unguarded(column: str) -> pl.Expr:
    """The column without the apostrophes of `guarded`."""
    cell = pl.col(column)
    return pl.when(cell.str.contains(f"^'+{_FORMULA}")).then(cell.str.slice(1)).otherwise(cell).alias(column)
