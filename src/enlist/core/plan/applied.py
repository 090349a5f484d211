"""What an apply gave a plan, and the plan's frames with real ids instead of negative ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from enlist.core.changes import VERSION_AFTER, people_of, targets

from .plan import Part


@dataclass(frozen=True)
class Applied:
    """The ids and version that an apply assigned.

    stamp: the version of everybody that the apply changed. first: by relation, the real id of −1; −2 has the next, and
    so on.
    """

    stamp: int
    first: Mapping[str, int] = field(default_factory=dict)

    def realise(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame of the plan with real ids."""
        return frame.with_columns(real_ids(frame.columns, first=self.first))

    def frames(self, part: Part) -> dict[str, pl.DataFrame]:
        """All frames of a part with real ids."""
        return {verb: self.realise(frame) for verb, frame in part.frames.items()}

    def versions(self, part: Part) -> pl.DataFrame:
        """The people the part changes, with their version afterwards (Int64 columns person, version, by person).

        That is the stamp, except for people that an undo restores completely (`VERSION_AFTER`).
        """
        frames = self.frames(part)
        schema = {"person": pl.Int64(), "version": pl.Int64()}
        changed = [people_of(frame).to_frame() for frame in frames.values()]
        touched = pl.concat([pl.DataFrame(schema=schema).select("person"), *changed]).unique().sort("person")
        old = [f.select("person", version=VERSION_AFTER) for f in (part.seen, *frames.values()) if VERSION_AFTER in f]
        given = pl.concat([pl.DataFrame(schema=schema), *old]).drop_nulls("version")
        versions = touched.join(given, on="person", how="left", maintain_order="left")
        return versions.with_columns(pl.col("version").fill_null(self.stamp))


def real_ids(columns: Iterable[str], *, first: Mapping[str, int]) -> list[pl.Expr]:
    """The columns of a frame that may have negative ids, with real ones; first as in `Applied`."""
    known = targets()
    return [
        pl.when(pl.col(name) < 0).then(first[known[name]] - 1 - pl.col(name)).otherwise(name).alias(name)
        for name in columns
        if known.get(name) in first
    ]
