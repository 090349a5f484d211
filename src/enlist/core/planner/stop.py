"""`bad_rows = stop_import`: which rows stop an import, and the plan that is left.

Source: spec/policies.md ("Error levels").
"""

from __future__ import annotations

import polars as pl

from enlist.core.flags.catalogue import DROPPED_CELLS
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.plan import Part
from enlist.core.planner.people.unlisted import ABOUT_UNLISTED


def bad_rows(part: Part) -> pl.Series:
    """The rows (Int64, unique) that fail, or would be imported without one of their cells."""
    skipped = part.statuses.filter(pl.col("row_status") == "skipped").get_column("row")
    failed = part.statuses.filter(pl.col("row_status") == "failed").get_column("row")
    incomplete = part.flags.filter(pl.col("code").is_in(DROPPED_CELLS) & ~pl.col("row").is_in(skipped.implode()))
    return pl.concat([failed, incomplete.get_column("row")]).unique()


def stopped(bad: int) -> pl.DataFrame:
    """The flag of an import with this number of bad rows."""
    return flag("import_stopped", value=str(bad))


def stop_all(part: Part, *, why: pl.DataFrame | None = None) -> Part:
    """The part without changes: other rows than failed ones are skipped, and new people are dropped.

    why: flags with the reason (null: another part has them).
    """
    statuses = part.statuses.with_columns(
        row_status=pl.when(pl.col("row_status") == "failed").then("row_status").otherwise(pl.lit("skipped")),
        person=pl.when(pl.col("person") > 0).then("person"),
    )
    flags = part.flags.filter(~pl.col("code").is_in(ABOUT_UNLISTED))
    return Part(statuses=statuses, flags=flags if why is None else collect(why, flags))
