"""An earlier import: give it a name of its own, or import another file with its settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from enlist.core.clean.names import one_line
from enlist.core.errors import PlanError
from enlist.core.presets import preset
from enlist.services.access import Right, Scope, may_touch
from enlist.services.imports.request import ImportRequest
from enlist.store import activity
from enlist.store.imports import records
from enlist.store.models import Import
from enlist.store.transactions import short_transaction

from .draft import draft_new
from .earlier import AGAIN

_SHOWN: Final = 255


def import_rename(scope: Scope, *, number: int, name: str) -> None:
    """Give an import a name of its own; blank for that of its file. Raises NotFound, PolicyError."""
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    note = one_line(name, what="name", blank=True)
    if note == record.note:
        return
    with short_transaction():
        records.rename(record, note=note)
        activity.log(scope, action="import_renamed", note=f"Import {number}: {note or record.file_name}."[:_SHOWN])


def import_repeatable(scope: Scope, *, number: int) -> None:
    """Raise PlanError if an import has no file, so that there are no settings for another one. Raises NotFound."""
    _repeatable(scope, number=number)


def draft_again(scope: Scope, *, number: int, request: ImportRequest) -> int:
    """Store a file as a new draft with the preset, settings, columns and name of an earlier import; its number.

    Raises as `import_repeatable` and `draft_new`.
    """
    record = _repeatable(scope, number=number)
    policy = preset(record.preset).policy.replace(note=record.note)
    asked = replace(request, preset=record.preset, policy=policy)
    return draft_new(scope, request=asked, plan=True, marks={AGAIN: number})


def _repeatable(scope: Scope, *, number: int) -> Import:
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    if records.is_without_file(record) or records.MANY in record.order or record.split_from_id is not None:
        raise PlanError("import_without_file", number=number)
    return record
