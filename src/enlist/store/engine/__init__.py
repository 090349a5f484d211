"""What differs between the two databases, in one module each; the store's other SQL works on both."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

from .base import Columns, Engine
from .sqlite import SQLite

__all__ = ["Columns", "Engine", "engine"]


def engine(using: str = DEFAULT_DB_ALIAS) -> Engine:
    """The engine of a database; by default, the directory's."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        # On SQLite, nobody has to wait for this driver to load.
        from .postgres import Postgres

        return Postgres(connection)
    return SQLite(connection)
