"""The plan that `bad_rows = stop_import` leaves if a row fails."""

from __future__ import annotations

import polars as pl

from enlist.core.flags.flags import collect, flag
from enlist.core.plan.plan import Part
from enlist.core.planner.people.unlisted import ABOUT_UNLISTED


def stop_all(part: Part, *, failed: int | None) -> Part:
    """The part without changes: other rows than failed ones are skipped, and new people are dropped.

    failed: how many rows of the whole file failed, for the flag (null: another part has it).
    """
    stopped = [flag("import_stopped", value=str(failed))] if failed is not None else []
    statuses = part.statuses.with_columns(
        row_status=pl.when(pl.col("row_status") == "failed").then("row_status").otherwise(pl.lit("skipped")),
        person=pl.when(pl.col("person") > 0).then("person"),
    )
    flags = part.flags.filter(~pl.col("code").is_in(ABOUT_UNLISTED))
    return Part(statuses=statuses, flags=collect(*stopped, flags))
