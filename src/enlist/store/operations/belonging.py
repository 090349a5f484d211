"""On SQLite, the operations are in a file of their own, which belongs to one directory.

A restore replaces the directory in one transaction, which can't include a second file. So it also sets a new mark in
the directory. Operations with a different mark are those of the previous directory (its sessions, jobs, leases and
counters), and the next connection deletes them, even if the restore was killed.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# SQLite's name for a temporary database on the disk: the directory while it is being restored.
NAMELESS: Final = "file:"
_MARK: Final = "PRAGMA user_version"
_TABLES: Final = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%%' AND name <> 'django_migrations'"
)


def new_mark() -> int:
    """A new random mark; a directory that was never restored has 0."""
    return secrets.randbelow(2**31 - 1) + 1


def settle(operations: BaseDatabaseWrapper) -> None:
    """Empty the operations if they belong to another directory."""
    directory = connections["default"]
    if directory.settings_dict["NAME"] == NAMELESS:
        return
    directory.ensure_connection()
    # Through the driver, which works in any state of the transaction.
    mark, own_mark = (each.connection.execute(_MARK).fetchone()[0] for each in (directory, operations))
    if mark == own_mark:
        return
    with transaction.atomic(using=operations.alias), operations.cursor() as cursor:
        for (name,) in cursor.execute(_TABLES).fetchall():
            cursor.execute(f'DELETE FROM "{name}"')
        cursor.execute(f"{_MARK} = {mark}")
