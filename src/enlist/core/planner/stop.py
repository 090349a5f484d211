"""What `bad_rows = stop_import` makes of a plan in which a row fails."""

from __future__ import annotations

import polars as pl

from enlist.core.plan import Part


def stop(part: Part) -> Part:
    """The part with nothing planned: rows that did not fail are skipped, and people who would be new are nobody.

    The flag `import_stopped` is for the whole file and not added here.
    """
    failed = pl.col("fate") == "failed"
    fates = part.fates.with_columns(
        fate=pl.when(failed).then("fate").otherwise(pl.lit("skipped")),
        person=pl.when(pl.col("person") > 0).then("person"),
    )
    return Part(fates=fates, flags=part.flags, seen=part.seen)
