"""Applied: what an apply gave a plan, and the plan's frames with real ids in place of the numbers below zero."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from .changes import VERSION_AFTER
from .plan import Part


@dataclass(frozen=True)
class Applied:
    """The outcome of an apply, as far as ids go.

    stamp: the version everybody has whom the apply changed. first_person, first_course_group, first_group: the
    real ids of the plan's −1; −2 has the next, and so on.
    """

    stamp: int
    first_person: int
    first_course_group: int
    first_group: int = 0

    def realise(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame of the plan (a verb's, its fates) with real ids."""
        firsts = {
            "person": self.first_person,
            "course_group": self.first_course_group,
            "people_group": self.first_group,
        }
        return frame.with_columns(
            pl.when(pl.col(name) < 0).then(first - 1 - pl.col(name)).otherwise(name).alias(name)
            for name, first in firsts.items()
            if name in frame.columns
        )

    def frames(self, part: Part) -> dict[str, pl.DataFrame]:
        """All frames of a part with real ids."""
        return {verb: self.realise(frame) for verb, frame in part.frames.items()}

    def versions(self, part: Part) -> pl.DataFrame:
        """Everybody the part changes, with their version afterwards (Int64 columns person, version, by person).

        It is the stamp, but for those who go back wholly in an undo (`VERSION_AFTER`).
        """
        frames = self.frames(part)
        schema = {"person": pl.Int64(), "version": pl.Int64()}
        changed = [frame.select("person") for frame in frames.values() if "person" in frame.columns]
        touched = pl.concat([pl.DataFrame(schema=schema).select("person"), *changed]).unique().sort("person")
        old = [f.select("person", version=VERSION_AFTER) for f in (part.seen, *frames.values()) if VERSION_AFTER in f]
        given = pl.concat([pl.DataFrame(schema=schema), *old]).drop_nulls("version")
        versions = touched.join(given, on="person", how="left", maintain_order="left")
        return versions.with_columns(pl.col("version").fill_null(self.stamp))
