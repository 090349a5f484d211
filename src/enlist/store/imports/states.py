"""The states of an import and the transitions between them; only this module writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from enlist.store.models import Import

# It has not been applied, and can be changed.
OPEN: Final = ("staged", "planned", "failed")
# It has not been applied, but still can be.
NOT_ENDED: Final = (*OPEN, "awaiting")


@dataclass(frozen=True)
class Transition:
    """A change from any of the source states to the target."""

    sources: tuple[str, ...]
    target: str


# Its file, columns, settings or cells have changed, or it is planned from the start.
CHANGE: Final = Transition(OPEN, "staged")
PLAN: Final = Transition(OPEN, "planned")
# All of it waits for approval, or is planned again while it does.
HOLD: Final = Transition(NOT_ENDED, "awaiting")
# The rest of its file was applied: from now on this part can be approved, or is cancelled.
RELEASE: Final = Transition(("planned",), "awaiting")
LAPSE: Final = Transition(("staged",), "cancelled")
# Without "staged": a draft that has changed since it was planned can't be applied.
APPLY: Final = Transition(("planned", "failed", "awaiting"), "applied")
APPLY_NOTHING: Final = Transition(("planned", "failed", "awaiting"), "nothing_to_do")
FAIL: Final = Transition(OPEN, "failed")
CANCEL: Final = Transition(OPEN, "cancelled")
DROP: Final = Transition(("awaiting",), "dropped")
UNDO: Final = Transition(("applied",), "undone")
# Its undo was undone.
REDO: Final = Transition(("undone",), "applied")

TRANSITIONS: Final = {name: each for name, each in list(globals().items()) if isinstance(each, Transition)}


def move(found: QuerySet[Import], *, by: Transition, **values: Any) -> int:
    """Move the imports that are in a source state, set other values too, and return how many there were."""
    return found.filter(state__in=by.sources).update(state=by.target, **values)


def move_one(record: Import, *, by: Transition, **values: Any) -> bool:
    """Move one import, and update the record; False if it isn't in a source state."""
    is_moved = move(Import.objects.filter(pk=record.pk), by=by, **values) == 1
    if is_moved:
        for name, value in {**values, "state": by.target}.items():
            setattr(record, name, value)
    return is_moved
