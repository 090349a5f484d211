"""PostgreSQL: one stream per table, as COPY writes it; our own migrations create the tables.

So nothing in a backup is ever executed: not by a shell, not by psql, not by the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.apps import apps
from django.db import connection, connections, router, transaction
from psycopg import sql

from enlist.store.operations import OPERATIONS
from enlist.store.setup import organization

from .dump import Blocks, Dump

# Dates, numbers and bytes in a form that every server reads, whatever its settings.
_PLAIN: Final = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
# How long a restore waits for other transactions.
_TIMEOUT: Final = "SET LOCAL lock_timeout = '20s'"
# The tables of this or another version's migrations, without those of extensions.
_TABLES: Final = """
SELECT c.relname, c.oid FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"""
_COLUMNS: Final = """
SELECT attname FROM pg_attribute
 WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""
_SEQUENCES: Final = """
SELECT sequencename, last_value FROM pg_sequences
 WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1"""
_MIGRATIONS: Final = "django_migrations"


@contextmanager
def dumping() -> Iterator[Dump]:
    """All tables at one moment, except those of the operations."""
    with transaction.atomic():
        _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _run(_PLAIN)
        left_out = {_MIGRATIONS, *_of_operations()}
        tables = {name: oid for name, oid in _rows(_TABLES) if name not in left_out}
        columns = {name: [column for (column,) in _rows(_COLUMNS, oid)] for name, oid in tables.items()}
        # Sequences ignore transactions; read now, none is behind the rows.
        about = {"columns": columns, "sequences": dict(_rows(_SEQUENCES))}
        yield Dump(tuple(tables), blocks=lambda name: _copied(name, columns=columns[name]), about=about)


@contextmanager
def restoring(about: dict[str, Any], *, steps: list[str], blocks: Blocks) -> Iterator[None]:
    """Drop all tables and create them again, in one transaction that the work inside is part of."""
    operations = connections[OPERATIONS]
    operations.close()
    with transaction.atomic():
        _run(f"{_TIMEOUT}; {_PLAIN}")
        for name, _ in _rows(_TABLES):
            _run(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(name)))
        # Changes to the tables of the operations are part of it too.
        connections[OPERATIONS] = connections["default"]
        try:
            organization.make_tables_at(steps)
            # Tables are loaded in any order, and some foreign keys would be checked at once.
            _run("SET CONSTRAINTS ALL DEFERRED")
            for name, columns in about["columns"].items():
                _load(name, columns=columns, blocks=blocks)
            for name, number in about["sequences"].items():
                _rows("SELECT setval(%s::regclass, %s)", sql.Identifier(name).as_string(None), number)
            # Check the deferred constraints now: tables can't be altered before.
            _run("SET CONSTRAINTS ALL IMMEDIATE")
            _run("ANALYZE")
            yield
            # Unlike others, this commit must be on the disk when it returns.
            _run("SET LOCAL synchronous_commit = on")
        finally:
            connections[OPERATIONS] = operations


def _of_operations() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if router.db_for_read(model) == OPERATIONS}


def _copied(name: str, *, columns: list[str]) -> Iterator[bytes]:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(_copy(name, columns=columns, way="TO STDOUT")) as copy,
    ):
        for block in copy:
            yield bytes(block)


def _load(name: str, *, columns: list[str], blocks: Blocks) -> None:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(_copy(name, columns=columns, way="FROM STDIN")) as copy,
    ):
        for block in blocks(name):
            copy.write(block)


def _copy(name: str, *, columns: list[str], way: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + way).format(sql.Identifier(name), names)


def _run(statement: str | sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
