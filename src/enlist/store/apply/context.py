"""What the writers of all verbs need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import StalePlan
from enlist.core.plan.applied import real_ids
from enlist.store.engine import Engine

STAMPS_SCHEMA = {"person": pl.Int64(), "stamp": pl.Int64()}


@dataclass
class Tally:
    """Counts the changes made; reporting progress may raise an exception, which cancels the apply."""

    total: int
    tell: Callable[[str, int, int], None]
    done: int = 0

    def add(self, changes: int) -> None:
        """Count more changes, and report progress."""
        self.done += changes
        self.tell("applying", self.done, self.total)


@dataclass(frozen=True)
class ApplyContext:
    """One apply: where it writes, the version it gives people, and the real ids of new records.

    stamp: the new version of everybody it changes, except those in `restored_stamps` (person, stamp), who get an old
    one back. first: by relation, the id that stands for −1; −2 is the next.
    """

    at: Engine
    organization: int
    reference: Reference
    stamp: int
    restored_stamps: pl.DataFrame
    first: Mapping[str, int]

    def realise(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with real ids instead of negative ones."""
        return frame.with_columns(real_ids(frame.columns, first=self.first))

    def of_organization(self) -> pl.Expr:
        """A column `organization_id`."""
        return pl.lit(self.organization, pl.Int64).alias("organization_id")

    def stamped(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with a column `stamp`: the version each of its people has afterwards."""
        if self.restored_stamps.is_empty():
            return frame.with_columns(stamp=pl.lit(self.stamp, pl.Int64))
        joined = frame.join(self.restored_stamps, on="person", how="left", maintain_order="left")
        return joined.with_columns(pl.col("stamp").fill_null(self.stamp))

    def claims(self) -> pl.Expr:
        """A column `email_claim` from `email_key`: the address, unless the organisation lets people share addresses."""
        claim = pl.lit(None, pl.String)
        if not self.reference.shared_email:
            claim = pl.when(pl.col("email_key") != "").then("email_key")
        return claim.alias("email_claim")

    def write_all(self, sql: str, *, of: pl.DataFrame) -> None:
        """Run a statement that must write as many rows as the frame has. Raises StalePlan if it doesn't."""
        written = self.at.execute(sql)
        if written != of.height:
            raise StalePlan("directory_changed", count=of.height - written, planned=of.height)
