"""What differs between the two databases, in one drawer each; everything else in the store is SQL both understand."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

from .base import Columns, Engine
from .sqlite import SQLite

__all__ = ["Columns", "Engine", "engine"]


def engine(using: str = DEFAULT_DB_ALIAS) -> Engine:
    """The engine of a database: that of the directory, if none is named."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        # Whoever runs on SQLite need not wait for the driver to load.
        from .postgres import Postgres

        return Postgres(connection)
    return SQLite(connection)
