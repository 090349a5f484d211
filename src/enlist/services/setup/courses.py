"""Rules of courses, and the groups inside a course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enlist.core.clean.names import one_line
from enlist.core.errors import PolicyError
from enlist.core.setup_kinds import COURSES, Attribute
from enlist.services.access import Right, Scope, needs
from enlist.store.models import Course, Role
from enlist.store.setup import courses, lists, records

from .rules import Rules


class CourseRules(Rules):
    """Short names are unique; the default role is one that can be given in courses."""

    kind, model = COURSES, Course

    def rows(self) -> list[lists.CourseSummary]:
        return lists.courses(self.scope)

    def options(self, record: Any) -> dict[str, list[tuple[str, str]]]:
        roles = [(role.shortname, role.name or role.shortname) for role in self._roles()]
        return {"role": [("", ""), *roles]}

    def chosen(self, attribute: Attribute, *, value: str) -> Role | None:
        roles = {role.shortname: role for role in self._roles()}
        if value and value not in roles:
            raise PolicyError("course_role_unknown", role=value, roles=", ".join(roles))
        return roles.get(value)

    def check(self, record: Any, *, values: Mapping[str, Any]) -> None:
        others = records.others(self.scope, model=Course, than=record)
        if values["shortname"] in {each.shortname for each in others}:
            raise PolicyError("name_taken", kind=COURSES.name, name=values["shortname"], field="shortname")

    def check_unused(self, record: Any) -> None:
        courses.check_unused(record)

    def beyond(self, record: Any) -> dict[str, list[str]]:
        return {"groups": courses.groups(record)}

    def new(self) -> dict[str, Any]:
        student = next((role for role in courses.roles(self.scope) if role.archetype == "student"), None)
        return {"default_role": student}

    def _roles(self) -> list[Role]:
        return [role for role in courses.roles(self.scope) if role.assignable]


@needs(Right.SEE_SETUP)
def roles_list(scope: Scope) -> list[Role]:
    """Every role, those that files can give in courses first."""
    return courses.roles(scope)


@needs(Right.CHANGE_SETUP)
def course_group_add(scope: Scope, *, course: int | str, name: str) -> None:
    """Add a group inside a course. Raises NotFound; PolicyError for a blank or taken name."""
    found = CourseRules(scope).get(course)
    wanted = one_line(name, what="name of a group")
    if wanted in courses.groups(found):
        raise PolicyError("course_group_taken", course=found.shortname, name=wanted)
    courses.add_group(scope, course=found, name=wanted)
