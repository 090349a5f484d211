"""Usernames that nobody has, and that are close to the username of the same person: probably misspelled (NE-04).

Source: spec/policies.md ("Close").
"""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core.clean import plain_key
from enlist.core.flags.flags import collect, mark
from enlist.core.policy import ExistingPeople, InactiveListed, NewPeople, Policy, UpdateDetails
from enlist.core.rows.rows import MADE, Rows

# From this length on, two letters may differ.
_LONG: Final = 8
# What `close_usernames` needs to know about people.
NAMESAKES_SCHEMA: Final = {
    "username": pl.String(),
    "username_key": pl.String(),
    "email_key": pl.String(),
    "firstname": pl.String(),
    "lastname": pl.String(),
}


def looks_for_close(policy: Policy) -> bool:
    """Whether the file is a list of the people that there should be; elsewhere, new people are nothing special."""
    return (
        policy.match_by == ("username",)
        and policy.new_people == NewPeople.CREATE
        and policy.existing_people == ExistingPeople.UPDATE
        and policy.update_details == UpdateDetails.FROM_FILE
        and policy.inactive_listed == InactiveListed.REACTIVATE
    )


def unknown_names(rows: pl.DataFrame, *, people: pl.DataFrame) -> pl.DataFrame:
    """The rows (a `Rows.frame`) whose username nobody has: row, line, username, username_key, address, first, last."""
    if "username_key" not in rows.columns:
        return pl.DataFrame(schema={"row": pl.Int64, "first": pl.String, "last": pl.String})
    made = pl.col(MADE).fill_null("") if MADE in rows.columns else pl.lit("")
    found = rows.filter((pl.col("username_key") != "") & (made == ""))
    found = found.join(people.select("username_key").drop_nulls(), on="username_key", how="anti")
    return found.select(
        "row", "line", "username", "username_key", address=_text("email_key", frame=found), **_names(found)
    )


def close_usernames(rows: Rows, *, statuses: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Flags for rows that create somebody, or fail, while a person of that name or address is called almost the same.

    statuses: of `STATUSES_SCHEMA`. people: columns of `NAMESAKES_SCHEMA`, before the import; everybody with an address
    or a name of the rows whose username nobody has.
    """
    counted = statuses.filter(pl.col("row_status").is_in(["created", "failed"])).select("row")
    new = unknown_names(rows.frame, people=people).join(counted, on="row", how="semi")
    if new.is_empty():
        return collect()
    theirs = people.select("username", pl.col("username_key").alias("key"), address="email_key", **_names(people))
    theirs = theirs.rename({"username": "called"})
    by_address = new.filter(pl.col("address") != "").join(theirs.drop("first", "last"), on="address")
    by_name = new.filter(pl.col("last") != "").join(theirs.drop("address"), on=["first", "last"])
    columns = ["row", "line", "username", "username_key", "called", "key"]
    pairs = pl.concat([by_address.select(columns), by_name.select(columns)]).unique()
    lengths = pl.col("username_key").str.len_chars().cast(pl.Int64) - pl.col("key").str.len_chars().cast(pl.Int64)
    near = _within(pairs.filter(lengths.abs() <= 2)).sort("row", "distance", "key").unique("row", keep="first")
    column = rows.headers.get("username")
    return mark(near.sort("row"), code="username_close", field="username", column=column, value=pl.col("username"),
                detail=pl.col("called"))  # fmt: skip


def _within(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs that few letters tell apart: people of the same name or address are few."""
    from rapidfuzz.distance import OSA

    keys = zip(pairs.get_column("username_key"), pairs.get_column("key"), strict=True)
    distances = pl.Series([OSA.distance(one, other) for one, other in keys], dtype=pl.Int64)
    allowed = pl.when(pl.col("username_key").str.len_chars() >= _LONG).then(2).otherwise(1)
    return pairs.with_columns(distance=distances).filter(pl.col("distance") <= allowed)


def _names(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """First and last name in Latin letters without case and accents, as the database compares them."""
    return {
        short: plain_key(frame.select(_text(slug, frame=frame)).to_series())
        for short, slug in {"first": "firstname", "last": "lastname"}.items()
    }


def _text(slug: str, *, frame: pl.DataFrame) -> pl.Expr:
    return pl.col(slug).fill_null("") if slug in frame.columns else pl.repeat("", pl.len(), dtype=pl.String)
