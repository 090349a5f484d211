"""Usernames that nobody has, of rows that may be about an existing person.

Either the username is almost that of a person with this name or address (“close”, probably misspelled; NE-04), or it is
quite another one, and the person has the same address, or the same name and birthday (“twin”).
Source: spec/policies.md ("Close").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from enlist.core.clean import fold, plain_key
from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.flags.flags import collect, mark
from enlist.core.policy import ExistingPeople, InactiveListed, NewPeople, Policy, UpdateDetails
from enlist.core.rows.rows import MADE, TWIN, Rows

# From this length on, two letters may differ.
_LONG: Final = 8
# What `close_usernames` needs to know about people.
NAMESAKES_SCHEMA: Final = {
    "username": pl.String(),
    "username_key": pl.String(),
    "email_key": pl.String(),
    "firstname": pl.String(),
    "lastname": pl.String(),
    "birthday": pl.String(),
}
# A profile field of kind date is the birthday if its name has one of these words.
_BIRTHDAY: Final = ("birth", "dob", "geburt", "naissance", "nacimiento", "nascimento")


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
    undecided = pl.col(TWIN).is_null() if TWIN in rows.columns else pl.lit(value=True)
    found = rows.filter((pl.col("username_key") != "") & (made == "") & undecided)
    found = found.join(people.select("username_key").drop_nulls(), on="username_key", how="anti")
    return found.select(
        "row", "line", "username", "username_key", address=_text("email_key", frame=found), **_names(found)
    )


def birthday_of(reference: Reference) -> ProfileField | None:
    """The profile field that has birthdays."""
    dates = (field for field in reference.profile_fields if field.kind == "date")
    named = ((field, f"{field.shortname} {field.name}".lower()) for field in dates)
    return next((field for field, name in named if any(word in name for word in _BIRTHDAY)), None)


def namesakes_among(people: pl.DataFrame, *, reference: Reference) -> pl.DataFrame:
    """People of a Directory, of `NAMESAKES_SCHEMA`."""
    field = birthday_of(reference)
    birthday = pl.col(field.slug) if field else pl.lit(None, pl.String)
    return people.select(*(name for name in NAMESAKES_SCHEMA if name != "birthday"), birthday=birthday)


def with_twins(rows: Rows, *, twins: Mapping[str, str]) -> Rows:
    """The rows with what somebody decided about them.

    twins: username of the file → the username of the person who gets it, "" if the row is about somebody else.
    """
    if not twins or "username_key" not in rows.frame.columns:
        return rows
    decided = {fold(new): old for new, old in twins.items()}
    frame = rows.frame.with_columns(
        pl.col("username_key").replace_strict(decided, default=None, return_dtype=pl.String).alias(TWIN)
    )
    keys = {old: fold(old) for old in decided.values()}
    old = pl.when(pl.col(TWIN) != "").then(TWIN)
    key = old.replace_strict(keys, default=None, return_dtype=pl.String)
    found = {"oldusername": old, "oldusername_key": key}
    return replace(
        rows,
        frame=frame.with_columns(
            **{name: pl.coalesce(value, name) if name in frame.columns else value for name, value in found.items()}
        ),
    )


def close_usernames(rows: Rows, *, statuses: pl.DataFrame, people: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Flags for rows that create somebody, or fail, although they may be about an existing person.

    statuses: of `STATUSES_SCHEMA`. people: of `NAMESAKES_SCHEMA`, before the import; everybody with an address or a
    name of the rows whose username nobody has.
    """
    counted = statuses.filter(pl.col("row_status").is_in(["created", "failed"])).select("row")
    new = unknown_names(rows.frame, people=people).join(counted, on="row", how="semi")
    if new.is_empty():
        return collect()
    field = birthday_of(reference)
    born = _text(field.slug if field else "", frame=rows.frame)
    new = new.join(rows.frame.select("row", born=born), on="row", how="left")
    theirs = people.select(
        "birthday", pl.col("username").alias("called"), pl.col("username_key").alias("key"), address="email_key",
        **_names(people),
    )  # fmt: skip
    columns = ["row", "line", "username", "username_key", "called", "key"]
    by_address = new.filter(pl.col("address") != "").join(theirs.drop("first", "last"), on="address")
    by_name = new.filter(pl.col("last") != "").join(theirs.drop("address"), on=["first", "last"])
    pairs = pl.concat([by_address.select(columns), by_name.select(columns)]).unique()
    lengths = pl.col("username_key").str.len_chars().cast(pl.Int64) - pl.col("key").str.len_chars().cast(pl.Int64)
    near = _within(pairs.filter(lengths.abs() <= 2)).sort("row", "distance", "key").unique("row", keep="first")
    born_alike = by_name.filter((pl.col("born") != "") & (pl.col("born") == pl.col("birthday")))
    twins = pl.concat([by_address.select(columns).sort("row", "key"), born_alike.select(columns).sort("row", "key")])
    twins = twins.unique("row", keep="first", maintain_order=True).join(near, on="row", how="anti")
    column, value, detail = rows.headers.get("username"), pl.col("username"), pl.col("called")
    return collect(
        *(
            mark(found.sort("row"), code=code, field="username", column=column, value=value, detail=detail)
            for code, found in {"username_close": near, "username_twin": twins}.items()
        )
    )


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
