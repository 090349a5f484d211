"""The team: people with a role in the organisation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from enlist.core.clean import fold, plain
from enlist.core.directory.directory import Directory
from enlist.core.errors import NotAllowed, NotFound, PolicyError, StalePlan
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.planner.manual import main_role, new_person, roles_of, with_roles
from enlist.core.report.changes import Cell
from enlist.core.rights import TEAM, Right, may_give
from enlist.services.access import Scope, needs
from enlist.store import activity, apply
from enlist.store.accounts import accounts
from enlist.store.directory import snapshot
from enlist.store.imports import sealed_passwords
from enlist.store.models import Organization, Person
from enlist.store.people import people

NOBODY: Final = "learner"
_NOT_IN_USERNAMES: Final = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person with a role in the team."""

    username: str
    firstname: str
    lastname: str
    email: str
    role: str
    state: str


@needs(Right.CHANGE_TEAM)
def team_list(scope: Scope) -> list[TeamMember]:
    """Everybody who has a role in the team, the highest role first."""
    found = people.with_roles(scope.organization, roles=TEAM)
    ordered = sorted(found, key=lambda person: (TEAM.index(person.site_role), person.username_key or ""))
    return [
        TeamMember(
            person.username, person.firstname, person.lastname, person.email, role=person.site_role, state=person.state
        )
        for person in ordered
    ]


@needs(Right.CHANGE_TEAM)
def team_change(scope: Scope, *, username: str, role: str | None) -> Cell:
    """Give a person a role in the team, or remove theirs (None); their role before and after.

    They keep their roles outside of the team. Raises NotFound; PolicyError for an unknown role, and for the last owner;
    NotAllowed for a role that isn't below one's own, except for owners.
    """
    wanted = NOBODY if role is None else _team_role(role)
    person = people.by_username(scope.organization, key=fold(username))
    if person is None:
        raise NotFound("person_unknown", username=username)
    _check(scope, person=person, wanted=wanted)
    directory = _checked(scope, person=person)
    roles = _roles(roles_of(directory, person=person.pk), role=role)
    cell = Cell("site_role", person.site_role, main_role(roles, now=person.site_role))
    if cell.old != cell.new:
        part = with_roles(directory, person=person.pk, roles=roles)
        _apply(scope, part=part, cells=(cell,), person=person.pk)
    return cell


@needs(Right.CHANGE_TEAM)
def team_add(scope: Scope, *, username: str, role: str, names: dict[str, str] | None = None) -> bool:
    """Give a person a role in the team, and create them if names are given; whether they were created.

    names: firstname, lastname, email. Raises as `team_change`, and PolicyError for invalid names.
    """
    if people.by_username(scope.organization, key=fold(username)) is not None or not names:
        team_change(scope, username=username, role=role)
        return False
    wanted = _team_role(role)
    _check_may_give(scope, roles=(wanted,))
    reference = snapshot.reference(scope.organization)
    keys = pl.DataFrame({"username_key": [fold(username)], "email_key": [fold(names.get("email", ""))]})
    directory = snapshot.snapshot(scope.organization, reference=reference, keys=keys)
    values = {**names, "username": username}
    part = new_person(directory, values=values, site_role=wanted)
    cells = tuple(Cell(slug, "", value) for slug, value in {**values, "site_role": wanted}.items() if value)
    _apply(scope, part=part, cells=cells, person=None)
    return True


@needs(Right.CHANGE_TEAM)
def team_invite(scope: Scope, *, names: dict[str, str], role: str) -> tuple[str, str | None]:
    """Add a colleague by their names and address: their username, and a one-time password unless they have one.

    names: firstname, lastname, email. A person who has this address gets the role. Raises as `team_add`.
    """
    known = people.by_email(scope.organization, key=fold(names["email"]))
    username = known.username if known else free_username(scope.organization, email=names["email"])
    team_add(scope, username=username, role=role, names=names)
    account = accounts.of(scope.organization, username=username)
    if account is not None and account.has_usable_password():
        return username, None
    return username, team_password(scope, username=username)


def free_username(organization: Organization, *, email: str) -> str:
    """A username that nobody has and that resembles an address."""
    wanted = _NOT_IN_USERNAMES.sub("", plain(email.partition("@")[0])).strip(".-_") or "user"
    tries = [wanted, *(f"{wanted}{number}" for number in range(2, 100))]
    taken = {person.username_key for person in people.by_usernames(organization, usernames=tries)}
    return next(name for name in tries if name not in taken)


@needs(Right.CHANGE_TEAM)
def team_password(scope: Scope, *, username: str, keep: bool = False) -> str:
    """Generate a password for a member of the team, replacing any other; it is stored only as a hash.

    They must change it when they sign in, except with `keep`. Raises NotFound, PolicyError if they aren't in the team,
    NotAllowed for a role that isn't below one's own.
    """
    person = people.by_username(scope.organization, key=fold(username))
    if person is None:
        raise NotFound("person_unknown", username=username)
    if person.site_role not in TEAM:
        raise PolicyError("not_in_team", username=person.username)
    _check_may_give(scope, roles=(person.site_role,))
    password = sealed_passwords.new_password()
    accounts.set_password(person, password=password, must_change=not keep)
    activity.log(scope, action="password_made", person=person.pk)
    return password


def _team_role(role: str) -> str:
    if role not in TEAM:
        raise PolicyError("team_role_unknown", role=role, roles=", ".join(TEAM))
    return role


def _check(scope: Scope, *, person: Person, wanted: str) -> None:
    _check_may_give(scope, roles=(person.site_role, wanted))
    is_last = person.site_role == "owner" and people.owners(scope.organization) == [person.pk]
    if is_last and wanted != "owner":
        raise PolicyError("last_owner", username=person.username)


def _check_may_give(scope: Scope, *, roles: tuple[str, ...]) -> None:
    if scope.actor is None:
        return
    own = scope.actor.site_role
    if not all(may_give(role, by=own) for role in roles):
        raise NotAllowed("role_above_own", role=own)


def _roles(held: frozenset[str], *, role: str | None) -> set[str]:
    """The roles of a person after they got a role in the team, or lost theirs.

    Everybody is a learner who is nothing else, so somebody who is only a learner isn't one in the team.
    """
    common = held.difference(TEAM)
    if role is None:
        return {*common} or {NOBODY}
    return {role} if common == {NOBODY} else {role, *common}


def _checked(scope: Scope, *, person: Person) -> Directory:
    """The directory with a person in the version whose role was checked, so that a later change makes a plan stale."""
    reference = snapshot.reference(scope.organization)
    found = snapshot.snapshot(scope.organization, reference=reference, keys=pl.DataFrame({"person": [person.pk]}))
    checked = found.people.filter(pl.col("person") == person.pk).with_columns(version=pl.lit(person.version, pl.Int64))
    if checked.is_empty():
        raise StalePlan("plan_stale")
    return replace(found, people=checked)


def _apply(scope: Scope, *, part: Part, cells: tuple[Cell, ...], person: int | None) -> None:
    reference = snapshot.reference(scope.organization)
    made = part.frames["create"].height if "create" in part.frames else 0
    head = Head(organization=scope.organization.slug, reference_version=reference.version, new={"person": made})
    plan: Plan = assemble(head, [part])

    def log(outcome: apply.Outcome) -> None:
        activity.log(scope, action="team_changed", person=person or outcome.first.get("person"), cells=cells)

    apply.apply(plan, organization=scope.organization, record=log)
