"""Courses of groups: list them, and the change of rules that gives them to a group and takes them from it.

As with conditions, nothing changes at once: the change is planned, previewed and applied as an import (`rules.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import NotFound, PolicyError
from enlist.core.planner.courses.requested import student_role
from enlist.services.access import Right, Scope, needs
from enlist.store.directory import snapshot
from enlist.store.setup import courses, groups

from .rules import RuleChange


@needs(Right.SEE_SETUP)
def group_courses(scope: Scope, *, group: str) -> list[str]:
    """The short names of the courses that a group (its ID number, name or #id) gives. Raises NotFound."""
    return sorted({course for course, _ in groups.courses_given([groups.find(scope, name=group).pk])})


@needs(Right.SEE_SETUP)
def courses_to_give(scope: Scope) -> list[tuple[str, str]]:
    """The short name of each course, and the name to show."""
    return courses.titles(scope)


@needs(Right.CHANGE_CONDITIONS)
def group_courses_set(scope: Scope, *, group: str, given: Iterable[str]) -> RuleChange:
    """The change after which a group gives exactly these courses (short names), each with its default role.

    Raises NotFound; PolicyError for a course without a role.
    """
    found = groups.find(scope, name=group)
    reference = snapshot.reference(scope.organization)
    wanted = [_course(name, reference=reference) for name in dict.fromkeys(given)]
    have = reference.frame("group_course").filter(pl.col("people_group") == found.pk)
    new = [line for line in wanted if line["course"] not in have.get_column("course")]
    stay = pl.col("course").is_in([line["course"] for line in wanted])
    return RuleChange(
        f"Change the courses of {found.name}",
        begun={"group_course": [[found.pk, line["course"], _role(line, reference=reference)] for line in new]},
        ended={"group_course": [list(line) for line in have.filter(~stay).iter_rows()]},
    )


def _course(name: str, *, reference: Reference) -> dict[str, object]:
    for line in reference.courses.filter(pl.col("shortname") == name).iter_rows(named=True):
        return line
    raise NotFound("course_unknown", shortname=name)


def _role(course: dict[str, object], *, reference: Reference) -> object:
    role = course["default_role"] or student_role(reference.roles)
    if role is None:
        raise PolicyError("course_without_role", course=course["shortname"])
    return role
