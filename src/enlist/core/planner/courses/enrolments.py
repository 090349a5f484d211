"""Enrolments: new ones, and those whose status or dates change (§1.3, D10)."""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core.changes import ENROLMENTS_SCHEMA
from enlist.core.clean.enrolment import MOMENT
from enlist.core.directory.directory import Directory
from enlist.core.planner.context import Context

_PLACE: Final = ["person", "course"]
_KEY: Final = [*_PLACE, "role"]
_REQUEST: Final = ("role", "status", "start", "days", "duration")


def enrolments(wanted: pl.DataFrame, *, state: Directory, context: Context) -> pl.DataFrame:
    """Enrolments (of ENROLMENTS_SCHEMA, and row) that are new or change, as afterwards.

    wanted: a `CourseRequests.frame` with person. If a row names a course twice, both take effect, one after the other.
    """
    among = wanted.select("person", "course").unique()
    present = state.enrolments.join(among, on=_PLACE, how="semi", maintain_order="left")
    touched = [pl.DataFrame(schema={"row": pl.Int64(), **ENROLMENTS_SCHEMA})]
    for lines in _layers(wanted, numbers=len(context.courses)):
        touched.append(_layer(lines, present=present, context=context, today=state.reference.today))
        present = pl.concat([present, touched[-1].select(*ENROLMENTS_SCHEMA)]).unique(_KEY, keep="last")
    return pl.concat(touched).unique(_KEY, keep="last", maintain_order=True) if len(touched) > 2 else pl.concat(touched)


def _layers(wanted: pl.DataFrame, *, numbers: int) -> list[pl.DataFrame]:
    """The requests, split so that no piece has a person and course twice."""
    if wanted.is_empty():
        return []
    if numbers < 2 or not wanted.select(_PLACE).is_duplicated().any():
        return [wanted]
    numbered = wanted.with_columns(_layer=pl.int_range(pl.len()).over(_PLACE))
    pieces = numbered.partition_by("_layer", as_dict=True, include_key=False)
    return [pieces[key] for key in sorted(pieces)]


def _layer(lines: pl.DataFrame, *, present: pl.DataFrame, context: Context, today: str) -> pl.DataFrame:
    columns = ["row", *ENROLMENTS_SCHEMA]
    requested = lines.select("row", *_PLACE, pl.col(_REQUEST).name.prefix("_"))
    old = present.join(requested, on=_PLACE, how="inner", maintain_order="left")
    updated = old.with_columns(_updated(context, today=today))
    fields = ("status", "start", "end")
    differs = pl.any_horizontal(pl.col("_new_" + name).ne_missing(pl.col(name)) for name in fields)
    updated = updated.with_columns(_differs=differs).with_columns(pl.col("_new_" + name).alias(name) for name in fields)
    fresh = requested.join(present, on=_PLACE, how="anti", maintain_order="left").with_columns(
        role="_role",
        status=pl.col("_status").fill_null("active"),
        start=pl.coalesce("_start", _text(today)) if context.policy.enrolment_dates == "reset" else pl.col("_start"),
        end=_later(pl.coalesce("_start", _text(today)), days=pl.coalesce("_days", "_duration")),
        source=pl.lit("import"),
    )
    first = updated.sort("role").group_by(_PLACE, maintain_order=True).agg(
        _out=(pl.col("status") == "suspended").all(), start=pl.col("start").first(), end=pl.col("end").first(),
        _have=pl.col("role"),
    )  # fmt: skip
    added = requested.join(first, on=_PLACE, how="inner", maintain_order="left")
    added = added.filter(~pl.col("_role").is_in(pl.col("_have"))).with_columns(
        role="_role",
        source=pl.lit("import"),
        status=pl.coalesce("_status", pl.when("_out").then(pl.lit("suspended")).otherwise(pl.lit("active"))),
    )
    return pl.concat([fresh.select(columns), added.select(columns), updated.filter("_differs").select(columns)])


def _updated(context: Context, *, today: str) -> list[pl.Expr]:
    """Status and dates of an existing enrolment after the row, as columns _new_status, _new_start, _new_end."""
    how, start, end = context.policy.enrolment_dates, pl.col("start"), pl.col("end")
    if how == "from_file":
        start = pl.coalesce("_start", "start")
        has_days = pl.col("_days").is_not_null()
        end = pl.when(has_days).then(_later(pl.coalesce(start, _text(today)), days=pl.col("_days"))).otherwise("end")
    elif how == "reset":
        start = pl.coalesce("_start", _text(today))
        end = _later(start, days=pl.coalesce("_days", "_duration"))
    return [
        pl.coalesce("_status", "status").alias("_new_status"),
        start.alias("_new_start"),
        end.alias("_new_end"),
    ]


def _text(today: str) -> pl.Expr:
    return pl.lit(today or None, pl.String)


def _later(start: pl.Expr, *, days: pl.Expr) -> pl.Expr:
    """The moment `days` later; null without days or start."""
    moment = pl.when(days > 0).then(start).str.to_datetime(MOMENT)
    return (moment + pl.duration(days=days)).dt.strftime(MOMENT)
