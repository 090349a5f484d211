"""Links: who is the parent or the instructor of a learner, and may see their pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl

from enlist.core.changes import LINKS_SCHEMA, PERSON_ROLES_SCHEMA
from enlist.core.directory.directory import Directory
from enlist.core.errors import NotFound, PolicyError
from enlist.core.fields.fields import LINK_KINDS
from enlist.core.plan.plan import Part
from enlist.core.planner.manual import roles_of, with_records
from enlist.core.rights import TEAM
from enlist.services.access import Right, Scope, needs
from enlist.services.accounts.inviting import parent_notify
from enlist.store import activity
from enlist.store.models import Link, Person
from enlist.store.people import links

from .listing import person_of
from .records import records_change

LEARNER: Final = "learner"


@dataclass(frozen=True, slots=True)
class LinkedPerson:
    """Somebody who is linked to a person. kind: what they are to that person: parent, instructor or learner.

    link: the kind of the link itself, parent or instructor.
    """

    username: str
    firstname: str
    lastname: str
    state: str
    kind: str
    link: str
    source: str


@dataclass(frozen=True, slots=True)
class LinkEnds:
    """The two usernames of a link. other: the parent or instructor, as kind says."""

    learner: str
    other: str
    kind: str


@needs(Right.SEE_PEOPLE)
def link_list(scope: Scope, *, username: str) -> list[LinkedPerson]:
    """Everybody who is linked to a person: parents and instructors first, then learners. Raises NotFound."""
    return linked_to(person_of(scope, username=username))


def linked_to(person: Person) -> list[LinkedPerson]:
    """The same; the caller has the right to see the person (one query)."""
    found = [
        _linked(each.other, kind=each.kind, link=each)
        if each.person_id == person.pk
        else _linked(each.person, kind=LEARNER, link=each)
        for each in links.of(person)
    ]
    return sorted(found, key=lambda each: each.kind == LEARNER)


@needs(Right.CHANGE_LINKS)
def link_add(scope: Scope, *, ends: LinkEnds) -> bool:
    """Link a learner to a parent or instructor, who gets that role, too; False if they are linked already.

    A parent who can sign in gets a notice by mail if there is an account to set up.

    Raises NotFound; PolicyError for an unknown kind, the same person twice, somebody who isn't active, or a learner in
    the team; StalePlan, LeaseTaken, DatabaseProblem.
    """
    learner, other = _people(scope, ends=ends)

    def part(directory: Directory) -> Part:
        _check(directory, learner=learner, other=other)
        begun = {"link": _line(learner, other=other, kind=ends.kind)}
        if ends.kind not in roles_of(directory, person=other.pk):
            role = [(other.pk, ends.kind, "manual")]
            begun["person_role"] = pl.DataFrame(role, schema=PERSON_ROLES_SCHEMA, orient="row")
        return with_records(directory, begun=begun)

    log = partial(_began, scope, learner=learner, other=other, kind=ends.kind)
    return records_change(scope, people=(learner, other), part=part, log=log)


@needs(Right.CHANGE_LINKS)
def link_remove(scope: Scope, *, ends: LinkEnds) -> None:
    """End a link. Raises NotFound, also for a link that doesn't exist; StalePlan, LeaseTaken, DatabaseProblem."""
    learner, other = _people(scope, ends=ends)
    line = _line(learner, other=other, kind=ends.kind)
    log = partial(_log, scope, learner=learner, other=other, kind=ends.kind, is_new=False)
    part = partial(with_records, ended={"link": line})
    if not records_change(scope, people=(learner, other), part=part, log=log):
        raise NotFound("link_unknown", username=learner.username, other=other.username, kind=ends.kind)


def _people(scope: Scope, *, ends: LinkEnds) -> tuple[Person, Person]:
    if ends.kind not in LINK_KINDS:
        raise PolicyError("link_kind_unknown", kind=ends.kind, kinds=", ".join(LINK_KINDS), field="kind")
    learner, other = person_of(scope, username=ends.learner), person_of(scope, username=ends.other)
    if learner.pk == other.pk:
        raise PolicyError("link_to_oneself", username=learner.username)
    return learner, other


def _check(directory: Directory, *, learner: Person, other: Person) -> None:
    """Raise PolicyError for people who can't be linked, as they are in the directory that the plan is made for."""
    for person in (learner, other):
        now = directory.people.row(by_predicate=pl.col("person") == person.pk, named=True)
        if now["state"] != "active":
            raise PolicyError("link_of_inactive", username=person.username)
        if person is learner and now["site_role"] in TEAM:
            raise PolicyError("link_of_team", username=person.username)


def _line(learner: Person, *, other: Person, kind: str) -> pl.DataFrame:
    return pl.DataFrame([(learner.pk, other.pk, kind, "manual")], schema=LINKS_SCHEMA, orient="row")


def _log(scope: Scope, *, learner: Person, other: Person, kind: str, is_new: bool) -> None:
    activity.log_link(scope, person=learner, other=other, kind=kind, is_new=is_new)
    activity.log_link(scope, person=other, other=learner, kind=LEARNER, is_new=is_new)


def _began(scope: Scope, *, learner: Person, other: Person, kind: str) -> None:
    _log(scope, learner=learner, other=other, kind=kind, is_new=True)
    if kind == "parent":
        parent_notify(other, child=learner)


def _linked(person: Person, *, kind: str, link: Link) -> LinkedPerson:
    names = person.username, person.firstname, person.lastname
    return LinkedPerson(*names, person.state, kind=kind, link=link.kind, source=link.source)
