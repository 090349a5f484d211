"""Listing: who is in a file, whatever the status of their row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.policy import Policy

from .rows import Rows

# Match key → its column, in Rows and in Directory.people.
COLUMNS: Final = {"username": "username_key", "email": "email_key", "idnumber": "idnumber"}
# Cells of such a row may be in the wrong column, and a cell may contain the whole next row.
GARBLED: Final = ("row_long", "quote_runs_on", "nul_byte", "undecodable")


@dataclass(frozen=True)
class Listing:
    """The keys (`Policy.match_by`) that rows name, failed and skipped rows included.

    keys: String columns of `COLUMNS`, null for none. unreadable: lines (Int64) of failed rows that may mean anybody.
    rows: the number of rows.
    """

    keys: pl.DataFrame
    unreadable: pl.Series
    rows: int

    def among(self, people: pl.DataFrame) -> pl.DataFrame:
        """The people (columns of `Directory.people`) that the rows name."""
        return people.join(self.missing(people).select("person"), on="person", how="anti")

    def missing(self, people: pl.DataFrame) -> pl.DataFrame:
        """The people that no row names."""
        for column in self.keys.columns:
            people = people.join(self.distinct(column).to_frame(), on=column, how="anti")
        return people

    def distinct(self, column: str) -> pl.Series:
        """The distinct keys of one column, sorted."""
        return self.keys.get_column(column).drop_nulls().unique().sort()


def listing(rows: Rows, *, policy: Policy) -> Listing:
    """The keys that these rows name, whether or not anybody has them."""
    columns = [COLUMNS[key] for key in policy.match_by if COLUMNS[key] in rows.frame.columns]
    named = pl.concat([rows.frame, rows.left_out], how="diagonal") if rows.left_out.height else rows.frame
    keys = named.select(pl.when(pl.col(name) != "").then(name).alias(name) for name in columns)
    garbled = rows.flags.filter(pl.col("code").is_in(GARBLED)).get_column("row").drop_nulls()
    nameless = pl.all_horizontal(pl.lit(value=True), *(pl.col(name).fill_null("") == "" for name in columns))
    lost = (pl.col("failed") & nameless) | pl.col("row").is_in(garbled.implode())
    if "oldusername_key" in rows.frame.columns:
        # People who are renamed are in the file under their present username.
        old = rows.frame.select(username_key="oldusername_key").filter(pl.col("username_key") != "")
        keys = pl.concat([keys, old], how="diagonal")
    return Listing(keys=keys, unreadable=rows.frame.filter(lost).get_column("line"), rows=named.height)


def combined(listings: Sequence[Listing]) -> Listing:
    """The listings of several batches of one file as one."""
    return Listing(
        keys=pl.concat([each.keys for each in listings]),
        unreadable=pl.concat([each.unreadable for each in listings]),
        rows=sum(each.rows for each in listings),
    )
