"""What `bad_rows = stop_import` makes of a plan in which a row fails."""

from __future__ import annotations

import polars as pl

from enlist.core.flags.flags import collect, flag
from enlist.core.plan.plan import Part

from .unlisted import SAID


def stop_all(part: Part, *, failed: int | None) -> Part:
    """The part with nothing to do: rows that had not failed are skipped, and people who would be new are nobody.

    failed: how many rows of the whole file failed, for the flag that says so (null: another part says it).
    """
    said = [flag("import_stopped", value=str(failed))] if failed is not None else []
    statuses = part.statuses.with_columns(
        row_status=pl.when(pl.col("row_status") == "failed").then("row_status").otherwise(pl.lit("skipped")),
        person=pl.when(pl.col("person") > 0).then("person"),
    )
    flags = part.flags.filter(~pl.col("code").is_in(SAID))
    return Part(statuses=statuses, flags=collect(*said, flags))
