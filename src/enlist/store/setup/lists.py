"""Lists of what imports can refer to: courses and groups with the number of people, profile fields."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from enlist.core.setup_kinds import SetupRecord
from enlist.store.engine import engine
from enlist.store.models import Course, CourseGroup, Group, Import, Role
from enlist.store.people.listing import LIVE
from enlist.store.scope import Scope

# The number of people in one of them (x), from an index alone. People with several roles in a course count once.
_PEOPLE: Final = {
    "store_course": f"count(DISTINCT e.person_id) FROM store_enrolment e WHERE e.course_id = x.id AND {LIVE}",
    "store_coursegroup": "count(*) FROM store_coursegroupmember m WHERE m.course_group_id = x.id",
    "store_group": "count(*) FROM store_groupmembership m WHERE m.group_id = x.id",
}


@dataclass(frozen=True, slots=True)
class CourseGroupSummary:
    """A group inside a course, and how many people are in it."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class CourseSummary(SetupRecord):
    """A course, whether people can be enrolled (open), for how many days (0: no end), and how many people are in it."""

    shortname: str
    name: str
    open: bool
    duration: int
    people: int
    groups: tuple[CourseGroupSummary, ...]


@dataclass(frozen=True, slots=True)
class GroupSummary(SetupRecord):
    """A group; kind: what added it; above: the name of its parent group; people: how many are in it."""

    name: str
    idnumber: str
    kind: str
    above: str
    people: int


def courses(scope: Scope) -> list[CourseSummary]:
    """Every course by short name (four queries)."""
    of = scope.organization
    people, sizes = _sizes(scope, table="store_course"), _sizes(scope, table="store_coursegroup")
    groups: dict[int, list[CourseGroupSummary]] = defaultdict(list)
    for group in CourseGroup.objects.filter(organization=of).order_by("name"):
        groups[group.course_id].append(CourseGroupSummary(group.name, people=sizes.get(group.pk, 0)))
    return [
        CourseSummary(
            id=course.pk,
            shortname=course.shortname,
            name=course.name,
            open=course.manual,
            duration=course.duration,
            people=people.get(course.pk, 0),
            groups=tuple(groups[course.pk]),
        )
        for course in Course.objects.filter(organization=of).order_by("shortname")
    ]


def groups(scope: Scope) -> list[GroupSummary]:
    """Every group by name (two queries)."""
    of, sizes = scope.organization, _sizes(scope, table="store_group")
    return [
        GroupSummary(
            id=group.pk,
            name=group.name,
            idnumber=group.idnumber,
            kind=group.kind,
            above=group.parent.name if group.parent else "",
            people=sizes.get(group.pk, 0),
        )
        for group in Group.objects.filter(organization=of).select_related("parent").order_by("name")
    ]


def group_names(scope: Scope, *, limit: int) -> list[tuple[int, str]]:
    """The ids and names of the first groups, by name (one query)."""
    mine = Group.objects.filter(organization=scope.organization).order_by("name", "pk")
    return list(mine.values_list("pk", "name")[:limit])


def groups_to_name(scope: Scope) -> list[tuple[str, str]]:
    """The groups that files and settings can put people into, by name (one query): what names each, and its name."""
    joinable = Group.objects.filter(organization=scope.organization).exclude(kind="conditional")
    found = list(joinable.order_by("name", "pk").values_list("pk", "idnumber", "name"))
    named = Counter(name for _, _, name in found)
    return [(number or (name if named[name] == 1 else f"#{key}"), name) for key, number, name in found]


def group_idnumbers(scope: Scope, *, limit: int) -> list[str]:
    """The first ID numbers of groups, by which files name them (one query)."""
    mine = Group.objects.filter(organization=scope.organization).exclude(idnumber="").order_by("idnumber")
    return list(mine.values_list("idnumber", flat=True)[:limit])


def course_names(scope: Scope, *, limit: int) -> list[str]:
    """The short names of the first courses that people and files can enrol others in (one query)."""
    mine = Course.objects.filter(organization=scope.organization, manual=True).order_by("shortname")
    return list(mine.values_list("shortname", flat=True)[:limit])


def course_roles(scope: Scope) -> list[tuple[str, str]]:
    """The short names and names of the roles in courses (one query)."""
    mine = Role.objects.filter(organization=scope.organization, assignable=True).order_by("pk")
    return list(mine.values_list("shortname", "name"))


def applied_since(scope: Scope, *, since: datetime) -> list[tuple[datetime, dict[str, int]]]:
    """The moment and the statuses of rows of each import applied since then and not undone (one query)."""
    mine = Import.objects.filter(organization=scope.organization, kind="import", state="applied")
    rows = mine.filter(applied_at__gte=since).order_by("applied_at").values_list("applied_at", "figures")
    return [(at, figures.get("statuses", {})) for at, figures in rows if at]


def _sizes(scope: Scope, *, table: str) -> dict[int, int]:
    """How many people are in each of the organisation's courses, course groups or groups, by id (one query)."""
    at = engine()
    with at.reading():
        at.prefer_index_only_scans()
        query = f"SELECT x.id, (SELECT {_PEOPLE[table]}) AS people_count FROM {table} x WHERE x.organization_id = %s"
        return dict(at.rows(query, params=[scope.organization.pk]))
