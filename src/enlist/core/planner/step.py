"""One wave: rows that share no key, planned all at once on the directory that earlier waves leave."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from enlist.core.directory.directory import Directory, people_schema
from enlist.core.fields.fields import ADMINISTRATORS, GROUPS, STATE
from enlist.core.flags.flags import collect, failing_rows, mark
from enlist.core.planner.courses.enrolments import enrolments
from enlist.core.planner.courses.requested import course_requests, joins
from enlist.core.planner.people.match import match, says_left
from enlist.core.planner.people.operations import actions
from enlist.core.planner.people.values import RESULTS, created, updated

from .context import Context, Step
from .groups import cohort_joins, cohort_requests
from .named_groups import group_joins, twin_flags
from .roles import added_roles


def run_step(rows: pl.DataFrame, *, state: Directory, context: Context) -> Step:
    """Plan rows (a `Rows.frame`) that share no key with each other.

    A row with an error of its own changes nothing, and all its errors are flagged, those of its courses too; a skipped
    or protected row is not processed further.
    """
    matched, match_flags = match(rows, people=state.people, context=context)
    routed, route_flags = _routed(_failed_too(matched, flags=match_flags), state=state, context=context)
    courses = course_requests(_remaining(routed), state=state, context=context)
    cohorts = cohort_requests(_remaining(routed), state=state, context=context)
    new, new_flags = created(routed.filter(pl.col("route") == "create"), state=state, context=context)
    known, known_flags = updated(routed.filter(pl.col("route") == "update"), state=state, context=context)
    twins = twin_flags(_remaining(routed), state=state, context=context)
    flags = collect(match_flags, route_flags, courses.flags, cohorts.flags, twins, new_flags, known_flags)
    routed = _failed_too(routed, flags=flags)
    step = Step(
        people=_people(new, known=known, routed=routed, state=state),
        flags=collect(flags, _extra_flags(known, routed=routed)),
        removed=routed.filter(pl.col("route") == "delete").get_column("person"),
        seen=routed.get_column("person").drop_nulls().unique(),
    )
    requests = _Requests(places=courses.frame, cohorts=cohorts.frame, state=state)
    return _with_records(step, requests=requests, routed=routed, known=known, context=context)


@dataclass(frozen=True)
class _Requests:
    """The other requests of rows, frames of `CourseRequests` and `CohortRequests`, and the directory."""

    places: pl.DataFrame
    cohorts: pl.DataFrame
    state: Directory


def _extra_flags(known: pl.DataFrame, *, routed: pl.DataFrame) -> pl.DataFrame:
    """Flag renamed people with other changes, as a row has one status only, and people with no changed detail."""
    known = known.join(_remaining(routed).select("row"), on="row", how="semi", maintain_order="left")
    more = known.filter(pl.col("_renamed") & (pl.col("_changed") | pl.col("_with_state")))
    name = pl.col("username")
    return collect(
        mark(more, code="updated_too", value=name), mark(known.filter("_beside"), code="beside_details", value=name)
    )


def _failed_too(rows: pl.DataFrame, *, flags: pl.DataFrame) -> pl.DataFrame:
    """Count rows with an error at row level as failed from here on."""
    failed = pl.col("failed") | pl.col("row").is_in(failing_rows(flags).implode())
    rows = rows.with_columns(failed=failed)
    if "route" in rows.columns:
        rows = rows.with_columns(route=pl.when("failed").then(pl.lit("failed")).otherwise("route"))
    return rows


def _routed(rows: pl.DataFrame, *, state: Directory, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add a column route: failed, skip, delete, create or update; flags give the reason where a row ends."""
    policy, known = context.policy, pl.col("person").is_not_null()
    roles = state.people.select("person", _role="site_role", _name="username")
    rows = rows.join(roles, on="person", how="left", maintain_order="left")
    rows, operation_flags = actions(rows, state=state, context=context)
    remaining = pl.col("route").is_null()
    of_another = _of_another(rows, state=state, context=context)
    skip = pl.when(known).then(pl.lit(policy.existing_people == "skip")).otherwise(pl.lit(policy.new_people == "skip"))
    administrator = known & pl.col("_role").is_in(ADMINISTRATORS) & pl.lit(policy.administrators == "protect")
    has_left = ~known & says_left(rows)
    skipped, left = remaining & skip, remaining & ~skip & has_left
    another = remaining & ~skip & ~has_left & of_another
    protected = remaining & ~skip & administrator
    named = pl.coalesce(
        *(pl.when(pl.col(key) != "").then(pl.col(key)) for key in policy.match_by if key in rows.columns), pl.lit("")
    )
    flags = collect(
        operation_flags,
        mark(rows.filter(skipped & known), code="exists_skipped", value=pl.col("_name")),
        mark(rows.filter(skipped & ~known), code="unknown_skipped", value=named),
        _gone(rows.filter(left), named=named, context=context),
        _others(rows.filter(another), context=context),
        mark(rows.filter(protected), code="administrator_protected", value=pl.col("_name")),
    )
    route = (
        pl.when(~remaining).then("route")
        .when(skipped | left | another).then(pl.lit("skip"))
        .when(protected).then(pl.lit("failed"))
        .when(known).then(pl.lit("update"))
        .otherwise(pl.lit("create"))
    )  # fmt: skip
    return rows.with_columns(route=route).drop("_role", "_name"), flags


