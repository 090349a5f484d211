"""What people see of themselves: their courses, their details, and all data about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from enlist.core.directory.directory import ProfileField
from enlist.services.access import Scope, person_asking
from enlist.store.accounts import accounts
from enlist.store.directory import snapshot
from enlist.store.models import Enrolment
from enlist.store.people import people
from enlist.store.setup import terms

from .listing import PersonDetail, facts_of


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


@dataclass(frozen=True)
class OwnDetails:
    """The person who asks, and the organisation's profile fields."""

    person: PersonDetail
    fields: tuple[ProfileField, ...]


def own_courses(scope: Scope, *, now: datetime | None = None) -> list[OwnCourse]:
    """The courses of the person who asks, those they can open first. Raises NotFound."""
    found = people.live_enrolments(person_asking(scope))
    courses = [_course(each, now=now or timezone.now()) for each in found]
    return sorted(courses, key=lambda each: (each.state != "active", each.name.casefold()))


def own_details(scope: Scope) -> OwnDetails:
    """The person who asks. Raises NotFound."""
    person = person_asking(scope)
    return OwnDetails(facts_of(person), fields=snapshot.fields(scope.organization).profile_fields)


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
        "status": facts.state,
        "added": person.created_at,
        "added_by": facts.source,
        "last_sign_in": account.last_login if account else None,
        "terms_accepted": [{"text": each.terms.text, "at": each.at} for each in terms.accepted(person)],
        "courses": [asdict(each) for each in own_courses(scope)],
        "course_groups": [asdict(each) for each in facts.course_groups],
        "groups": [asdict(each) for each in facts.groups],
    }


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
