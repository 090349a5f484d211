"""Dumps: the directory as a few streams of bytes, and back from them.

What goes on at the moment is in none: who is signed in or was refused, jobs, leases, the queue.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.db import connection

from .dump import Blocks, Dump

__all__ = ["Blocks", "Dump", "dumping", "kind", "restoring"]


def kind() -> str:
    """Which database this is: sqlite or postgresql; a dump of one is none of the other."""
    return str(connection.vendor)


def dumping() -> AbstractContextManager[Dump]:
    """The directory as it is at one moment, while others go on working; nothing of it gets a name on the disk."""
    if kind() == "postgresql":
        from . import postgres

        return postgres.dumping()
    from . import sqlite

    return sqlite.dumping()


def restoring(about: dict[str, Any], *, steps: list[str], blocks: Blocks) -> AbstractContextManager[None]:
    """Work on the directory of a dump, which is in force at the end: all of it, and nobody is signed in any more.

    about, steps: what the dump said of itself, and the steps its tables had gone through. Whatever is raised inside,
    nothing was changed. Raises FileError where the dump is damaged.
    """
    if kind() == "postgresql":
        from . import postgres

        return postgres.restoring(about, steps=steps, blocks=blocks)
    from . import sqlite

    return sqlite.restoring(blocks)
