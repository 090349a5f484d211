"""Rules that all kinds of set-up records share; each kind adds its own in a subclass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from enlist.core.clean.code import BLANK
from enlist.core.clean.names import days, one_line, truth, url
from enlist.core.errors import PolicyError
from enlist.core.errors.about import about_field
from enlist.core.setup_kinds import Attribute, SetupKind, SetupRecord
from enlist.services.access import Scope
from enlist.store.models import Group
from enlist.store.setup import records


class Rules:
    """Checks and cleans the values of records of one kind before they are stored."""

    kind: ClassVar[SetupKind]
    model: ClassVar[type[Any]]

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def rows(self) -> Sequence[SetupRecord]:
        """All records, as lists show them."""
        raise NotImplementedError

    def find(self, name: str) -> Any:
        """The record of a name. Raises NotFound."""
        return records.get(self.scope, kind=self.kind, model=self.model, **{self.kind.called: name})

    def get(self, key: int | str) -> Any:
        """The record of an id or name. Raises NotFound."""
        if isinstance(key, str):
            return self.find(key)
        return records.get(self.scope, kind=self.kind, model=self.model, pk=key)

    def options(self, record: Any) -> dict[str, list[tuple[str, str]]]:
        """The (value, title) pairs of each choice of a record (None: a new one), by attribute."""
        return {}

    def unfit(self, record: Any) -> set[str]:
        """The attributes that don't apply to a record."""
        return set()

    def chosen(self, attribute: Attribute, *, value: str) -> Any:
        """The value to store for a choice. Raises PolicyError, NotFound for an unknown one."""
        return value

    def check(self, record: Any, *, values: Mapping[str, Any]) -> None:
        """Raise PolicyError if this record can't have these columns."""

    def check_unused(self, record: Any) -> None:
        """Raise PolicyError if a record is in use."""
        raise PolicyError("record_stays", kind=self.kind.noun)

    def beyond(self, record: Any) -> dict[str, list[str]]:
        """What `record_show` tells beside the attributes."""
        return {}

    def new(self) -> dict[str, Any]:
        """Default columns of a new record."""
        return {}

    def columns(self, record: Any) -> dict[str, Any]:
        """The stored columns of a record."""
        return {each.stored_as: getattr(record, each.stored_as) for each in self.kind.attributes}

    def stored(self, record: Any, *, values: Mapping[str, str]) -> dict[str, Any]:
        """The columns to store for these values, cleaned and checked. Raises PolicyError, NotFound."""
        self._check_names(record, values=values)
        made = {}
        for name, value in values.items():
            attribute = self.kind.by_name[name]
            with about_field(name):
                made[attribute.stored_as] = self._cleaned(attribute, value=value, record=record)
        self.check(record, values={**(self.columns(record) if record else {}), **made})
        return made

    def _check_names(self, record: Any, *, values: Mapping[str, str]) -> None:
        names = [each.name for each in self.kind.attributes if not (record and each.is_fixed)]
        if wrong := sorted(set(values) - set(names)):
            code = "attribute_fixed" if set(wrong) & set(self.kind.by_name) else "attribute_unknown"
            raise PolicyError(code, kind=self.kind.noun, names=", ".join(wrong), known=", ".join(names))

    def _cleaned(self, attribute: Attribute, *, value: str, record: Any) -> Any:
        what = f"{attribute.label} of a {self.kind.noun}"
        match attribute.input:
            case "yes_no":
                return truth(value, what=what)
            case "url":
                return url(value, what=what)
            case "days":
                return days(value, what=what)
            case "choice":
                return self.chosen(attribute, value=value.strip())
            case "lines":
                there = getattr(record, attribute.stored_as) if record else []
                lines = (one_line(line, what=what) for line in value.splitlines() if line.strip())
                return [*there, *("" if line.lower() == BLANK else line for line in lines)]
            case _:
                return one_line(value, what=what, blank=not attribute.is_required)


def text_of(value: Any) -> str:
    """A stored value as people read and type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(each or BLANK for each in value)
    return "" if value is None else str(value)


def form_value(value: Any) -> str:
    """A stored value as forms send it; groups by id, because names aren't unique."""
    return f"#{value.pk}" if isinstance(value, Group) else "" if isinstance(value, list) else text_of(value)
