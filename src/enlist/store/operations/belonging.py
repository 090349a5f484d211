"""Belonging: on SQLite the operations are a file of their own, and belong to the directory they were made beside.

A restore puts another directory in force by one transaction, which cannot reach into a second file. So each directory
that was restored has a mark, in the same transaction, and operations with another mark are those of the one before:
its sessions, jobs, leases and counters. Whoever connects to them first empties them, be it that the restore was killed.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# A database on the disk that has no name, for one connection alone: the directory, while it is not in force yet.
NAMELESS: Final = "file:"
_MARK: Final = "PRAGMA user_version"
_TABLES: Final = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%%' AND name <> 'django_migrations'"
)


def new_mark() -> int:
    """A mark that no directory had before; one that was never restored has 0."""
    return secrets.randbelow(2**31 - 1) + 1


def settle(operations: BaseDatabaseWrapper) -> None:
    """Empty the operations where they belong to another directory."""
    directory = connections["default"]
    if directory.settings_dict["NAME"] == NAMELESS:
        return
    directory.ensure_connection()
    # By the driver: whatever transaction they are in, it can be asked.
    wanted, ours = (each.connection.execute(_MARK).fetchone()[0] for each in (directory, operations))
    if wanted == ours:
        return
    with transaction.atomic(using=operations.alias), operations.cursor() as cursor:
        for (name,) in cursor.execute(_TABLES).fetchall():
            cursor.execute(f'DELETE FROM "{name}"')
        cursor.execute(f"{_MARK} = {wanted}")
