"""Partial plans: some columns or rows of a part, without unpacking the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from enlist.core.changes import is_about, people_columns, targets
from enlist.core.flags.flags import no_flags
from enlist.core.table.frames import columns_from_bytes, from_bytes, rows_from_bytes


@dataclass(frozen=True)
class PartialPlan:
    """A part of a plan as it is stored.

    names: the names of its frames, as `Part.to_blobs` gives them. load: returns the bytes of a frame.
    """

    names: tuple[str, ...]
    load: Callable[[str], bytes]

    def columns(self, name: str, *columns: str) -> pl.DataFrame:
        """These columns of a frame, as far as it has them; empty without that frame."""
        return columns_from_bytes(self.load(name), columns=columns) if name in self.names else pl.DataFrame()

    def rows(self, name: str) -> pl.DataFrame:
        """A whole frame."""
        return from_bytes(self.load(name))

    def flags(self) -> pl.DataFrame:
        """Its flags, of `flags.FLAG_SCHEMA`."""
        return self.rows("flags") if "flags" in self.names else no_flags()

    def about(self, name: str, *, people: pl.Series) -> pl.DataFrame:
        """The rows of a frame that are about these people (Int64)."""
        return rows_about(self.load(name), people=people)


def rows_about(blob: bytes, *, people: pl.Series) -> pl.DataFrame:
    """The rows of a packed frame that are about these people (Int64). Raises PlanError for other bytes."""
    whose = columns_from_bytes(blob, columns=people_columns(targets()))
    if not whose.columns:
        return rows_from_bytes(blob, rows=pl.Series(dtype=pl.Int64))
    mine = whose.select(is_about(people, columns=whose.columns).arg_true().cast(pl.Int64))
    return rows_from_bytes(blob, rows=mine.to_series())
