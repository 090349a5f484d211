"""Courses: found, made, changed and dropped by hand, each of which is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from enlist.core.errors import NotFound, PolicyError
from enlist.core.report.changes import Cell
from enlist.store import activity
from enlist.store.models import Course, CourseGroup, Enrolment, Role
from enlist.store.scope import Scope

from .organization import changed


def find(scope: Scope, *, shortname: str) -> Course:
    """The organisation's course of this short name (one query). Raises NotFound."""
    found = Course.objects.filter(organization=scope.organization, shortname=shortname).first()
    if found is None:
        raise NotFound("course_unknown", shortname=shortname)
    return found


def get(scope: Scope, *, course: int) -> Course:
    """The organisation's course of this id (one query). Raises NotFound."""
    found = Course.objects.filter(organization=scope.organization, pk=course).select_related("default_role").first()
    if found is None:
        raise NotFound("course_gone")
    return found


def beside(scope: Scope, *, course: int | None = None) -> list[Course]:
    """Every other course of the organisation (one query)."""
    return [each for each in Course.objects.filter(organization=scope.organization) if each.pk != course]


def roles(scope: Scope) -> list[Role]:
    """Every role of the organisation, those that files can give in courses first (one query)."""
    return list(Role.objects.filter(organization=scope.organization).order_by("-assignable", "pk"))


def groups(course: Course) -> list[CourseGroup]:
    """The groups inside a course by name (one query)."""
    return list(CourseGroup.objects.filter(course=course).order_by("name"))


def add(scope: Scope, *, values: Mapping[str, Any]) -> Course:
    """A new course of these values, and that is logged. Plans made before are stale."""
    with transaction.atomic():
        made = Course.objects.create(organization=scope.organization, **values)
        changed(scope.organization)
        activity.log(scope, action="course_added", note=f"{made.shortname}.")
    return made


def change(scope: Scope, *, course: Course, values: Mapping[str, Any], cells: tuple[Cell, ...]) -> None:
    """Give a course these values, and that is logged with what changed. Plans made before are stale."""
    with transaction.atomic():
        for name, value in values.items():
            setattr(course, name, value)
        course.save(update_fields=list(values))
        changed(scope.organization)
        activity.log(scope, action="course_changed", note=f"{course.shortname}.", cells=cells)


def add_group(scope: Scope, *, course: Course, name: str) -> None:
    """A new group inside a course, and that is logged. Plans made before are stale."""
    with transaction.atomic():
        CourseGroup.objects.create(organization=scope.organization, course=course, name=name)
        changed(scope.organization)
        activity.log(scope, action="course_changed", note=f"{course.shortname}: group {name} added.")


def drop(scope: Scope, *, course: Course) -> None:
    """Take away a course that nobody is or was in and that has no groups, and log that. Raises PolicyError."""
    with transaction.atomic():
        Course.objects.select_for_update().get(pk=course.pk)
        people = Enrolment.objects.filter(course=course).values("person").distinct().count()
        if people:
            raise PolicyError("course_has_people", course=course.shortname, people=people)
        if groups(course):
            raise PolicyError("course_has_groups", course=course.shortname)
        course.delete()
        changed(scope.organization)
        activity.log(scope, action="course_dropped", note=f"{course.shortname}.")
