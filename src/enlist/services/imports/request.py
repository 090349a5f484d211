"""The request of an import: one value, whoever makes it, a command, a page or a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from enlist.core.policy import Policy
from enlist.core.table.table import Table
from enlist.formats import ReadOptions


@dataclass(frozen=True)
class ImportRequest:
    """A file, a preset's name and its policy, how the file is read, and how its columns are meant.

    name: what messages call the file. columns: their header → our field, where guessing is not wanted. key: with the
    same one it is one import, however often it is asked for; "" for none. passwords: read those that the policy uses,
    sealed. excluded: Int64, the rows that somebody left out. Who asks is the scope's.
    """

    source: Path | bytes | BinaryIO | Table
    policy: Policy
    preset: str
    name: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    reading: ReadOptions = field(default_factory=ReadOptions)
    key: str = ""
    passwords: bool = True
    excluded: pl.Series = field(default_factory=lambda: pl.Series("row", [], dtype=pl.Int64))
