"""Progress: how a job reports how far it is."""

from __future__ import annotations

from collections.abc import Callable

# Called with the phase, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def silent(phase: str, done: int, total: int) -> None:
    """Report to nobody."""
