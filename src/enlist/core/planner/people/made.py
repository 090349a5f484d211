"""Generated usernames: whose they are, if somebody has them already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

import polars as pl

from enlist.core.clean import fold, fold_key
from enlist.core.flags.flags import collect, mark
from enlist.core.planner.context import Context
from enlist.core.planner.lookups import stem_of
from enlist.core.rows.rows import MADE

from .numbers import DIGITS


def with_made(
    rows: pl.DataFrame, *, among: pl.Expr, people: pl.DataFrame, context: Context
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set the person of rows whose generated username has an owner with their address or name.

    If the owner is somebody else, a numbered username may be theirs (jdoe2, jdoe3), up to the first that is free. If
    none is, the row gets the free one or a flag, as the policy says. rows: matched by their other keys (person). among:
    the rows that this is about.
    """
    if MADE not in rows.columns:
        return rows, collect()
    asks = among & (pl.col(MADE).fill_null("") != "") & pl.col("person").is_null() & ~pl.col("failed")
    wanted = ("username", "username_key", "email_key", "firstname", "lastname")
    missing = [pl.lit(None, pl.String).alias(name) for name in wanted if name not in rows.columns]
    asked = rows.filter(asks).with_columns(missing).with_columns(_name())
    met = asked.join(people, on="username_key", how="semi").select("row", "line", *wanted, "_name")
    near = people.with_columns(stem_of("username_key")).join(met.select(stem_of("username_key")), on="stem", how="semi")
    owners = near.select("username_key", "person", "email_key", _name()).rows_by_key("username_key", unique=True)
    found = [_settled(line, owners=owners) for line in met.select("username", "email_key", "_name").iter_rows()]
    settled = met.with_columns(
        _owner=pl.Series([owner for owner, _ in found], dtype=pl.Int64),
        _free=pl.Series([free for _, free in found], dtype=pl.String),
    )
    others = settled.filter(pl.col("_owner").is_null())
    numbers = context.policy.number_made_usernames
    flags = mark(others, code="username_numbered" if numbers else "username_made_taken", field="username",
                 column=context.headers.get("username"), value=pl.col("username"), detail=pl.col("_free"))  # fmt: skip
    rows = rows.join(settled.select("row", "_owner", "_free"), on="row", how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce("person", "_owner").alias("person"))
    if numbers and others.height:
        is_free = pl.col("_owner").is_null() & pl.col("_free").is_not_null()
        named = pl.when(is_free).then("_free").otherwise("username").alias("username")
        rows = rows.with_columns(named)
        rows = rows.with_columns(fold_key(rows.get_column("username")).alias("username_key"))
    return rows.drop("_owner", "_free"), flags


def _name() -> pl.Expr:
    names = pl.concat_str(pl.col("firstname").fill_null(""), pl.col("lastname").fill_null(""), separator=" ")
    return names.alias("_name")


def _settled(
    line: tuple[str, str | None, str], *, owners: Mapping[str, tuple[int, str, str]]
) -> tuple[int | None, str]:
    """The person with a row's username, or a numbered one, and its address or name; or the first free username."""
    name, email, full = line
    for free in numbered_names(name):
        owner = owners.get(fold(free))
        if owner is None:
            return None, free
        person, address, theirs = owner
        if email == address if email and address else fold(full) == fold(theirs):
            return person, free
    raise AssertionError("names are numbered without end")


def numbered_names(name: str) -> Iterator[str]:
    """A username and those that follow: jdoe, jdoe2, jdoe3; jdoe9, jdoe10 (§4.3)."""
    yield name
    stem = name.rstrip(DIGITS)
    for number in count(int(name[len(stem) :] or 1) + 1):
        yield f"{stem}{number}"
