"""Change records of people manually, such as their links: a plan that is applied at once and logged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from enlist.core.directory.directory import Directory
from enlist.core.errors import StalePlan
from enlist.core.plan.plan import Head, Part, assemble
from enlist.services.access import Scope
from enlist.store import apply
from enlist.store.directory import snapshot
from enlist.store.models import Person


def records_change(
    scope: Scope, *, people: Sequence[Person], part: Callable[[Directory], Part], log: Callable[[], None]
) -> bool:
    """Make the changes that `part` plans for a directory with these people; whether anything changed.

    log: called in the same transaction. Raises what `part` raises; StalePlan, LeaseTaken, DatabaseProblem as
    `store.apply.apply`.
    """
    reference = snapshot.reference(scope.organization)
    keys = pl.DataFrame({"person": [each.pk for each in people]}, schema={"person": pl.Int64()})
    directory = snapshot.snapshot(scope.organization, reference=reference, keys=keys)
    if not keys.join(directory.people, on="person", how="anti").is_empty():
        raise StalePlan("plan_stale")
    head = Head(organization=scope.organization.slug, reference_version=reference.version)
    plan = assemble(head, [part(directory)])
    if plan.is_empty:
        return False
    apply.apply(plan, organization=scope.organization, record=lambda _: log())
    return True
