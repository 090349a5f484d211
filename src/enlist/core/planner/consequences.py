"""Consequences: what follows from a change, whether an import, a manual edit or an undo makes it.

Rules compare the directory before and after and add what follows (membership in a group whose condition holds, the
courses of a group). `net` applies them before it compares, so no planner can omit them.
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

# Later rules see what earlier ones added. There are none yet.
RULES: Final[list[Rule]] = []


def consequences(before: Directory, *, after: After) -> After:
    """The directory after the changes, with everything that follows from them."""
    for rule in RULES:
        after = rule(before, after)
        # A record that already exists for another reason stays as it is.
        unique = {
            name: frame.unique(RELATIONS[name].key, keep="first", maintain_order=True)
            for name, frame in after.begun.items()
        }
        after = replace(after, begun=unique)
    return after
