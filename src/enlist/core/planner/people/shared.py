"""Shared addresses: a warning only for those that several people have in the end."""

from __future__ import annotations

import polars as pl

from enlist.core.clean import fold_key


def still_shared(
    flags: pl.DataFrame, *, statuses: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, removed: pl.Series
) -> pl.DataFrame:
    """Flags without those about addresses that nobody else has any more after all rows.

    before, after: people (`people_schema`) of the directory, and those who were created or changed. removed: Int64.
    """
    about = flags.filter(pl.col("code") == "email_shared")
    if about.is_empty():
        return flags
    gone = pl.concat([after.get_column("person"), removed]).implode()
    people = pl.concat([before.filter(~pl.col("person").is_in(gone)), after]).select("email_key", other="person")
    about = about.select("row", email_key=fold_key(about.get_column("value")))
    both = about.join(statuses.select("row", "person"), on="row").join(people, on="email_key")
    shared = both.filter(pl.col("person").ne_missing(pl.col("other"))).get_column("row")
    return flags.filter((pl.col("code") != "email_shared") | pl.col("row").is_in(shared.implode()))
