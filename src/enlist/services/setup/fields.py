"""Rules of profile fields, and their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from enlist.core.clean.names import one_line
from enlist.core.directory.directory import ProfileField
from enlist.core.directory.new_field import check_new
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import PROFILE_KINDS
from enlist.core.setup_kinds import PROFILE_FIELDS
from enlist.services.access import Right, Scope, needs
from enlist.store import models
from enlist.store.setup import fields

from . import lists
from .rules import Rules

_PARTS: Final = ("shortname", "name", "kind", "required", "unique", "locked", "default")


class FieldRules(Rules):
    """A field changes only in ways that lose no values."""

    kind, model = PROFILE_FIELDS, models.ProfileField

    def rows(self) -> tuple[ProfileField, ...]:
        return lists.fields_list(self.scope)

    def options(self, record: Any) -> dict[str, list[tuple[str, str]]]:
        return {"kind": [(kind, kind) for kind in PROFILE_KINDS]}

    def unfit(self, record: Any) -> set[str]:
        return {"default" if record.unique else "", "" if record.options else "options"}

    def check(self, record: Any, *, values: Mapping[str, Any]) -> None:
        if not values["name"]:
            raise PolicyError("name_blank", what="name of a field", field="name")
        wanted = ProfileField(id=0, options=tuple(values["options"]), **{name: values[name] for name in _PARTS})
        check_new(wanted, beside=[each for each in self.rows() if record is None or each.id != record.pk])

    def new(self) -> dict[str, Any]:
        return {"position": fields.next_position(self.scope)}

    def stored(self, record: Any, *, values: Mapping[str, str]) -> dict[str, Any]:
        if record is None:
            values = {**values, "name": values["name"].strip() or values["shortname"]}
        return super().stored(record, values=values)


@needs(Right.CHANGE_SETUP)
def field_move(scope: Scope, *, shortname: str, by: int) -> None:
    """Move a field a number of places down, or up if the number is negative. Raises NotFound."""
    rules = FieldRules(scope)
    rules.find(shortname)
    names = [each.shortname for each in rules.rows()]
    place = names.index(shortname)
    names.insert(max(0, min(len(names) - 1, place + by)), names.pop(place))
    if names.index(shortname) != place:
        where = "down" if by > 0 else "up"
        fields.order(scope, shortnames=names, note=f"{shortname}: moved {where}.")


def option_of(option: str) -> dict[str, str]:
    """The values that add an option to a field. Raises PolicyError for a blank option."""
    return {"options": one_line(option, what="name of an option")}
