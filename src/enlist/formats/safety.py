"""Safety: how much a file may hold, and text that a spreadsheet would run as a formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Limits:
    """The most a file may hold: bytes as received, rows, columns, characters in a cell (a spreadsheet's own limit)."""

    size: int = 1_000_000_000
    rows: int = 5_000_000
    columns: int = 1_000
    cell: int = 32_767


DEFAULT_LIMITS: Final = Limits()
