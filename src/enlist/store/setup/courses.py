"""Courses: their roles and groups, and whether one can be removed."""

from __future__ import annotations

from django.db import transaction

from enlist.core.errors import PolicyError
from enlist.core.setup_kinds import COURSES
from enlist.store.models import Course, CourseGroup, Enrolment, GroupCourse, Role
from enlist.store.scope import Scope

from . import records
from .records import log


def find(scope: Scope, *, shortname: str) -> Course:
    """The organisation's course with this short name (one query). Raises NotFound."""
    found: Course = records.get(scope, kind=COURSES, model=Course, shortname=shortname)
    return found


def roles(scope: Scope) -> list[Role]:
    """All roles of the organisation, starting with those that files can give in courses (one query)."""
    return list(Role.objects.filter(organization=scope.organization).order_by("-assignable", "pk"))


def titles(scope: Scope) -> list[tuple[str, str]]:
    """The short name of each course, and the name to show (one query)."""
    found = Course.objects.filter(organization=scope.organization).order_by("shortname")
    return [(shortname, name or shortname) for shortname, name in found.values_list("shortname", "name")]


def groups(course: Course) -> list[str]:
    """The sorted names of a course's groups (one query)."""
    return list(CourseGroup.objects.filter(course=course).order_by("name").values_list("name", flat=True))


def add_group(scope: Scope, *, course: Course, name: str) -> None:
    """Add a group to a course, and log that. Earlier plans become stale."""
    with transaction.atomic():
        CourseGroup.objects.create(organization=scope.organization, course=course, name=name)
        log(scope, kind=COURSES, done="changed", note=f"{course.shortname}: group {name} added.")


def check_unused(course: Course) -> None:
    """Raise PolicyError if anybody is or was in the course, if it has groups, or if a group gives it."""
    people = Enrolment.objects.filter(course=course).values("person").distinct().count()
    if people:
        raise PolicyError("course_has_people", people=people, course=course.shortname)
    if groups(course):
        raise PolicyError("course_has_groups", course=course.shortname)
    if given := GroupCourse.objects.filter(course=course).select_related("group").first():
        raise PolicyError("course_given_by_group", course=course.shortname, group=given.group.name)
