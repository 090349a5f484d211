"""Groups of people by hand: add one, change one, take one away that nobody is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from enlist.core.clean.names import one_line
from enlist.core.errors import PolicyError
from enlist.core.report.changes import Cell
from enlist.services.access import Right, Scope, needs
from enlist.store.models import Group
from enlist.store.setup import groups

# What can be said of a group by hand; the group it is in is named as `store.groups.find` says.
VALUES: Final = ("name", "idnumber", "above")


@needs(Right.SEE_SETUP)
def group_show(scope: Scope, *, group: int) -> dict[str, str]:
    """A group's VALUES. Raises NotFound."""
    return _values(groups.get(scope, group=group))


@needs(Right.SEE_SETUP)
def group_named(scope: Scope, *, name: str) -> int:
    """The id of the group called so. Raises NotFound; PolicyError where several are."""
    return groups.find(scope, name=name).pk


@needs(Right.SEE_SETUP)
def groups_beside(scope: Scope, *, group: int | None = None) -> list[tuple[int, str]]:
    """The ids and names of the groups that this one, or a new one, can be in."""
    others = sorted(groups.beside(scope, group=group), key=lambda each: each.name)
    return [(each.pk, each.name) for each in others if group not in _above(each, among=others)]


@needs(Right.CHANGE_GROUPS)
def group_add(scope: Scope, *, values: Mapping[str, str]) -> int:
    """Add a group of these VALUES; its id. Raises PolicyError for what it cannot be called, NotFound as `find`."""
    stored = _stored(scope, values={"name": "", **values})
    _check(scope, group=None, stored={"parent": None, "idnumber": "", **stored})
    return groups.add(scope, values=stored).pk


@needs(Right.CHANGE_GROUPS)
def group_change(scope: Scope, *, group: int, values: Mapping[str, str]) -> tuple[Cell, ...]:
    """Change some of a group's VALUES; what changed. Raises as `group_add`; plans made before are stale."""
    found = groups.get(scope, group=group)
    before = _values(found)
    stored = _stored(scope, values=values)
    _check(scope, group=found, stored={name: getattr(found, name) for name in ("name", "idnumber", "parent")} | stored)
    after = {"name": stored.get("name", found.name), "idnumber": stored.get("idnumber", found.idnumber)}
    parent = stored.get("parent", found.parent)
    told = {**after, "above": parent.name if parent else ""}
    cells = tuple(Cell(name, before[name], told[name]) for name in VALUES if before[name] != told[name])
    if cells:
        groups.change(scope, group=found, values=stored, cells=cells)
    return cells


@needs(Right.CHANGE_GROUPS)
def group_drop(scope: Scope, *, group: int) -> str:
    """Take a group away that nobody is in; its name. Raises NotFound; PolicyError where something would be lost."""
    found = groups.get(scope, group=group)
    groups.drop(scope, group=found)
    return found.name


def _values(group: Group) -> dict[str, str]:
    return {"name": group.name, "idnumber": group.idnumber, "above": group.parent.name if group.parent else ""}


def _stored(scope: Scope, *, values: Mapping[str, str]) -> dict[str, Any]:
    """The values as they are stored."""
    if unknown := set(values) - set(VALUES):
        raise PolicyError("group_value_unknown", names=", ".join(sorted(unknown)), known=", ".join(VALUES))
    made: dict[str, Any] = {}
    if "name" in values:
        made["name"] = one_line(values["name"], what="name of a group")
    if "idnumber" in values:
        made["idnumber"] = one_line(values["idnumber"], what="ID number of a group", blank=True)
    if "above" in values:
        above = values["above"].strip()
        made["parent"] = groups.find(scope, name=above) if above else None
    return made


def _check(scope: Scope, *, group: Group | None, stored: Mapping[str, Any]) -> None:
    """Raise PolicyError where another group is called so, or it would be in itself."""
    others = groups.beside(scope, group=group.pk if group else None)
    name, number, parent = stored["name"], stored["idnumber"], stored["parent"]
    for each in others:
        if number and each.idnumber == number:
            raise PolicyError("group_number_taken", group=each.name, idnumber=number)
        # On top, ID numbers tell groups of one name apart.
        is_apart = parent is None and (number or each.idnumber)
        if each.name == name and each.parent_id == (parent.pk if parent else None) and not is_apart:
            raise PolicyError("group_name_taken", name=name)
    if group and parent and group.pk in {parent.pk, *_above(parent, among=others)}:
        raise PolicyError("group_in_itself", group=group.name)


def _above(group: Group, *, among: list[Group]) -> set[int | None]:
    """The ids of the groups that a group is in, at any height."""
    parents = {each.pk: each.parent_id for each in among}
    found: set[int | None] = set()
    above = group.parent_id
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found
