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

from .conditions import by_conditions
from .edits import by_overwriting
from .group_courses import by_group_courses
from .leaving import by_day

if TYPE_CHECKING:
    from .net import After

# Of the directory before, and after=…; the same After if nothing follows.
Rule = Callable[..., "After"]

# Later rules see what earlier ones added.
RULES: Final[list[Rule]] = [by_conditions, by_group_courses, by_day, by_overwriting]


def consequences(before: Directory, *, after: After) -> After:
    """The directory after the changes, with everything that follows from them."""
    for rule in RULES:
        followed = rule(before, after=after)
        if followed is after:
            continue
        # A record that already exists for another reason stays as it is.
        unique = {
            name: frame.unique(RELATIONS[name].key, keep="first", maintain_order=True)
            for name, frame in followed.begun.items()
        }
        after = replace(followed, begun=unique)
    return after
