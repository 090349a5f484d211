"""Rules of groups: their names and parent groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enlist.core.errors import PolicyError
from enlist.core.setup_kinds import GROUPS, Attribute
from enlist.store.models import Group
from enlist.store.setup import groups, lists, records

from .rules import Rules


class GroupRules(Rules):
    """Names are unique within a parent group, ID numbers in the organisation; no group contains itself.

    At the top level, groups of the same name may differ by ID number, or by being made by an import.
    """

    kind, model = GROUPS, Group

    def rows(self) -> list[lists.GroupSummary]:
        return lists.groups(self.scope)

    def find(self, name: str) -> Group:
        return groups.find(self.scope, name=name)

    def options(self, record: Any) -> dict[str, list[tuple[str, str]]]:
        others = sorted(records.others(self.scope, model=Group, than=record), key=lambda each: each.name)
        fit = [each for each in others if not record or record.pk not in _above(each, among=others)]
        return {"above": [("", ""), *((f"#{each.pk}", each.name) for each in fit)]}

    def chosen(self, attribute: Attribute, *, value: str) -> Group | None:
        return groups.find(self.scope, name=value) if value else None

    def check(self, record: Any, *, values: Mapping[str, Any]) -> None:
        others = records.others(self.scope, model=Group, than=record)
        name, number, parent = values["name"], values["idnumber"], values["parent"]
        for each in others:
            if number and each.idnumber == number:
                raise PolicyError("group_number_taken", group=each.name, idnumber=number, field="idnumber")
            kinds = {each.kind, record.kind if record else "manual"}
            is_apart = parent is None and (number or each.idnumber or "import" in kinds)
            if each.name == name and each.parent_id == (parent.pk if parent else None) and not is_apart:
                raise PolicyError("group_name_taken", name=name, field="name")
        if record and parent and record.pk in {parent.pk, *_above(parent, among=others)}:
            raise PolicyError("group_in_itself", group=name, field="above")

        if record and parent != record.parent:
            self._check_courses(record, parent=parent, others=others)

    def _check_courses(self, group: Group, *, parent: Group | None, others: list[Group]) -> None:
        """Refuse a place in which members would get or lose courses: only imports change enrolments."""
        places = [_line(each, among=others) for each in (group.parent, parent)]
        then, now, own = (groups.courses_given(line) for line in (*places, set[int | None]({group.pk})))
        differing = (then ^ now) - own
        inside = {group.pk, *(each.pk for each in others if group.pk in _above(each, among=others))}
        if differing and groups.have_people(inside):
            courses = ", ".join(sorted(course for course, _ in differing))
            raise PolicyError("group_moves_courses", group=group.name, courses=courses, field="above")

    def check_unused(self, record: Any) -> None:
        groups.check_unused(record)


def _line(group: Group | None, *, among: list[Group]) -> set[int | None]:
    """The ids of a group and of all groups that contain it."""
    return {group.pk, *_above(group, among=among)} if group else set()


def _above(group: Group, *, among: list[Group]) -> set[int | None]:
    """The ids of all groups that contain a group."""
    parents = {each.pk: each.parent_id for each in among}
    found: set[int | None] = set()
    above = group.parent_id
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found
