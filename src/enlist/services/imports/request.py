"""The request for an import: the same value for commands, pages and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from enlist.core.headers.words import is_password
from enlist.core.policy import Policy
from enlist.core.table.table import Table
from enlist.formats import ReadOptions


@dataclass(frozen=True)
class ImportRequest:
    """A file, a preset and its policy, how to read the file, and the meaning of its columns.

    name: of the file, for messages. columns: header → field, for columns that Enlist shouldn't guess. key: requests
    with the same key are one import; "" for none. passwords: read those that the policy uses, encrypted. excluded:
    Int64, rows not to import. invite: the answer if the policy asks whether new people are invited. twins: what
    somebody decided about new usernames that may be those of existing people (`planner.people.close.with_twins`).
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
    invite: bool | None = None
    twins: Mapping[str, str] = field(default_factory=dict)

    @property
    def password(self) -> str | None:
        """The header of the column that is mapped to passwords."""
        return next((header for header, name in self.columns.items() if is_password(name)), None)
