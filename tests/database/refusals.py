"""A database that refuses some rows, as if it were full, or couldn't store a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def refusing(table: str, *, where: str) -> Iterator[None]:
    """Inside, no row of the table can be written of which this is true: SQL about its columns, with `NEW.` before."""
    is_sqlite = connection.vendor == "sqlite"
    _run(*(_TRIGGER if is_sqlite else _CONSTRAINT), table=table, where=where)
    try:
        yield
    finally:
        _run(*(_NO_TRIGGER if is_sqlite else _NO_CONSTRAINT), table=table, where=where)


_TRIGGER = (
    "CREATE TRIGGER refused_insert BEFORE INSERT ON {table} WHEN {where} BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "CREATE TRIGGER refused_update BEFORE UPDATE ON {table} WHEN {where} BEGIN SELECT RAISE(ABORT, 'refused'); END",
)
_NO_TRIGGER = ("DROP TRIGGER refused_insert", "DROP TRIGGER refused_update")
_CONSTRAINT = ("ALTER TABLE {table} ADD CONSTRAINT refused CHECK (NOT ({bare})) NOT VALID",)
_NO_CONSTRAINT = ("ALTER TABLE {table} DROP CONSTRAINT refused",)


def _run(*statements: str, table: str, where: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(table=table, where=where, bare=where.replace("NEW.", "")))
