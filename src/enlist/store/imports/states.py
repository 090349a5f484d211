"""The states of an import, and every way from one to another: nobody else writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from enlist.store.models import Import

# Nothing of it is in the directory, and it can be changed.
OPEN: Final = ("staged", "planned", "failed")
# Nothing of it is in the directory, and it may be yet.
UNDONE_YET: Final = (*OPEN, "awaiting")


@dataclass(frozen=True)
class Transition:
    """What brings an import from any of some states into another."""

    sources: tuple[str, ...]
    target: str


# Its file, columns, settings or cells are changed, or it is planned from the beginning.
CHANGE: Final = Transition(OPEN, "staged")
PLAN: Final = Transition(OPEN, "planned")
# All of it waits for an approval, or is planned again while it does.
HOLD: Final = Transition(UNDONE_YET, "awaiting")
# The rest of its file is applied: this part can be approved from now on, or is not there any more.
RELEASE: Final = Transition(("planned",), "awaiting")
LAPSE: Final = Transition(("staged",), "cancelled")
# Not a draft that was changed since it was planned.
APPLY: Final = Transition(("planned", "failed", "awaiting"), "applied")
APPLY_NOTHING: Final = Transition(("planned", "failed", "awaiting"), "nothing_to_do")
FAIL: Final = Transition(OPEN, "failed")
CANCEL: Final = Transition(OPEN, "cancelled")
DROP: Final = Transition(("awaiting",), "dropped")
UNDO: Final = Transition(("applied",), "undone")
# What had undone it is undone.
REDO: Final = Transition(("undone",), "applied")

TRANSITIONS: Final = {name: each for name, each in list(globals().items()) if isinstance(each, Transition)}


def move(found: QuerySet[Import], *, by: Transition, **values: Any) -> int:
    """Bring those of the imports that can be into another state, with other values; how many they were."""
    return found.filter(state__in=by.sources).update(state=by.target, **values)


def move_one(record: Import, *, by: Transition, **values: Any) -> bool:
    """The same of one, which then has these values; whether it could be."""
    is_moved = move(Import.objects.filter(pk=record.pk), by=by, **values) == 1
    if is_moved:
        for name, value in {**values, "state": by.target}.items():
            setattr(record, name, value)
    return is_moved
