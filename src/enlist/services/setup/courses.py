"""Courses by hand: add one, change one, give it groups, take one away that nobody was ever in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from enlist.core.clean.names import days, one_line, truth
from enlist.core.errors import PolicyError
from enlist.core.report.changes import Cell
from enlist.services.access import Right, Scope, needs
from enlist.store.models import Course
from enlist.store.setup import courses

# What can be said of a course by hand. open: files and hands may enrol people. days: how long an enrolment lasts, 0 for
# no end. role: the short name of the one that people have where nothing is said.
VALUES: Final = ("shortname", "name", "open", "days", "role")


@needs(Right.SEE_SETUP)
def course_show(scope: Scope, *, course: int) -> dict[str, Any]:
    """A course's VALUES, and the names of its groups. Raises NotFound."""
    found = courses.get(scope, course=course)
    return {**_values(found), "groups": [group.name for group in courses.groups(found)]}


@needs(Right.SEE_SETUP)
def course_named(scope: Scope, *, shortname: str) -> int:
    """The id of the course of this short name. Raises NotFound."""
    return courses.find(scope, shortname=shortname).pk


@needs(Right.SEE_SETUP)
def roles_list(scope: Scope) -> list[dict[str, Any]]:
    """Every role: shortname, name, archetype, assignable (files give it in courses), on_site (as a system role)."""
    names = ("shortname", "name", "archetype", "assignable", "on_site")
    return [{name: getattr(role, name) for name in names} for role in courses.roles(scope)]


@needs(Right.CHANGE_SETUP)
def course_add(scope: Scope, *, values: Mapping[str, str]) -> int:
    """Add a course of these VALUES; its id. Raises PolicyError for what it cannot be; plans made before are stale."""
    usual = {"shortname": "", "open": "yes", "role": _student(scope)}
    stored = _stored(scope, course=None, values={**usual, **values})
    return courses.add(scope, values=stored).pk


@needs(Right.CHANGE_SETUP)
def course_change(scope: Scope, *, course: int, values: Mapping[str, str]) -> tuple[Cell, ...]:
    """Change some of a course's VALUES; what changed. Raises NotFound and as `course_add`."""
    found = courses.get(scope, course=course)
    before = _values(found)
    stored = _stored(scope, course=found, values=values)
    after = {name: stored.get(column, getattr(found, column)) for name, column in _COLUMNS.items()}
    told = _as_typed(after)
    cells = tuple(Cell(name, before[name], told[name]) for name in VALUES if before[name] != told[name])
    if cells:
        courses.change(scope, course=found, values=stored, cells=cells)
    return cells


@needs(Right.CHANGE_SETUP)
def course_group_add(scope: Scope, *, course: int, name: str) -> None:
    """Add a group inside a course. Raises NotFound; PolicyError for a name it cannot have."""
    found = courses.get(scope, course=course)
    wanted = one_line(name, what="name of a group")
    if wanted in {group.name for group in courses.groups(found)}:
        raise PolicyError("course_group_taken", course=found.shortname, name=wanted)
    courses.add_group(scope, course=found, name=wanted)


@needs(Right.CHANGE_SETUP)
def course_drop(scope: Scope, *, course: int) -> str:
    """Take a course away that nobody is or was in; its short name.

    Raises NotFound; PolicyError where something would be lost.
    """
    found = courses.get(scope, course=course)
    courses.drop(scope, course=found)
    return found.shortname


_COLUMNS: Final = {
    "shortname": "shortname",
    "name": "name",
    "open": "manual",
    "days": "duration",
    "role": "default_role",
}


def _values(course: Course) -> dict[str, str]:
    return _as_typed({name: getattr(course, column) for name, column in _COLUMNS.items()})


def _as_typed(stored: Mapping[str, Any]) -> dict[str, str]:
    """Stored values as people read and type them."""
    return {
        "shortname": stored["shortname"],
        "name": stored["name"],
        "open": "yes" if stored["open"] else "no",
        "days": str(stored["days"]),
        "role": stored["role"].shortname if stored["role"] else "",
    }


def _student(scope: Scope) -> str:
    """The short name of the role that learners usually have, "" where there is none."""
    return next((role.shortname for role in courses.roles(scope) if role.archetype == "student"), "")


def _stored(scope: Scope, *, course: Course | None, values: Mapping[str, str]) -> dict[str, Any]:
    """The values as they are stored, by column."""
    if unknown := set(values) - set(VALUES):
        raise PolicyError("course_value_unknown", names=", ".join(sorted(unknown)), known=", ".join(VALUES))
    made: dict[str, Any] = {}
    if "shortname" in values:
        made["shortname"] = _shortname(scope, course=course, value=values["shortname"])
    if "name" in values:
        made["name"] = one_line(values["name"], what="name of a course", blank=True)
    if "open" in values:
        made["manual"] = truth(values["open"], what="opening of a course")
    if "days" in values:
        made["duration"] = days(values["days"], what="length of an enrolment")
    if "role" in values:
        made["default_role"] = _role(scope, shortname=values["role"])
    return made


def _shortname(scope: Scope, *, course: Course | None, value: str) -> str:
    wanted = one_line(value, what="short name of a course")
    if any(each.shortname == wanted for each in courses.beside(scope, course=course.pk if course else None)):
        raise PolicyError("course_taken", shortname=wanted)
    return wanted


def _role(scope: Scope, *, shortname: str) -> Any:
    if not shortname:
        return None
    known = {role.shortname: role for role in courses.roles(scope) if role.assignable}
    if shortname not in known:
        raise PolicyError("course_role_unknown", role=shortname, roles=", ".join(known))
    return known[shortname]
