"""Facts: conditions that a plan relies on and versions don't cover, checked again inside the transaction.

Versions tell whether people and the reference data are as the plan has seen them. A fact is about everybody (who isn't
in the file) or about a figure that changes all the time (free seats, active people).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import EnlistError, PolicyError, StalePlan
from enlist.core.fields.fields import ADMINISTRATORS
from enlist.core.plan.active import ActiveLimit, too_many
from enlist.core.plan.plan import Head
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.conditions import RULE_VERBS
from enlist.core.planner.people.unlisted import ABOUT_UNLISTED
from enlist.core.policy import Policy
from enlist.core.rows.home_group import groups_in_scope
from enlist.store.directory.active import active_limits, active_people
from enlist.store.directory.unlisted import in_groups
from enlist.store.engine import Engine

# Flags of plans that deactivate nobody for being missing from the file.
_STAYED = {*ABOUT_UNLISTED, "import_stopped", "active_refused"} - {
    "absent_deactivated", "absent_marked", "absent_leaving", "absent_kept", "absence_scope", "listed_stay",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A plan that is being applied: its head, everybody it has looked at (of SEEN_SCHEMA), and where.

    reference: the reference data, as it is now.
    active: how many people each limit of active people counted before the changes, if the plan obeys them.
    """

    head: Head
    seen: pl.DataFrame
    at: Engine
    organization: int
    reference: Reference
    active: dict[ActiveLimit, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """A condition that plans may rely on.

    relies: whether a plan does, by its head. broken: the error, or None if the condition still holds.
    after: it is about figures, so it is checked after the changes, which may raise and lower them.
    """

    relies: Callable[[Head], bool]
    broken: Callable[[Case], EnlistError | None]
    after: bool = False


def check(case: Case, *, after: bool) -> None:
    """Check the facts that belong before, or after, the changes. Raises the error of one that doesn't hold."""
    for fact in FACTS:
        if fact.after is after and fact.relies(case.head) and (error := fact.broken(case)):
            raise error


def _deactivates_unlisted(head: Head) -> bool:
    is_set = head.kind == "import" and head.policy.get("unlisted") == "deactivate"
    return is_set and not _STAYED & head.flags.keys()


def _unlisted_came(case: Case) -> StalePlan | None:
    """Whether there are new people who aren't in the file either."""
    head = case.head
    staying = {*ADMINISTRATORS, *Circumstances(role=head.rank).guarded}
    imported = " AND p.source <> 'manual'" if head.policy.get("unlisted_manual_people") == "protect" else ""
    scope = in_groups(groups_in_scope(Policy.from_dict(head.policy), reference=case.reference))
    case.at.temporary("enlist_listed", frame=case.seen.select("person"))
    count = case.at.value(
        "SELECT count(*) FROM store_person p LEFT JOIN enlist_listed s ON s.person = p.id"
        f" WHERE p.organization_id = %s AND p.state = 'active' AND p.id <> %s{imported}{scope} AND s.person IS NULL"
        f" AND p.site_role NOT IN ({', '.join(['%s'] * len(staying))})",
        params=[case.organization, head.actor or 0, *sorted(staying)],
    )
    return StalePlan("unlisted_came", count=count) if count else None


def _changes_rules(head: Head) -> bool:
    return bool(RULE_VERBS & head.verbs.keys())


def _people_came(case: Case) -> StalePlan | None:
    """Whether there are people that a changed condition wasn't compared with."""
    case.at.temporary("enlist_compared", frame=case.seen.select("person"))
    count = case.at.value(
        "SELECT count(*) FROM store_person p LEFT JOIN enlist_compared s ON s.person = p.id"
        " WHERE p.organization_id = %s AND NOT (p.state = 'removed') AND s.person IS NULL",
        params=[case.organization],
    )
    return StalePlan("people_came", count=count) if count else None


def _obeys_active_limits(head: Head) -> bool:
    """Whether a plan may add active people, and must not exceed the limits: imports have a setting for that."""
    adds = head.verbs.keys() & {"create", "reactivate", "restore", "give_role", *(() if head.policy else ("update",))}
    return bool(adds) and head.policy.get("active_limit", "refuse") == "refuse"


def _count_active(case: Case) -> None:
    for limit in active_limits(case.organization):
        case.active[limit] = active_people(case.organization, limit=limit)


def _too_many_active(case: Case) -> EnlistError | None:
    """Whether more people are active now than a limit allows; the plan may have been within it when it was made."""
    for limit, before in case.active.items():
        now = active_people(case.organization, limit=limit)
        over = too_many(limit, active=before, more=now - before)
        if over and case.head.policy:
            figures = over.figures(where=" in this import")
            return StalePlan("active_limit_passed", roles=limit.words, figures=figures)
        if over:
            return PolicyError("active_limit_reached", roles=limit.words, figures=over.figures())
    return None


FACTS: Final[list[Fact]] = [
    Fact(relies=_deactivates_unlisted, broken=_unlisted_came),
    Fact(relies=_changes_rules, broken=_people_came),
    Fact(relies=_obeys_active_limits, broken=_count_active),
    Fact(relies=_obeys_active_limits, broken=_too_many_active, after=True),
]
