"""What differs between the two databases, in one drawer each; everything else in the store is SQL both understand."""

from __future__ import annotations

from django.db import connection

from .base import Columns, Engine
from .postgres import Postgres
from .sqlite import SQLite

__all__ = ["Columns", "Engine", "engine"]


def engine() -> Engine:
    """The engine of the default database."""
    return Postgres(connection) if connection.vendor == "postgresql" else SQLite(connection)
