"""What Django does first: prepare every connection to SQLite."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .operations import OPERATIONS, belonging


class Store(AppConfig):
    """The tables of the directory."""

    name = "enlist.store"
    label = "store"

    def ready(self) -> None:
        """Have a new file of SQLite made as the store relies on, and checks known that look at what is on the disk."""
        from . import checks  # noqa: F401

        connection_created.connect(_prepare, dispatch_uid="enlist.store")


def _prepare(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Make a file without pages one that can shrink, and that readers can read while it is written.

    On another file the first of the two would wait for whoever is writing, and change nothing.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        if cursor.fetchone() == (0,):
            cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
        cursor.execute("PRAGMA journal_mode = WAL")
    if connection.alias == OPERATIONS:
        belonging.settle(connection)
