"""What differs between the two databases, in one drawer each; everything else in the store is SQL both understand."""

from __future__ import annotations

from django.db import connection

from .base import Columns, Engine
from .sqlite import SQLite

__all__ = ["Columns", "Engine", "engine"]


def engine() -> Engine:
    """The engine of the default database."""
    if connection.vendor == "postgresql":
        # Whoever runs on SQLite need not wait for the driver to load.
        from .postgres import Postgres

        return Postgres(connection)
    return SQLite(connection)
