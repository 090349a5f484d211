"""Labels: what the ids of a plan are called."""

from __future__ import annotations

from dataclasses import replace

from enlist.core.changes import Labels, first_people
from enlist.core.directory import empty_directory
from enlist.core.plan import Plan
from enlist.services.access import Scope
from enlist.store import people as store_people
from enlist.store import snapshot


def plan_labels(scope: Scope, *, plan: Plan, people: int) -> Labels:
    """The names of everything rows can refer to, and of the first people a plan changes (six queries)."""
    reference = snapshot.reference(scope.organization)
    known = [person for person in first_people(plan, limit=people) if person > 0]
    named = store_people.usernames(scope.organization, ids=known)
    return replace(Labels.of(empty_directory(reference)), people=named)
