"""Facts: what a plan relies on and no version covers, looked at again inside the transaction.

Versions tell whether people and the reference data are as the plan has seen them. A fact is about everybody (who is not
in the file) or a figure that changes all the time (free seats, active people).
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

# Where one of these was said, nobody left for not being in the file.
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
    """One thing plans may rely on.

    relies: whether a plan does, by its head. broken: what is wrong; None where it still holds.
    after: it is about figures, so it is looked at when the changes are made: exact whatever they free and take.
    """

    relies: Callable[[Head], bool]
    broken: Callable[[Case], StalePlan | None]
    after: bool = False


def check(case: Case, *, after: bool) -> None:
    """Look at all facts before, or after, the changes. Raises StalePlan for one that does not hold any more."""
    for fact in FACTS:
        if fact.after is after and fact.relies(case.head) and (error := fact.broken(case)):
            raise error


def _deactivates_unlisted(head: Head) -> bool:
    is_meant = head.kind == "import" and head.policy.get("unlisted") == "deactivate"
    return is_meant and not _STAYED & head.flags.keys()


def _unlisted_came(case: Case) -> StalePlan | None:
    """Whether others came who are not in the file either."""
    head = case.head
    staying = {*ADMINISTRATORS, *Circumstances(role=head.rank).guarded}
    by_hand = " AND p.source <> 'manual'" if head.policy.get("unlisted_manual_people") == "protect" else ""
    case.at.temporary("enlist_listed", frame=case.seen.select("person"))
    come = case.at.value(
        "SELECT count(*) FROM store_person p LEFT JOIN enlist_listed s ON s.person = p.id"
        f" WHERE p.organization_id = %s AND p.state = 'active' AND p.id <> %s{by_hand} AND s.person IS NULL"
        f" AND p.site_role NOT IN ({', '.join(['%s'] * len(staying))})",
        params=[case.organization, head.actor or 0, *sorted(staying)],
    )
    return StalePlan("unlisted_came", count=come) if come else None


FACTS: Final[list[Fact]] = [Fact(relies=_deactivates_unlisted, broken=_unlisted_came)]
