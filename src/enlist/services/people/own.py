"""What people see of themselves and of the learners they are linked to: courses, details, and all data about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Paginator
from django.utils import timezone

from enlist.core.clean import fold
from enlist.core.directory.directory import ProfileField
from enlist.core.errors import NotFound
from enlist.services.access import Scope, person_asking
from enlist.services.accounts.address_mail import address_waiting
from enlist.store.accounts import accounts
from enlist.store.directory import snapshot
from enlist.store.models import Enrolment, Person
from enlist.store.people import links, people
from enlist.store.setup import terms

from .links import linked_to
from .listing import PersonDetail, facts_of

_ON_A_PAGE: Final = 50
# What instructors see of their students, besides courses; parents see all details.
_OF_STUDENTS: Final = ("username", "firstname", "lastname", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCourse:
    """A course of the person who asks.

    state: active, suspended, not_started or over. url: "" unless they can open it now. start, end: null for none.
    source: what put them there (`core.changes.SOURCES`); since: when. progress: in percent.
    """

    course: str
    name: str
    url: str
    role: str
    state: str
    start: datetime | None
    end: datetime | None
    source: str
    since: datetime
    progress: int


@dataclass(frozen=True, slots=True)
class OwnLearner:
    """A learner that the person who asks is linked to.

    sets_password: whether the person who asks chooses the learner's password: a parent, of a child without an e-mail
    address. has_password: whether the learner can sign in.
    """

    username: str
    firstname: str
    lastname: str
    state: str
    sets_password: bool
    has_password: bool


@dataclass(frozen=True)
class OwnLearners:
    """A page of learners: how many there are on all pages, its number, and how many pages there are."""

    learners: list[OwnLearner]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class OwnDetails:
    """The person who asks, or a learner they are linked to, and the organisation's profile fields.

    waiting: an address to be confirmed, "" for none.
    """

    person: PersonDetail
    fields: tuple[ProfileField, ...]
    waiting: str = ""


def own_courses(scope: Scope, *, now: datetime | None = None) -> list[OwnCourse]:
    """The courses of the person who asks, those they can open first. Raises NotFound."""
    return _courses(person_asking(scope), now=now or timezone.now())


def own_details(scope: Scope) -> OwnDetails:
    """The person who asks. Raises NotFound."""
    person = person_asking(scope)
    return replace(_details(scope, person=person), waiting=address_waiting(person))


def own_links(scope: Scope) -> set[str]:
    """As what the person who asks is linked to learners: parent, instructor (one query). Raises NotFound."""
    return links.kinds(person_asking(scope))


def own_learners(scope: Scope, *, kind: str, page: str = "1") -> OwnLearners:
    """The learners that the person who asks is linked to as parent or instructor, by name. Raises NotFound.

    page: the number of a page; the first instead of an invalid one, the last instead of one beyond it.
    """
    pages = Paginator(links.learners(person_asking(scope), kind=kind), _ON_A_PAGE)
    shown = pages.get_page(page)
    found = list(shown)
    able = accounts.with_password(found)
    learners = [
        OwnLearner(
            each.username,
            each.firstname,
            each.lastname,
            each.state,
            sets_password=kind == "parent" and each.state == "active" and not each.email,
            has_password=each.pk in able,
        )
        for each in found
    ]
    return OwnLearners(learners, total=pages.count, page=shown.number, pages=pages.num_pages)


def own_learner(scope: Scope, *, kind: str, username: str) -> tuple[OwnDetails, list[OwnCourse]]:
    """One of them: what a parent or instructor sees, and courses without the address to open them.

    Raises NotFound, and says the same about people who exist and aren't linked.
    """
    learner = links.learner(person_asking(scope), kind=kind, key=fold(username))
    if learner is None:
        raise NotFound("person_unknown", username=username)
    details = _details(scope, person=learner)
    if kind != "parent":
        fields = {slug: value if slug in _OF_STUDENTS else "" for slug, value in details.person.fields.items()}
        details = replace(details, person=replace(details.person, fields=fields, profile={}, hidden={}))
    return details, [replace(each, url="") for each in _courses(learner, now=timezone.now())]


def own_data(scope: Scope) -> dict[str, Any]:
    """All data about the person who asks, by names that stay the same. Raises NotFound."""
    person = person_asking(scope)
    facts = facts_of(person)
    account = accounts.of(scope.organization, username=person.username)
    return {
        "organization": scope.organization.name,
        "details": dict(facts.fields),
        "profile_fields": dict(facts.profile),
        "other_fields": dict(facts.hidden),
        "role": facts.site_role,
        "roles": facts.roles,
        "status": facts.state,
        "added": person.created_at,
        "added_by": facts.source,
        "last_sign_in": account.last_login if account else None,
        "terms_accepted": [{"text": each.terms.text, "at": each.at} for each in terms.accepted(person)],
        "courses": [asdict(each) for each in own_courses(scope)],
        "course_groups": [asdict(each) for each in facts.course_groups],
        "groups": [asdict(each) for each in facts.groups],
        "linked_people": [{"username": each.username, "kind": each.kind} for each in linked_to(person)],
    }


def _details(scope: Scope, *, person: Person) -> OwnDetails:
    return OwnDetails(facts_of(person), fields=snapshot.fields(scope.organization).profile_fields)


def _courses(person: Person, *, now: datetime) -> list[OwnCourse]:
    courses = [_course(each, now=now) for each in people.live_enrolments(person)]
    return sorted(courses, key=lambda each: (each.state != "active", each.name.casefold()))


def _course(enrolment: Enrolment, *, now: datetime) -> OwnCourse:
    course, state = enrolment.course, _state(enrolment, now=now)
    return OwnCourse(
        course=course.shortname,
        name=course.name or course.shortname,
        url=course.url if state == "active" else "",
        role=enrolment.role.name or enrolment.role.shortname,
        state=state,
        start=enrolment.start,
        end=enrolment.end,
        source=enrolment.source,
        since=enrolment.created_at,
        progress=enrolment.progress,
    )


def _state(enrolment: Enrolment, *, now: datetime) -> str:
    if enrolment.end and enrolment.end <= now:
        return "over"
    if enrolment.status == "suspended":
        return "suspended"
    return "not_started" if enrolment.start and enrolment.start > now else "active"
