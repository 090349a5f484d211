"""Profile fields by hand: change what one is called and needs, add options, put them in another order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from enlist.core.clean.names import one_line, truth
from enlist.core.directory.directory import ProfileField
from enlist.core.directory.new_field import check_new
from enlist.core.errors import PolicyError
from enlist.core.report.changes import Cell
from enlist.services.access import Right, Scope, needs
from enlist.store.directory import snapshot
from enlist.store.setup import fields

# What of a field can be changed by hand without losing what people have: its short name, kind and uniqueness cannot.
VALUES: Final = ("name", "required", "locked", "default", "options")


@needs(Right.SEE_SETUP)
def field_show(scope: Scope, *, shortname: str) -> ProfileField:
    """A profile field. Raises NotFound."""
    fields.get(scope, shortname=shortname)
    return _known(scope)[shortname]


@needs(Right.CHANGE_SETUP)
def field_change(scope: Scope, *, shortname: str, values: Mapping[str, str]) -> tuple[Cell, ...]:
    """Change some of a field's VALUES; what changed. options: those to be added, a line each.

    Raises NotFound; PolicyError for what it cannot be; plans made before are stale.
    """
    if unknown := set(values) - set(VALUES):
        raise PolicyError("field_value_unknown", names=", ".join(sorted(unknown)), known=", ".join(VALUES))
    found, known = fields.get(scope, shortname=shortname), _known(scope)
    before = known.pop(shortname)
    after = _changed(before, values=values)
    check_new(after, beside=list(known.values()))
    cells = tuple(
        Cell(name, _as_typed(before, name=name), _as_typed(after, name=name))
        for name in VALUES
        if getattr(before, name) != getattr(after, name)
    )
    if cells:
        stored = {cell.field: getattr(after, cell.field) for cell in cells}
        kept = {name: list(value) if name == "options" else value for name, value in stored.items()}
        fields.change(scope, field=found, values=kept, cells=cells)
    return cells


@needs(Right.CHANGE_SETUP)
def field_move(scope: Scope, *, shortname: str, by: int) -> None:
    """Move a field so many places down, or up (below 0), as far as there are any. Raises NotFound."""
    fields.get(scope, shortname=shortname)
    names = list(_known(scope))
    place = names.index(shortname)
    names.insert(max(0, min(len(names) - 1, place + by)), names.pop(place))
    if names.index(shortname) != place:
        where = "down" if by > 0 else "up"
        fields.order(scope, shortnames=names, note=f"{shortname}: moved {where}.")


def _known(scope: Scope) -> dict[str, ProfileField]:
    return {field.shortname: field for field in snapshot.reference(scope.organization).profile_fields}


def _changed(field: ProfileField, *, values: Mapping[str, str]) -> ProfileField:
    made: dict[str, Any] = {}
    if "name" in values:
        made["name"] = one_line(values["name"], what="name of a field")
    for name in ("required", "locked"):
        if name in values:
            made[name] = truth(values[name], what=f"value of {name}")
    if "default" in values:
        made["default"] = one_line(values["default"], what="default of a field", blank=True)
    if "options" in values:
        added = [one_line(line, what="name of an option") for line in values["options"].splitlines() if line.strip()]
        made["options"] = (*field.options, *added)
    return replace(field, **made)


def _as_typed(field: ProfileField, *, name: str) -> str:
    value = getattr(field, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else value
