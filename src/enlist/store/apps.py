"""The Django app: prepares every database connection."""

from __future__ import annotations

from typing import Any, Final

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .operations import OPERATIONS, belonging

# PostgreSQL ends a session that idles in a transaction before the sessions waiting for its locks give up.
TIMEOUTS: Final = "SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '25s'"


class Store(AppConfig):
    """The tables of the directory."""

    name = "enlist.store"
    label = "store"

    def ready(self) -> None:
        """Set up each new connection, and register the system checks."""
        from . import checks  # noqa: F401

        connection_created.connect(_prepare, dispatch_uid="enlist.store")


def _prepare(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Set PostgreSQL's timeouts; let a new SQLite file shrink, and be read while it is written.

    On an existing file, setting auto_vacuum would wait for the current writer and change nothing.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(TIMEOUTS)
            return
        cursor.execute("PRAGMA page_count")
        if cursor.fetchone() == (0,):
            cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
        cursor.execute("PRAGMA journal_mode = WAL")
    if connection.alias == OPERATIONS:
        belonging.settle(connection)
