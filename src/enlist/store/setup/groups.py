"""Groups: find one by the name that people use, and check whether it can be removed."""

from __future__ import annotations

from collections.abc import Collection

from enlist.core.errors import NotFound, PolicyError
from enlist.core.setup_kinds import GROUPS
from enlist.store.models import Group, GroupCondition, GroupCourse, GroupMembership
from enlist.store.scope import Scope


def find(scope: Scope, *, name: str) -> Group:
    """The group with this ID number, or else this name (up to two queries); "#17" is the group with that id.

    Raises PolicyError if several groups have the name, NotFound if none has.
    """
    mine = Group.objects.filter(organization=scope.organization)
    if name.startswith("#") and name[1:].isdecimal() and len(name) < 18:
        found = list(mine.filter(pk=int(name[1:])))
    else:
        found = list(mine.filter(idnumber=name)) or list(mine.filter(name=name)[:2])
    if not found:
        raise NotFound("record_unknown", kind=GROUPS.noun, plural=GROUPS.plural, name=name)
    if len(found) > 1:
        raise PolicyError("group_ambiguous", name=name)
    return found[0]


def courses_given(groups: Collection[int | None]) -> set[tuple[str, int]]:
    """The courses (short name, id of the role) that these groups give (one query)."""
    return set(GroupCourse.objects.filter(group__in=groups).values_list("course__shortname", "role"))


def have_people(groups: Collection[int]) -> bool:
    """Whether anybody is in one of these groups (one query)."""
    return GroupMembership.objects.filter(group__in=groups).exists()


def check_unused(group: Group) -> None:
    """Raise PolicyError if the group has people or conditions or gives courses, or another group is below it."""
    people = GroupMembership.objects.filter(group=group).count()
    if people:
        raise PolicyError("group_has_people", people=people, group=group.name)
    if GroupCondition.objects.filter(group=group).exists():
        raise PolicyError("group_has_conditions", group=group.name)
    if given := GroupCourse.objects.filter(group=group).select_related("course").first():
        raise PolicyError("group_gives_courses", course=given.course.shortname, group=group.name)
    if below := Group.objects.filter(parent=group).first():
        raise PolicyError("group_has_groups", below=below.name, group=group.name)
