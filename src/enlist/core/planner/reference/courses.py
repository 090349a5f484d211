"""What a row requests of courses: enrolments, with roles and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from enlist.core.clean.enrolment import ENDLESS
from enlist.core.fields.fields import FAMILIES
from enlist.core.headers.words import numbered
from enlist.core.planner.reference.ledger import Ledger, is_id
from enlist.core.planner.reference.visit import Visit
from enlist.core.policy import Policy
from enlist.core.rows.rows import Rows

TYPES: Final = ("1", "2", "3")


@dataclass(frozen=True)
class Place:
    """A role in a course, and a group of that course: its id, or the name of one to be created.

    status, start: null if not given. days: 0 for no end, null if not given; duration: the course's own.
    """

    course: int
    role: int
    group: int | str | None
    status: str | None = None
    start: str | None = None
    days: int | None = None
    duration: int = 0


class Courses:
    """The rules about courseN, roleN, typeN and groupN."""

    def __init__(self, rows: Rows, *, ledger: Ledger, policy: Policy) -> None:
        self.numbers = rows.courses
        self.cohort_slugs = numbered(rows.frame.columns, family="cohort")
        self.ledger = ledger
        self.policy = policy
        reference = ledger.reference
        self.courses = {line["shortname"]: line for line in reference.courses.iter_rows(named=True)}
        self.roles = {line["role"]: line for line in reference.roles.sort("role").iter_rows(named=True)}
        self.type_roles = reference.short_names(policy.type_roles)
        self.role_ids = {line["shortname"]: role for role, line in self.roles.items()}

    def places(self, row: Visit) -> list[Place]:
        """The places that the row requests; impossible ones are flagged."""
        places = (self._place(row, number=number) for number in self.numbers)
        return [place for place in places if place]

    def cohorts(self, row: Visit) -> list[str]:
        """The cohorts that the row requests, existing or to be created; impossible ones are flagged."""
        return [name for slug in self.cohort_slugs if (name := row.text(slug)) and self._can_join(row, slug=slug)]

    def _can_join(self, row: Visit, *, slug: str) -> bool:
        name = row.text(slug)
        found = self.ledger.cohort(name)
        if found is not None and not found["joinable"]:
            row.flag("cohort_closed", slug=slug, value=name)
            return False
        if found is None and (is_id(name) or self.policy.unknown_group != "create"):
            row.flag("cohort_unknown", slug=slug, value=name)
            return False
        return True

    def _place(self, row: Visit, *, number: str) -> Place | None:
        slug = "course" + number
        name = row.text(slug)
        if not name:
            self._flag_strays(row, number=number)
            return None
        if name not in self.courses:
            fails_row = self.policy.unknown_course == "error_on_row"
            row.flag("course_unknown_row" if fails_row else "course_unknown", slug=slug, value=name)
            return None
        if not self.courses[name]["open"]:
            row.flag("course_closed", slug=slug, value=name)
            return None
        role = self._role(row, number=number)
        if role is None:
            return None
        course, period = self.courses[name]["course"], row.text("enrolperiod" + number)
        return Place(
            course,
            role,
            group=self._group(row, number=number, course=course),
            status=row.text("enrolstatus" + number) or None,
            start=row.text("enroltimestart" + number) or None,
            days=0 if period == ENDLESS else int(period) if period else None,
            duration=self.courses[name]["duration"],
        )

    def _flag_strays(self, row: Visit, *, number: str) -> None:
        for family in tuple(FAMILIES)[1:]:
            if value := row.text(family + number):
                row.flag("course_blank", slug=family + number, value=value, detail="course" + number)

    def _role(self, row: Visit, *, number: str) -> int | None:
        course, kind = row.text("course" + number), row.text("type" + number)
        if name := row.text("role" + number):
            slug, role = "role" + number, int(name) if is_id(name) else self.role_ids.get(name)
        elif kind in TYPES:
            name = self.type_roles[TYPES.index(kind)]
            slug, role = "type" + number, self.role_ids.get(name)
        elif kind:
            row.flag("type_unknown", slug="type" + number, value=kind, detail=course)
            return None
        else:
            slug, role = "course" + number, self._usual_role(course)
            name = self.roles[role]["shortname"] if role in self.roles else "student"
        if role in self.roles and self.roles[role]["assignable"]:
            return role
        row.flag("role_unknown", slug=slug, value=name, detail=course)
        return None

    def _usual_role(self, course: str) -> int | None:
        """The course's default role, else the first role of a student."""
        own: int | None = self.courses[course]["default_role"]
        students = (role for role, line in self.roles.items() if line["archetype"] == "student" and line["assignable"])
        return next(students, None) if own is None else own

    def _group(self, row: Visit, *, number: str, course: int) -> int | str | None:
        slug = "group" + number
        name = row.text(slug)
        if not name:
            return None
        group = self.ledger.group(name, course=course)
        if group is not None:
            return group
        if self.policy.unknown_course_group == "create":
            return name
        row.flag("course_group_unknown", slug=slug, value=name, detail=row.text("course" + number))
        return None
