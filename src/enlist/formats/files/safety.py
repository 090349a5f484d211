"""Safety: size limits, and text that a spreadsheet would run as a formula (OWASP ASVS 5.0, 1.2.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl


@dataclass(frozen=True)
class Limits:
    """The most a file may hold: bytes as received, rows, columns, characters in a cell (a spreadsheet's own limit).

    cells: rows times columns; blank ones take room too.
    memory, seconds: what the process that parses a workbook may use.
    """

    size: int = 1_000_000_000
    rows: int = 5_000_000
    columns: int = 1_000
    cell: int = 32_767
    cells: int = 50_000_000
    memory: int = 1_000_000_000
    seconds: int = 120


DEFAULT_LIMITS: Final = Limits()

# The header of the blank last column, which marks that formulas were guarded and the guards can be removed.
GUARD_MARK: Final = "enlist_guard"

# Apostrophes before the sign count too, so that removing one guard restores the original.
_STARTS_FORMULA: Final = r"^'*[=+\-@\t\r\n＝＋－＠]"
_GUARDED: Final = r"^'('*[=+\-@\t\r\n＝＋－＠])"


def needs_guard(cells: pl.Series) -> pl.Series:
    """Which cells a spreadsheet may run as a formula, or would look guarded."""
    return cells.str.contains(_STARTS_FORMULA)


def guarded(cells: pl.Series) -> pl.Series:
    """The cells, with an apostrophe before those that need one."""
    return cells.str.replace(f"({_STARTS_FORMULA})", "'$1")


def unguarded(cells: pl.Series) -> pl.Series:
    """The cells as they were before `guarded`."""
    return cells.str.replace(_GUARDED, "$1")
