"""Labels: names for the ids in a plan."""

from __future__ import annotations

from enlist.core.directory.directory import empty_directory
from enlist.core.plan.labels import Labels
from enlist.core.plan.people import first_people
from enlist.core.plan.plan import Plan
from enlist.services.access import Scope
from enlist.store.directory import snapshot
from enlist.store.models import Import, Person
from enlist.store.people import people as store_people

ERASED = "(erased)"
# Who starts what workers do on their own.
SCHEDULED = "Scheduled"


def reference_labels(scope: Scope) -> Labels:
    """The names of all records that rows can refer to (six queries)."""
    return Labels.of(empty_directory(snapshot.reference(scope.organization)))


def plan_labels(scope: Scope, *, plan: Plan, people: int) -> Labels:
    """The names of all records that rows can refer to, and of the first people a plan changes (six queries)."""
    existing = [person for person in first_people(plan, limit=people) if person > 0]
    named = store_people.usernames(scope.organization, ids=existing)
    return reference_labels(scope).with_people(named)


def doer(key: int | None, *, person: Person | None) -> str | None:
    """The username of the person who did something: null for the machine's owner, ERASED for an erased person."""
    if person is not None:
        return person.username
    return None if key is None else ERASED


def starter(record: Import) -> str | None:
    """The same for the person who started an import; SCHEDULED if a worker did on its own."""
    return SCHEDULED if record.kind == "scheduled" else doer(record.started_by_id, person=record.started_by)
