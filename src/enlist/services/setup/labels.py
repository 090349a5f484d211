"""Labels: what the ids of a plan are called."""

from __future__ import annotations

from enlist.core.directory.directory import empty_directory
from enlist.core.plan.labels import Labels
from enlist.core.plan.people import first_people
from enlist.core.plan.plan import Plan
from enlist.services.access import Scope
from enlist.store.directory import snapshot
from enlist.store.models import Person
from enlist.store.people import people as store_people

ERASED = "(erased)"


def reference_labels(scope: Scope) -> Labels:
    """The names of everything rows can refer to (six queries)."""
    return Labels.of(empty_directory(snapshot.reference(scope.organization)))


def plan_labels(scope: Scope, *, plan: Plan, people: int) -> Labels:
    """The names of everything rows can refer to, and of the first people a plan changes (six queries)."""
    known = [person for person in first_people(plan, limit=people) if person > 0]
    named = store_people.usernames(scope.organization, ids=known)
    return reference_labels(scope).with_people(named)


def doer(key: int | None, *, person: Person | None) -> str | None:
    """Who did something: a username; null where it was typed on the machine, and of the erased that they are."""
    if person is not None:
        return person.username
    return None if key is None else ERASED
