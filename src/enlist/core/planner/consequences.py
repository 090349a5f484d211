"""Consequences: what follows from a change, whoever makes it: a file, a hand or an undo.

Rules look at the directory before and at what was made of it, and add what follows (a group of those for whom a
condition holds, the courses that a group gives). `net` asks them before it compares, so nobody can forget to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from enlist.core.changes import RELATIONS
from enlist.core.directory.directory import Directory

if TYPE_CHECKING:
    from .net import After

Rule = Callable[[Directory, "After"], "After"]

# In their order: a later rule sees what an earlier one added. There is none yet.
RULES: Final[list[Rule]] = []


def consequences(before: Directory, *, after: After) -> After:
    """What was made of a directory, with all that follows from it."""
    for rule in RULES:
        after = rule(before, after)
        # Who has it already, for another reason, keeps it for that one.
        once = {
            name: frame.unique(RELATIONS[name].key, keep="first", maintain_order=True)
            for name, frame in after.begun.items()
        }
        after = replace(after, begun=once)
    return after
