"""Groups of people: found, made, changed and dropped by hand, each of which is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from enlist.core.errors import NotFound, PolicyError
from enlist.core.report.changes import Cell
from enlist.store import activity
from enlist.store.models import Group, GroupMembership
from enlist.store.scope import Scope

from .organization import changed


def find(scope: Scope, *, name: str) -> Group:
    """The group of this ID number, or else of this name (up to two queries); "#17" is the one of that id.

    Raises PolicyError where several are called so, NotFound where none is.
    """
    mine = Group.objects.filter(organization=scope.organization)
    if name.startswith("#") and name[1:].isdecimal() and len(name) < 18:
        found = list(mine.filter(pk=int(name[1:])))
    else:
        found = list(mine.filter(idnumber=name)) or list(mine.filter(name=name)[:2])
    if not found:
        raise NotFound("group_unknown", name=name)
    if len(found) > 1:
        raise PolicyError("group_ambiguous", name=name)
    return found[0]


def get(scope: Scope, *, group: int) -> Group:
    """The organisation's group of this id (one query). Raises NotFound."""
    found = Group.objects.filter(organization=scope.organization, pk=group).select_related("parent").first()
    if found is None:
        raise NotFound("group_gone")
    return found


def beside(scope: Scope, *, group: int | None = None) -> list[Group]:
    """Every other group of the organisation (one query)."""
    return [each for each in Group.objects.filter(organization=scope.organization) if each.pk != group]


def add(scope: Scope, *, values: Mapping[str, Any]) -> Group:
    """A new group of these values (name, idnumber, parent), and that is logged. Plans made before are stale."""
    with transaction.atomic():
        made = Group.objects.create(organization=scope.organization, **values)
        changed(scope.organization)
        activity.log(scope, action="group_added", note=f"{made.name}.")
    return made


def change(scope: Scope, *, group: Group, values: Mapping[str, Any], cells: tuple[Cell, ...]) -> None:
    """Give a group these values, and that is logged with what changed. Plans made before are stale."""
    with transaction.atomic():
        for name, value in values.items():
            setattr(group, name, value)
        group.save(update_fields=list(values))
        changed(scope.organization)
        activity.log(scope, action="group_changed", note=f"{group.name}.", cells=cells)


def drop(scope: Scope, *, group: Group) -> None:
    """Take away a group that nobody is in and no group is below, and log that. Raises PolicyError."""
    with transaction.atomic():
        # Whoever joins it meanwhile waits for this row.
        Group.objects.select_for_update().get(pk=group.pk)
        people = GroupMembership.objects.filter(group=group).count()
        if people:
            raise PolicyError("group_has_people", group=group.name, people=people)
        if below := Group.objects.filter(parent=group).first():
            raise PolicyError("group_has_groups", group=group.name, below=below.name)
        group.delete()
        changed(scope.organization)
        activity.log(scope, action="group_dropped", note=f"{group.name}.")
