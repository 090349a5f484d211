"""List, show, add, change and remove the records of every kind in `core.setup_kinds`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from enlist.core.report.changes import Cell
from enlist.core.setup_kinds import SetupKind, SetupRecord
from enlist.services.access import Scope, check_right
from enlist.store.setup import records

from .courses import CourseRules
from .fields import FieldRules
from .groups import GroupRules
from .rules import Rules, form_value, text_of

_RULES: Final[Mapping[str, type[Rules]]] = {each.kind.name: each for each in (CourseRules, GroupRules, FieldRules)}


def record_list(scope: Scope, *, kind: SetupKind) -> Sequence[SetupRecord]:
    """All records of a kind."""
    return _seen(scope, kind=kind).rows()


def record_show(scope: Scope, *, kind: SetupKind, key: int | str) -> dict[str, str | list[str]]:
    """A record's attributes as text, and a course's groups by name. key: its id or name. Raises NotFound."""
    rules = _seen(scope, kind=kind)
    record = rules.get(key)
    columns = rules.columns(record)
    attributes = {each.name: text_of(columns[each.stored_as]) for each in kind.attributes}
    return {**attributes, **rules.beyond(record)}


def record_form(
    scope: Scope, *, kind: SetupKind, key: int | str | None
) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """The values that the form of a record (None: a new one) shows, and the (value, title) pairs of its choices."""
    rules = _seen(scope, kind=kind)
    record = None if key is None else rules.get(key)
    usual = {each.stored_as: each.default for each in kind.attributes} | rules.new()
    columns = usual if record is None else rules.columns(record)
    shown = [
        each for each in kind.attributes if record is None or not (each.is_fixed or each.name in rules.unfit(record))
    ]
    return {each.name: form_value(columns[each.stored_as]) for each in shown}, rules.options(record)


def record_add(scope: Scope, *, kind: SetupKind, values: Mapping[str, str]) -> int:
    """Add a record; its id. Older plans become stale. Raises PolicyError for invalid values."""
    rules = _changed(scope, kind=kind)
    usual = {each.name: each.default for each in kind.attributes if each.stored_as not in rules.new()}
    stored = {**rules.new(), **rules.stored(None, values={**usual, **values})}
    made = records.add(scope, kind=kind, model=rules.model, values=stored)
    return int(made.pk)


def record_change(scope: Scope, *, kind: SetupKind, key: int | str, values: Mapping[str, str]) -> tuple[Cell, ...]:
    """Change attributes of a record; what changed. Raises as `record_add`, and NotFound."""
    rules = _changed(scope, kind=kind)
    record = rules.get(key)
    before = rules.columns(record)
    after = {name: value for name, value in rules.stored(record, values=values).items() if value != before[name]}
    changed = [each for each in kind.attributes if each.stored_as in after]
    cells = tuple(Cell(each.name, text_of(before[each.stored_as]), text_of(after[each.stored_as])) for each in changed)
    if cells:
        records.change(scope, kind=kind, record=record, values=after, cells=cells)
    return cells


def record_remove(scope: Scope, *, kind: SetupKind, key: int | str) -> str:
    """Remove a record; its name. Raises NotFound; PolicyError if it is in use."""
    rules = _changed(scope, kind=kind)
    record = rules.get(key)
    name = str(getattr(record, kind.called))
    records.remove(scope, kind=kind, record=record, check=rules.check_unused)
    return name


def _seen(scope: Scope, *, kind: SetupKind) -> Rules:
    check_right(scope, right=kind.see)
    return _RULES[kind.name](scope)


def _changed(scope: Scope, *, kind: SetupKind) -> Rules:
    check_right(scope, right=kind.change)
    return _RULES[kind.name](scope)
