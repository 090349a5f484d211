"""Read, add, change and remove an organisation's records; each change is logged and makes earlier plans stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model

from enlist.core.errors import NotFound
from enlist.core.report.changes import Cell
from enlist.core.setup_kinds import SetupKind
from enlist.store import activity
from enlist.store.scope import Scope

from .organization import changed


def get(scope: Scope, *, kind: SetupKind, model: type[Any], **found_by: Any) -> Any:
    """The organisation's record with these values (one query). Raises NotFound."""
    found = model.objects.filter(organization=scope.organization, **found_by).first()
    if found is None:
        raise NotFound("record_unknown", kind=kind.noun, plural=kind.plural, name=str(next(iter(found_by.values()))))
    return found


def others(scope: Scope, *, model: type[Any], than: Model | None) -> list[Any]:
    """Every other record of the organisation (one query)."""
    return list(model.objects.filter(organization=scope.organization).exclude(pk=than.pk if than else None))


def add(scope: Scope, *, kind: SetupKind, model: type[Any], values: Mapping[str, Any]) -> Any:
    """Add a record with these values."""
    with transaction.atomic():
        made = model.objects.create(organization=scope.organization, **values)
        log(scope, kind=kind, done="added", note=f"{getattr(made, kind.called)}.")
    return made


def change(scope: Scope, *, kind: SetupKind, record: Model, values: Mapping[str, Any], cells: tuple[Cell, ...]) -> None:
    """Set these values of a record; cells: the changes, for the log."""
    with transaction.atomic():
        for name, value in values.items():
            setattr(record, name, value)
        record.save(update_fields=list(values))
        log(scope, kind=kind, done="changed", note=f"{getattr(record, kind.called)}.", cells=cells)


def remove(scope: Scope, *, kind: SetupKind, record: Model, check: Callable[[Any], None]) -> None:
    """Remove a record, unless `check` raises."""
    with transaction.atomic():
        # Transactions that would use it wait for this lock.
        type(record)._default_manager.select_for_update().get(pk=record.pk)
        check(record)
        name = getattr(record, kind.called)
        record.delete()
        log(scope, kind=kind, done="dropped", note=f"{name}.")


def log(scope: Scope, *, kind: SetupKind, done: str, note: str, cells: tuple[Cell, ...] = ()) -> None:
    """Log a change, and make earlier plans stale."""
    changed(scope.organization)
    activity.log(scope, action=f"{kind.name}_{done}", note=note, cells=cells)
