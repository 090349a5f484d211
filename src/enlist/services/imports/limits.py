"""Limits: changes above them are planned separately and need approval; the rest is applied.

Rows need approval as a whole, with every later row that may depend on them. Unlisted people have no row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import polars as pl

from enlist.core.errors import NeedsApproval, PolicyError
from enlist.core.flags.flags import collect, flag
from enlist.core.plan import limits as plan_limits
from enlist.core.plan.active import TooMany
from enlist.core.plan.people import touched
from enlist.core.plan.plan import Head, Plan
from enlist.core.planner import following
from enlist.core.planner.people.unlisted import WAITING
from enlist.core.policy import ChangeLimits, Policy, UnlistedScope
from enlist.core.rows.home_group import groups_in_scope
from enlist.services.access import Scope
from enlist.store.directory import active, snapshot
from enlist.store.setup import limits

from .planning import Choice, Prepared, Task, flagged, plan_prepared, prepare

_DEPENDS = "it comes after a row that needs approval, and is about the same person or address"
_RELIES = "it needs a value that a row that needs approval gives up"
# The limits that count what may follow for people who become inactive: they may leave groups, and lose courses.
_FOLLOWING = ("leave_group", "unenrol")
_WAITING_SCHEMA = {"row": pl.Int64(), "why": pl.String()}


@dataclass(frozen=True)
class LimitedPlan:
    """A plan within the limits, and the plan of the rest, if any. rows: Int64, those that need approval."""

    plan: Plan
    awaiting: Plan | None = None
    rows: pl.Series | None = None


@dataclass(frozen=True)
class Limits:
    """The organisation's limits, and functions that count its active people and find exceeded limits of these.

    active: how many active people a plan's file should list; limits are shares of them.
    """

    limits: ChangeLimits
    active: Callable[[Head], int]
    exceeded: Callable[[Plan], list[TooMany]] = lambda _: []

    def over(self, plan: Plan) -> dict[str, str]:
        """The verbs that touch more people than their limits allow, each with the reason."""
        most = plan_limits.at_most(plan.head.verbs)
        active = self.active(plan.head) if most else 0
        if not plan_limits.over(most, limits=self.limits, active=active):
            return {}
        over = plan_limits.over(plan_limits.measured(plan.parts), limits=self.limits, active=active)
        return {
            name: plan_limits.reason(name, count=count, limits=self.limits, active=active)
            for name, count in over.items()
        }

    def check(self, plan: Plan) -> None:
        """Raise NeedsApproval for a plan over the limits."""
        if over := self.over(plan):
            raise NeedsApproval("plan_needs_approval", reasons="; ".join(over.values()))

    def check_active(self, plan: Plan) -> None:
        """Raise PolicyError for a plan after which more people would be active than allowed."""
        for over in self.exceeded(plan):
            raise PolicyError("active_limit_reached", roles=over.limit.words, figures=over.figures())


def limits_of(scope: Scope) -> Limits:
    """The limits of the organisation."""
    organization = scope.organization
    return Limits(
        limits=limits.limits_of(organization),
        active=lambda head: limits.active_people(organization, groups=_groups(scope, head=head)),
        exceeded=lambda plan: active.limits_exceeded(organization.pk, parts=plan.parts) if _adds(plan) else [],
    )


def _groups(scope: Scope, *, head: Head) -> pl.Series | None:
    """The groups whose members the file of a plan should list; None for everybody."""
    if head.kind != "import" or head.policy.get("unlisted_scope") != UnlistedScope.GROUP:
        return None
    return groups_in_scope(Policy.from_dict(head.policy), reference=snapshot.reference(scope.organization))


def _adds(plan: Plan) -> bool:
    return bool(plan.head.verbs.keys() & {"create", "reactivate", "restore", "give_role"})


@dataclass(frozen=True)
class _Excess:
    """What needs approval so far: rows (`_WAITING_SCHEMA`), why unlisted people stay, and the verbs."""

    rows: pl.DataFrame
    stay: str = ""
    verbs: frozenset[str] = frozenset()


def plan_limited(task: Task, *, head: Head, allowed: Limits) -> LimitedPlan:
    """Plan a table; changes over the limits in a plan of their own."""
    prepared, head = prepare(task), replace(head, rows=task.table.height)
    plan = plan_prepared(task, prepared=prepared, head=head)
    excess = _Excess(rows=pl.DataFrame(schema=_WAITING_SCHEMA))
    # Without the rows that wait, other rows may do more than before: check again, until no more rows wait.
    while over := {**_repeated(plan, excess=excess), **allowed.over(plan)}:
        more = _more(excess, plan=plan, over=over, prepared=prepared)
        if (more.rows.height, more.stay) == (excess.rows.height, excess.stay):
            break
        plan, excess = _rest(task, prepared=prepared, head=head, excess=more, failed=_failed(plan))
    departures = any(code in plan.head.flags for code in WAITING)
    rule = task.policy.active_limit
    if rule != "ignore" and (exceeded := allowed.exceeded(plan)):
        plan = _with_too_many(plan, exceeded=exceeded, is_refused=rule == "refuse")
        if rule == "refuse":
            return LimitedPlan(plan)
    if excess.rows.is_empty() and not departures:
        return LimitedPlan(plan)
    rows = excess.rows.get_column("row").sort()
    choice = Choice(only=rows, departures=departures)
    # It is applied after the rest, whose people are active by then.
    both = lambda late: allowed.exceeded(replace(late, parts=[*plan.parts, *late.parts]))  # noqa: E731
    awaiting = plan_awaiting(task, prepared=prepared, head=head, choice=choice, exceeded=both)
    whole = replace(plan.head, awaiting=awaiting.head.awaiting, awaiting_people=awaiting.head.awaiting_people)
    return LimitedPlan(replace(plan, head=whole), awaiting=awaiting, rows=rows)


def _with_too_many(plan: Plan, *, exceeded: Iterable[TooMany], is_refused: bool) -> Plan:
    """The plan with flags about limits of active people. is_refused: without changes."""
    code = "active_refused" if is_refused else "active_over"
    found = [flag(code, value=each.limit.words, detail=each.figures(where=" in this import")) for each in exceeded]
    return flagged(plan, flags=collect(*found), stops=is_refused)


def _rest(task: Task, *, prepared: Prepared, head: Head, excess: _Excess, failed: pl.Series) -> tuple[Plan, _Excess]:
    """The plan without the rows that wait; rows that fail only for lack of them (not in `failed`) wait as well."""
    while True:
        choice = Choice(awaiting=excess.rows, stay=excess.stay)
        plan = plan_prepared(task, prepared=prepared, head=head, choice=choice)
        found = _failed(plan)
        relying = found.filter(~found.is_in(failed.implode())).to_frame("row").with_columns(why=pl.lit(_RELIES))
        if relying.is_empty():
            return plan, excess
        excess = replace(excess, rows=pl.concat([excess.rows, relying]))


def plan_awaiting(
    task: Task, *, prepared: Prepared, head: Head, choice: Choice, exceeded: Callable[[Plan], list[TooMany]]
) -> Plan:
    """The plan of what needs approval, as if it were approved. exceeded: the limits of active people it exceeds.

    It keeps its changes also if the settings refuse more active people: then it can be applied once there is room.
    """
    approved = replace(task, circumstances=replace(task.circumstances, approved=True))
    height = 0 if choice.only is None else len(choice.only)
    plan = plan_prepared(approved, prepared=prepared, head=replace(head, rows=height), choice=choice)
    if task.policy.active_limit != "ignore" and (found := exceeded(plan)):
        plan = _with_too_many(plan, exceeded=found, is_refused=False)
    return counted(plan)


def _failed(plan: Plan) -> pl.Series:
    return plan.statuses().filter(pl.col("row_status") == "failed").get_column("row")


def counted(plan: Plan) -> Plan:
    """A plan that needs approval as a whole: its head says for how many people."""
    people = [touched(part).get_column("person") for part in plan.parts]
    count = pl.concat(people).n_unique() if people else 0
    return replace(
        plan, head=replace(plan.head, awaiting=dict(plan_limits.measured(plan.parts)), awaiting_people=count)
    )


def _repeated(plan: Plan, *, excess: _Excess) -> dict[str, str]:
    """Verbs that have changes both among the waiting rows and in the plan."""
    if not excess.verbs:
        return {}
    return {name: _DEPENDS for name in plan_limits.measured(plan.parts) if name in excess.verbs}


def _touched_by(plan: Plan, *, names: Iterable[str]) -> dict[str, pl.Series]:
    """The people that a plan touches by these verbs, over all parts: their rows may be in another part."""
    found: dict[str, list[pl.Series]] = {name: [] for name in names}
    for part in plan.parts:
        for name, people in plan_limits.touched(part).items():
            if name in found:
                found[name].append(people)
    return {name: pl.concat(people) for name, people in found.items() if people}


def _more(excess: _Excess, *, plan: Plan, over: dict[str, str], prepared: Prepared) -> _Excess:
    """The excess with all rows of the people that these verbs touch, and rows that may depend on them."""
    found, touched_by = [excess.rows], _touched_by(plan, names=over)
    named = [pl.Series("person", [], dtype=pl.Int64)]
    for part in plan.parts:
        named.append(part.statuses.get_column("person"))
        for name, people in touched_by.items():
            rows = part.statuses.filter(pl.col("person").is_in(people.implode()), pl.col("row_status") != "failed")
            found.append(rows.select("row", why=pl.lit(over[name])))
    waiting = pl.concat(found).unique("row", keep="first", maintain_order=True)
    later = following(prepared.keys, rows=waiting.get_column("row"))
    later = later.filter(~later.is_in(prepared.failed.implode()))
    depending = later.to_frame("row").with_columns(why=pl.lit(_DEPENDS))
    listed = pl.concat(named).implode()
    following_them = (name for name in _FOLLOWING if name in touched_by and not touched_by[name].is_in(listed).all())
    stay = excess.stay or next((over[name] for name in ("deactivate", *following_them) if name in over), "")
    return _Excess(rows=pl.concat([waiting, depending]), stay=stay, verbs=excess.verbs | over.keys())