def _of_another(rows: pl.DataFrame, *, state: Directory, context: Context) -> pl.Expr:
    """Whether people match by address alone, and an unmatched row's username is another person's (§2.6)."""
    policy = context.policy
    if policy.match_by != ("email",) or policy.existing_people != "update" or "username_key" not in rows.columns:
        return pl.lit(value=False)
    taken = pl.col("username_key").is_in(state.people.get_column("username_key").implode())
    return pl.col("person").is_null() & taken.fill_null(value=False)


def _others(rows: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    if rows.is_empty():
        return collect()
    return mark(rows, code="username_of_another", field="username", column=context.headers.get("username"),
                value=pl.col("username"))  # fmt: skip


def _gone(rows: pl.DataFrame, *, named: pl.Expr, context: Context) -> pl.DataFrame:
    column = context.headers.get(STATE.slug)
    return mark(rows, code="left_skipped", field=STATE.slug, column=column, value=named)


def _remaining(routed: pl.DataFrame) -> pl.DataFrame:
    return routed.filter(pl.col("route").is_in(["create", "update"]))


def _people(new: pl.DataFrame, *, known: pl.DataFrame, routed: pl.DataFrame, state: Directory) -> pl.DataFrame:
    remaining, schema = _remaining(routed).select("row"), people_schema(state.reference)
    changed = known.filter(pl.any_horizontal(*RESULTS)).drop(RESULTS)
    return pl.concat([new, changed]).join(remaining, on="row", how="semi").select(*schema)


def _with_records(
    step: Step, *, requests: _Requests, routed: pl.DataFrame, known: pl.DataFrame, context: Context
) -> Step:
    """Add enrolments and memberships of the remaining rows, and every row's status."""
    person = pl.when(pl.col("route") == "create").then(-1 - pl.col("row")).otherwise("person")
    named = [slug for slug in (GROUPS.slug,) if slug in routed.columns]
    remaining, state = _remaining(routed).select("row", "route", *named, person=person), requests.state
    lines = requests.places.join(remaining, on="row", how="inner", maintain_order="left")
    enrolled, joined = enrolments(lines, state=state, context=context), joins(lines, state=state)
    cohorts = cohort_joins(requests.cohorts.join(remaining, on="row", how="inner", maintain_order="left"), state=state)
    grouped = group_joins(remaining, joined=cohorts, state=state, policy=context.policy)
    known_rows = routed.filter(pl.col("route") == "update")
    roles = added_roles(known_rows, state=state, policy=context.policy)
    events = {
        "renamed": known.filter("_renamed").get_column("row"),
        "reactivated": known.filter(pl.col("_with_state") & (pl.col("state") == "active")).get_column("row"),
        "deactivated": known.filter(pl.col("_with_state") & (pl.col("state") == "inactive")).get_column("row"),
        "updated": pl.concat([known.filter("_changed").get_column("row"), roles.get_column("row")]),
        "enrolled": enrolled.get_column("row"),
        "grouped": pl.concat([joined.members.get_column("row"), grouped.memberships.get_column("row")]),
    }
    return replace(
        step,
        begun={
            "group": grouped.groups,
            "course_group": joined.groups,
            "enrolment": enrolled.drop("row"),
            "course_group_membership": joined.members.drop("row"),
            "group_membership": grouped.memberships.drop("row"),
            "person_role": roles.drop("row"),
        },
        statuses=_statuses(routed, person=person, events=events),
    )


def _statuses(routed: pl.DataFrame, *, person: pl.Expr, events: dict[str, pl.Series]) -> pl.DataFrame:
    """Exactly one status per row, the highest that applies (`statuses.STATUSES`)."""
    row_status: pl.Expr = pl.lit("unchanged")
    for name in reversed(events):
        row_status = (
            pl.when(pl.col("row").is_in(events[name].unique().implode())).then(pl.lit(name)).otherwise(row_status)
        )
    settled = {"failed": "failed", "skip": "skipped", "delete": "deleted", "create": "created"}
    decided = pl.col("route").replace_strict(settled, default=None, return_dtype=pl.String)
    return routed.select("row", "line", person=person, row_status=pl.coalesce(decided, row_status))
