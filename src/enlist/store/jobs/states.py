"""The states of a job, and every way from one to another: nobody else writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from enlist.store.operations.models import OPEN_STATES, Job


@dataclass(frozen=True)
class Transition:
    """What brings a job from any of some states into another."""

    sources: tuple[str, ...]
    target: str


# It is put into the queue, for the first time or again.
QUEUE: Final = Transition(OPEN_STATES, "queued")
BEGIN: Final = Transition(OPEN_STATES, "running")
FINISH: Final = Transition(OPEN_STATES, "done")
FAIL: Final = Transition(OPEN_STATES, "failed")
CANCEL: Final = Transition(OPEN_STATES, "cancelled")
# Nobody has begun it, so nobody needs to stop.
CANCEL_QUEUED: Final = Transition(("queued",), "cancelled")

TRANSITIONS: Final = {name: each for name, each in list(globals().items()) if isinstance(each, Transition)}


def move(found: QuerySet[Job], *, by: Transition, **values: Any) -> int:
    """Bring those of the jobs that can be into another state, with other values; how many they were."""
    return found.filter(state__in=by.sources).update(state=by.target, **values)
