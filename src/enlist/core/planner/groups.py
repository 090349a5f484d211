"""Groups across courses that rows request in cohortN, found by ID number or id, or created (§1.3, D11)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from enlist.core.changes import GROUPS_SCHEMA, MEMBERSHIPS_SCHEMA
from enlist.core.directory.directory import Directory
from enlist.core.flags.flags import collect, mark
from enlist.core.headers.words import numbered
from enlist.core.planner.courses.requested import DIGITS

from .context import Context


@dataclass(frozen=True)
class CohortRequests:
    """What rows request, resolved.

    frame: one line per row and group that can be joined: row, people_group (null: to be created), text.
    flags: cells that cannot be carried out.
    """

    frame: pl.DataFrame
    flags: pl.DataFrame


@dataclass(frozen=True)
class CohortJoins:
    """memberships: of MEMBERSHIPS_SCHEMA, and row. groups: the groups to create, of GROUPS_SCHEMA."""

    memberships: pl.DataFrame
    groups: pl.DataFrame


def cohort_requests(rows: pl.DataFrame, *, state: Directory, context: Context) -> CohortRequests:
    """Find the groups that rows name, with flags for those that are unknown or closed."""
    known, flags = state.reference.groups, []
    by_id = known.select(_id="people_group", _by_id="people_group", _id_joinable="joinable")
    by_number = known.filter(pl.col("idnumber") != "").select(
        text="idnumber", _by_number="people_group", _open="joinable"
    )
    found = [pl.DataFrame(schema={"row": pl.Int64, "people_group": pl.Int64, "text": pl.String})]
    for slug in numbered(rows.columns, family="cohort"):
        long = rows.filter(pl.col(slug) != "").select("row", "line", text=slug)
        digits = pl.col("text").str.contains(DIGITS)
        long = long.with_columns(_id=pl.when(digits).then(pl.col("text").cast(pl.Int64, strict=False)))
        long = long.join(by_id, on="_id", how="left", maintain_order="left")
        long = long.join(by_number, on="text", how="left", maintain_order="left")
        long = long.with_columns(
            people_group=pl.when(digits).then("_by_id").otherwise("_by_number"),
            _joinable=pl.when(digits).then("_id_joinable").otherwise("_open"),
        )
        closed = pl.col("people_group").is_not_null() & ~pl.col("_joinable")
        creates = pl.lit(context.policy.unknown_group == "create") & ~digits
        unknown = pl.col("people_group").is_null() & ~creates
        place = {"field": slug, "column": context.headers.get(slug), "value": pl.col("text")}
        flags.append(mark(long.filter(closed), code="cohort_closed", **place))  # type: ignore[arg-type]
        flags.append(mark(long.filter(unknown), code="cohort_unknown", **place))  # type: ignore[arg-type]
        found.append(long.filter(~closed & ~unknown).select("row", "people_group", "text"))
    frame = pl.concat(found).sort("row", maintain_order=True)
    return CohortRequests(frame=frame, flags=collect(*flags))


def cohort_joins(wanted: pl.DataFrame, *, state: Directory) -> CohortJoins:
    """New memberships, and the groups to create. wanted: a `CohortRequests.frame` with person."""
    lost = wanted.filter(pl.col("people_group").is_null()).select("row", idnumber="text", name="text")
    groups = new_groups(lost, known=state.reference.groups)
    made = groups.select(text="idnumber", _made="people_group")
    found = wanted.join(made, on="text", how="left", maintain_order="left")
    found = found.with_columns(people_group=pl.coalesce("people_group", "_made"), source=pl.lit("import"))
    key = ["person", "people_group"]
    members = found.unique(key, keep="first", maintain_order=True)
    members = members.join(state.memberships, on=key, how="anti", maintain_order="left")
    return CohortJoins(memberships=members.select("row", *MEMBERSHIPS_SCHEMA), groups=groups)


def new_groups(lost: pl.DataFrame, *, known: pl.DataFrame) -> pl.DataFrame:
    """The groups to create, of GROUPS_SCHEMA: one for each name of these lines (row, idnumber, name)."""
    lowest = known.get_column("people_group").min()
    below = min(int(lowest), 0) if isinstance(lowest, int) else 0
    fresh = lost.unique("name", keep="first", maintain_order=True).with_row_index("n")
    made = fresh.with_columns(people_group=below - 1 - pl.col("n").cast(pl.Int64), joinable=pl.lit(value=True))
    return made.select(pl.col(name).cast(dtype) for name, dtype in GROUPS_SCHEMA.items())
