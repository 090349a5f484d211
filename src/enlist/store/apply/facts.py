"""Facts: conditions that a plan relies on and versions don't cover, checked again inside the transaction.

Versions tell whether people and the reference data are as the plan has seen them. A fact is about everybody (who isn't
in the file) or about a figure that changes all the time (free seats, active people).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.errors import StalePlan
from enlist.core.fields.fields import ADMINISTRATORS
from enlist.core.plan.plan import Head
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.people.unlisted import ABOUT_UNLISTED
from enlist.store.engine import Engine

# Flags of plans that deactivate nobody for being missing from the file.
_STAYED = {*ABOUT_UNLISTED, "import_stopped"} - {"absent_deactivated", "absent_kept"}


@dataclass(frozen=True)
class Case:
    """A plan that is being applied: its head, everybody it has looked at (of SEEN_SCHEMA), and where."""

    head: Head
    seen: pl.DataFrame
    at: Engine
    organization: int


@dataclass(frozen=True)
class Fact:
    """A condition that plans may rely on.

    relies: whether a plan does, by its head. broken: the error, or None if the condition still holds.
    after: it is about figures, so it is checked after the changes, which may raise and lower them.
    """

    relies: Callable[[Head], bool]
    broken: Callable[[Case], StalePlan | None]
    after: bool = False


def check(case: Case, *, after: bool) -> None:
    """Check the facts that belong before, or after, the changes. Raises StalePlan for one that no longer holds."""
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
    case.at.temporary("enlist_listed", frame=case.seen.select("person"))
    count = case.at.value(
        "SELECT count(*) FROM store_person p LEFT JOIN enlist_listed s ON s.person = p.id"
        f" WHERE p.organization_id = %s AND p.state = 'active' AND p.id <> %s{imported} AND s.person IS NULL"
        f" AND p.site_role NOT IN ({', '.join(['%s'] * len(staying))})",
        params=[case.organization, head.actor or 0, *sorted(staying)],
    )
    return StalePlan("unlisted_came", count=count) if count else None


FACTS: Final[list[Fact]] = [Fact(relies=_deactivates_unlisted, broken=_unlisted_came)]
