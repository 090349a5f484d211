"""What Django does first: prepare every connection to a database."""

from __future__ import annotations

from typing import Any, Final

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .operations import OPERATIONS, belonging

# Of PostgreSQL: who stands still in a transaction is hung up on, before those who wait for its locks give up.
PATIENTLY: Final = "SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '25s'"


class Store(AppConfig):
    """The tables of the directory."""

    name = "enlist.store"
    label = "store"

    def ready(self) -> None:
        """Prepare every connection as the store relies on, and register the checks of what is on the disk."""
        from . import checks  # noqa: F401

        connection_created.connect(_prepare, dispatch_uid="enlist.store")


def _prepare(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Set PostgreSQL's patience; make a file of SQLite without pages one that can shrink, and that readers can read
    while it is written.

    On another file the first of the two would wait for whoever is writing, and change nothing.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PATIENTLY)
            return
        cursor.execute("PRAGMA page_count")
        if cursor.fetchone() == (0,):
            cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
        cursor.execute("PRAGMA journal_mode = WAL")
    if connection.alias == OPERATIONS:
        belonging.settle(connection)
