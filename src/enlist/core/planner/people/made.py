"""Generated usernames: whose they are, if somebody has them already."""

from __future__ import annotations

import polars as pl

from enlist.core.clean import fold, fold_key
from enlist.core.flags.flags import collect, mark
from enlist.core.planner.context import Context
from enlist.core.rows.rows import MADE

from .numbers import DIGITS


def with_made(
    rows: pl.DataFrame, *, among: pl.Expr, people: pl.DataFrame, context: Context
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set the person of rows whose generated username has an owner with their address or name; flag the others.

    rows: matched by their other keys (person). among: the rows that this is about.
    """
    if MADE not in rows.columns:
        return rows, collect()
    asks = among & (pl.col(MADE).fill_null("") != "") & pl.col("person").is_null() & ~pl.col("failed")
    wanted = ("username", "username_key", "email_key", "firstname", "lastname")
    missing = [pl.lit(None, pl.String).alias(name) for name in wanted if name not in rows.columns]
    asked = rows.filter(asks).with_columns(missing).select("row", "line", *wanted, _own=_name())
    owners = people.select("username_key", _owner="person", _email="email_key", _name=_name())
    met = asked.join(owners, on="username_key", how="inner")
    both = (pl.col("email_key").fill_null("") != "") & (pl.col("_email") != "")
    alike = fold_key(met.get_column("_own")) == fold_key(met.get_column("_name"))
    met = met.with_columns(_same=pl.when(both).then(pl.col("email_key") == pl.col("_email")).otherwise(alike))
    others = met.filter(~pl.col("_same"))
    free = _free(others.get_column("username"), taken=people.get_column("username_key"))
    flags = mark(others, code="username_made_taken", field="username", column=context.headers.get("username"),
                 value=pl.col("username"))  # fmt: skip
    found = rows.join(met.filter("_same").select("row", "_owner"), on="row", how="left", maintain_order="left")
    found = found.with_columns(pl.coalesce("person", "_owner").alias("person")).drop("_owner")
    return found, flags.with_columns(detail=free)


def _name() -> pl.Expr:
    return pl.concat_str(pl.col("firstname").fill_null(""), pl.col("lastname").fill_null(""), separator=" ")


def _free(names: pl.Series, *, taken: pl.Series) -> pl.Series:
    """The next free username for each: jdoe, jdoe2, jdoe3; jdoe9, jdoe10."""
    have = set(taken) if len(names) else set()
    return pl.Series([_next(name, taken=have) for name in names], dtype=pl.String)


def _next(name: str, *, taken: set[str]) -> str:
    stem = name.rstrip(DIGITS)
    number = int(name[len(stem) :] or 1) + 1
    while fold(f"{stem}{number}") in taken:
        number += 1
    return f"{stem}{number}"
