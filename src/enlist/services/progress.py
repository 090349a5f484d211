"""Progress: how far a piece of work is, told while it is done."""

from __future__ import annotations

from collections.abc import Callable

# Is given the phase, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def silent(phase: str, done: int, total: int) -> None:
    """Tell nobody."""
