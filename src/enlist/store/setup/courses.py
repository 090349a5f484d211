"""Courses: their roles and groups, and what keeps one from being removed."""

from __future__ import annotations

from django.db import transaction

from enlist.core.errors import PolicyError
from enlist.core.setup_kinds import COURSES
from enlist.store.models import Course, CourseGroup, Enrolment, Role
from enlist.store.scope import Scope

from . import records
from .records import log


def find(scope: Scope, *, shortname: str) -> Course:
    """The organisation's course of this short name (one query). Raises NotFound."""
    found: Course = records.get(scope, kind=COURSES, model=Course, shortname=shortname)
    return found


def roles(scope: Scope) -> list[Role]:
    """Every role of the organisation, those that files can give in courses first (one query)."""
    return list(Role.objects.filter(organization=scope.organization).order_by("-assignable", "pk"))


def groups(course: Course) -> list[str]:
    """The names of the groups inside a course, in their order (one query)."""
    return list(CourseGroup.objects.filter(course=course).order_by("name").values_list("name", flat=True))


def add_group(scope: Scope, *, course: Course, name: str) -> None:
    """A new group inside a course, and that is logged. Plans made before are stale."""
    with transaction.atomic():
        CourseGroup.objects.create(organization=scope.organization, course=course, name=name)
        log(scope, kind=COURSES, done="changed", note=f"{course.shortname}: group {name} added.")


def check_unused(course: Course) -> None:
    """Raise PolicyError where somebody is or was in a course, or where it has groups."""
    people = Enrolment.objects.filter(course=course).values("person").distinct().count()
    if people:
        raise PolicyError("course_has_people", people=people, course=course.shortname)
    if groups(course):
        raise PolicyError("course_has_groups", course=course.shortname)
