"""The roles of a person: learner, parent, instructor, and at most one of the team."""

from __future__ import annotations

from collections.abc import Set

import polars as pl

from enlist.core.directory.directory import Directory
from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.core.fields.fields import SITE_ROLES
from enlist.core.plan.plan import Part
from enlist.core.planner.manual import roles_of, with_roles
from enlist.core.report.changes import Cell
from enlist.core.rights import TEAM, ranks_above
from enlist.services.access import Right, Scope, needs
from enlist.services.accounts.team import team_change
from enlist.store import activity
from enlist.store.models import Person
from enlist.store.people import people

from .listing import person_of
from .records import records_change


@needs(Right.SEE_PEOPLE)
def role_list(scope: Scope, *, username: str) -> list[str]:
    """All roles of a person, the highest first. Raises NotFound."""
    person = person_of(scope, username=username)
    return people.roles_of([person])[person.pk]


@needs(Right.CHANGE_LINKS)
def role_add(scope: Scope, *, username: str, role: str) -> bool:
    """Give a person a role besides those they have; False if they have it. A role of the team replaces any other.

    Raises NotFound; PolicyError for an unknown role; NotAllowed for somebody of a higher rank; as `team_change` for a
    role of the team; StalePlan, LeaseTaken, DatabaseProblem.
    """
    if role in TEAM:
        changed = team_change(scope, username=username, role=role)
        return changed.old != changed.new
    person = _person(scope, username=username, role=role)
    return _changed(scope, person=person, gives={role})


@needs(Right.CHANGE_LINKS)
def role_remove(scope: Scope, *, username: str, role: str) -> None:
    """Take a role from a person.

    Raises NotFound, also if they don't have it; PolicyError for their only role, for the last owner, and for parents or
    instructors who are still linked to learners; otherwise as `role_add`.
    """
    if role in TEAM and person_of(scope, username=username).site_role == role:
        team_change(scope, username=username, role=None)
        return
    person = _person(scope, username=username, role=role)
    if not _changed(scope, person=person, takes={role}):
        raise NotFound("role_unknown", username=person.username, role=role)


def _person(scope: Scope, *, username: str, role: str) -> Person:
    if role not in SITE_ROLES:
        raise PolicyError("site_role_unknown", role=role, roles=", ".join(people.by_rank(SITE_ROLES)), field="role")
    person = person_of(scope, username=username)
    if scope.actor is not None and ranks_above(person.site_role, other=scope.actor.site_role):
        raise NotAllowed("person_above", username=person.username)
    return person


def _changed(scope: Scope, *, person: Person, gives: Set[str] = frozenset(), takes: Set[str] = frozenset()) -> bool:
    """Give a person roles and take some; whether anything changed."""
    cells: list[Cell] = []

    def part(directory: Directory) -> Part:
        before = roles_of(directory, person=person.pk)
        after = (before | gives) - takes
        for role in takes:
            _check_may_lose(directory, person=person, role=role, rest=after)
        cells[:] = [Cell("roles", ", ".join(people.by_rank(before)), ", ".join(people.by_rank(after)))]
        return with_roles(directory, person=person.pk, roles=after)

    def log() -> None:
        activity.log(scope, action="roles_changed", person=person.pk, cells=cells)

    return records_change(scope, people=(person,), part=part, log=log)


def _check_may_lose(directory: Directory, *, person: Person, role: str, rest: Set[str]) -> None:
    links = directory.frame("link").filter((pl.col("other") == person.pk) & (pl.col("kind") == role))
    if not links.is_empty():
        raise PolicyError("role_has_links", username=person.username, role=role)
    if not rest:
        raise PolicyError("role_is_only_one", username=person.username, role=role)
