"""Operations: rows that delete or rename their person (§5.3, §5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from enlist.core.directory.directory import Directory
from enlist.core.flags.flags import collect, mark
from enlist.core.planner.context import Context

from .match import asks_for_name, asks_to_delete, decided
from .protection import DELETE, RENAME, shield

_NAMES: Final = ("username", "email", "idnumber")


def actions(rows: pl.DataFrame, *, state: Directory, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add a column route: failed, skip or delete for rows that end here, null for the others; returns flags too.

    rows: matched, with _role and _name of their person.
    """
    failed, deletes = pl.col("failed"), asks_to_delete(rows)
    rows = rows.with_columns(route=pl.when(failed).then(pl.lit("failed")))
    rows, delete_flags = _ended(rows, requested=~failed & deletes, kinds=_deletes(rows, context=context), ok="delete")
    requested = ~failed & asks_for_name(rows)
    kinds = _renames(rows, state=state, context=context)
    rows, rename_flags = _ended(rows, requested=requested, kinds=kinds, ok=None)
    return rows, collect(delete_flags, rename_flags)


# What ends a row: a flag's code, when it applies, and the flag's field, column, value and detail.
_Kind = tuple[str, pl.Expr, dict[str, str | pl.Expr | None]]


def _ended(
    rows: pl.DataFrame, *, requested: pl.Expr, kinds: list[_Kind], ok: str | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    flags, left, route = [], requested, pl.col("route")
    for code, applies, about in kinds:
        flags.append(mark(rows.filter(left & applies), code=code, **about))  # type: ignore[arg-type]
        ends = pl.lit("skip" if code.endswith("_refused") else "failed")
        route = pl.when(left & applies).then(ends).otherwise(route)
        left = left & ~applies
    return rows.with_columns(route=pl.when(left).then(pl.lit(ok, pl.String)).otherwise(route)), collect(*flags)


def _deletes(rows: pl.DataFrame, *, context: Context) -> list[_Kind]:
    policy = context.policy
    may = policy.deletes == "allow" and policy.existing_people == "update"
    named = [pl.when(pl.col(name) != "").then(name) for name in _NAMES if name in rows.columns]
    about = {
        "field": "deleted",
        "column": context.headers.get("deleted"),
        "value": pl.coalesce(*named, pl.lit("")),
    }
    return [
        ("delete_refused", pl.lit(not may), about),
        ("delete_unknown", pl.col("person").is_null(), about),
        *_protected_kinds(DELETE, about=about, context=context),
    ]


def _renames(rows: pl.DataFrame, *, state: Directory, context: Context) -> list[_Kind]:
    if "oldusername" not in rows.columns:
        return []
    policy = context.policy
    may = pl.lit(policy.renames == "allow" and policy.existing_people == "update") | decided(rows)
    new = pl.col("username") if "username" in rows.columns else pl.lit(None, pl.String)
    key = pl.col("username_key") if "username" in rows.columns else pl.lit(None, pl.String)
    taken = (key != "") & key.is_in(state.people.get_column("username_key").implode())
    old = pl.col("oldusername")
    about = {"field": "oldusername", "column": context.headers.get("oldusername"), "value": old}
    about_new = {"field": "username", "column": context.headers.get("username"), "value": new, "detail": old}
    return [
        ("rename_refused", ~may, {**about, "detail": new.fill_null("")}),
        ("rename_taken", taken.fill_null(value=False), about_new),
        ("rename_unknown", pl.col("person").is_null(), about),
        *_protected_kinds(RENAME, about=about, context=context),
    ]


def _protected_kinds(codes: Mapping[str, str], *, about: dict[str, Any], context: Context) -> list[_Kind]:
    why = shield(context.circumstances, role="_role")
    return [(code, why == reason, {**about, "value": pl.col("_name")}) for reason, code in codes.items()]
