"""Dumps: write the directory to a few streams of bytes, and restore it from them.

They leave out what is temporary: sessions, failed sign-ins, jobs and leases.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.db import connection

from .dump import Blocks, Dump

__all__ = ["Blocks", "Dump", "dumping", "kind", "restoring"]


def kind() -> str:
    """Which database this is, sqlite or postgresql; one can't restore a dump of the other."""
    return str(connection.vendor)


def dumping() -> AbstractContextManager[Dump]:
    """The directory at one moment, while others keep working; files on the way have no name on the disk."""
    if kind() == "postgresql":
        from . import postgres

        return postgres.dumping()
    from . import sqlite

    return sqlite.dumping()


def restoring(about: dict[str, Any], *, steps: list[str], blocks: Blocks) -> AbstractContextManager[None]:
    """Work on the directory of a dump, which replaces all current data at the end; all sessions end.

    about, steps: the dump's own values, and the migrations its tables had. An exception inside leaves everything
    unchanged. Raises FileError if the dump is damaged.
    """
    if kind() == "postgresql":
        from . import postgres

        return postgres.restoring(about, steps=steps, blocks=blocks)
    from . import sqlite

    return sqlite.restoring(blocks)
