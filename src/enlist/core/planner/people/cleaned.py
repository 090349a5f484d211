"""Cleaned usernames: a warning where one becomes the username of somebody who seems to be another person."""

from __future__ import annotations

import polars as pl

from enlist.core.clean import plain_key
from enlist.core.flags.flags import collect, mark
from enlist.core.rows.rows import Rows


def cleaned_into_others(rows: Rows, *, statuses: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Flags for rows whose username was cleaned into that of a person with another name and address.

    A change of case alone doesn't count, nor does a row without name and address. statuses: of `STATUSES_SCHEMA`, with
    the directory's ids; people: of `people_schema`, before the import.
    """
    is_respelt = pl.col("value").str.to_lowercase() != pl.col("detail").str.to_lowercase()
    cleaned = rows.flags.filter((pl.col("code") == "username_cleaned") & is_respelt)
    found = cleaned.select("row", "line", "value", "detail").join(statuses.select("row", "person"), on="row")
    if found.is_empty():
        return collect()
    theirs = people.select("person", _name=_name(people), _address="email_key")
    own = rows.frame.select("row", _own_name=_name(rows.frame), _own_address=_text("email_key", frame=rows.frame))
    met = found.join(theirs, on="person").join(own, on="row")
    met = met.with_columns(plain_key(met.get_column(name)).alias(name) for name in ("_name", "_own_name"))
    says = (pl.col("_own_name") != "") | (pl.col("_own_address") != "")
    others = met.filter(says & _differs("_name") & _differs("_address"))
    return mark(
        others,
        code="username_cleaned_other",
        field="username",
        column=rows.headers.get("username"),
        value=pl.col("value"),
        detail=pl.col("detail"),
    )


def _differs(name: str) -> pl.Expr:
    """Whether a value isn't the person's own; a blank one says nothing."""
    return (pl.col(f"_own{name}") == "") | (pl.col(f"_own{name}") != pl.col(name))


def _name(frame: pl.DataFrame) -> pl.Expr:
    names = [_text(slug, frame=frame) for slug in ("firstname", "lastname")]
    return pl.concat_str(names, separator=" ").str.strip_chars()


def _text(slug: str, *, frame: pl.DataFrame) -> pl.Expr:
    return pl.col(slug).fill_null("") if slug in frame.columns else pl.lit("")
