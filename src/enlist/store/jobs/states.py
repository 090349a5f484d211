"""The states of a job and the transitions between them; only this module writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from enlist.store.operations.models import OPEN_STATES, Job


@dataclass(frozen=True)
class Transition:
    """A change from any of the source states to the target."""

    sources: tuple[str, ...]
    target: str


# It is queued, for the first time or again.
QUEUE: Final = Transition(OPEN_STATES, "queued")
BEGIN: Final = Transition(OPEN_STATES, "running")
FINISH: Final = Transition(OPEN_STATES, "done")
FAIL: Final = Transition(OPEN_STATES, "failed")
CANCEL: Final = Transition(OPEN_STATES, "cancelled")
# It has not started, so nothing has to stop.
CANCEL_QUEUED: Final = Transition(("queued",), "cancelled")

TRANSITIONS: Final = {name: each for name, each in list(globals().items()) if isinstance(each, Transition)}


def move(found: QuerySet[Job], *, by: Transition, **values: Any) -> int:
    """Move the jobs that are in a source state, set other values too, and return how many there were."""
    return found.filter(state__in=by.sources).update(state=by.target, **values)
