"""PostgreSQL: COPY in both directions, sequences, advisory locks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import polars as pl
import psycopg
from django.db import transaction
from django.db.utils import Error

from enlist.core.errors import DatabaseProblem, LeaseTaken
from enlist.store.apps import TIMEOUTS

from .base import BATCH, Columns, Engine

TYPES: Final = {pl.Int64(): "bigint", pl.String(): 'text COLLATE "C"', pl.Boolean(): "boolean"}
# The first key of each of our advisory locks: its subject.
APPLYING: Final = 0x656E6C
DRAWING: Final = 0x656E6D
GUARDED: Final = 0x656E6E
NUMBERED: Final = 0x656E6F
SETTING_UP: Final = 0x656E70
MAILED: Final = 0x656E71
# Looking up a row by index costs as much as scanning about ten rows.
LOOKUP_COST: Final = 10
# Milliseconds to wait for a transaction to be rolled back.
ROLLBACK_TIMEOUT: Final = 20_000
# For joins: with the default of 4 MB, those of a large import use the disk.
MEMORY: Final = "SET LOCAL work_mem = '64MB'"
# In a large transaction, the client may compute for long between two statements. It blocks nobody, or is evicted if
# it hangs.
NO_IDLE_TIMEOUT: Final = "SET LOCAL idle_in_transaction_session_timeout = 0"


class Postgres(Engine):
    """PostgreSQL 15 and later."""

    def create_temporary(self, table: str, *, columns: Columns) -> None:
        """Create an empty temporary table, which is dropped at the end of the transaction."""
        self.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        typed = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in columns.items())
        self.execute(f"CREATE TEMPORARY TABLE {table} ({typed}) ON COMMIT DROP")

    def analyze(self, table: str) -> None:
        """Tell the query planner how full a table is."""
        self.execute(f"ANALYZE {table}")

    def load(self, table: str, *, frame: pl.DataFrame) -> None:
        """COPY a frame into a table. Text is always quoted (an unquoted `\\.` would end the data), null is empty."""
        names = ", ".join(f'"{name}"' for name in frame.columns)
        statement = f"COPY {table} ({names}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')"
        with (
            self.connection.cursor() as cursor,
            self.connection.wrap_database_errors,
            cursor.copy(statement) as copy,
        ):
            for batch in frame.iter_slices(BATCH):
                copy.write(batch.write_csv(include_header=False, quote_style="non_numeric").encode())

    def read(self, sql: str, *, columns: Columns, params: Sequence[Any] = ()) -> pl.DataFrame:
        """COPY a query's result into a frame."""
        operations: Any = self.connection.ops
        composed = operations.compose_sql(sql, params)
        statement = f"COPY ({composed}) TO STDOUT (FORMAT csv, FORCE_QUOTE *, ENCODING 'UTF8')"
        buffer = io.BytesIO()
        with (
            self.connection.cursor() as cursor,
            self.connection.wrap_database_errors,
            cursor.copy(statement) as copy,
        ):
            for block in copy:
                buffer.write(block)
        return _frame(buffer.getvalue(), columns=columns)

    def insert_blob(self, table: str, *, row: Mapping[str, Any]) -> None:
        """Send the bytes in binary form: Django's cursor would put them into the statement, three times as slow."""
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join(["%s"] * len(row))
        with self._binary() as cursor:
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))

    def blobs(self, sql: str, *, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Receive the bytes in binary form."""
        with self._binary() as cursor:
            return list(cursor.execute(sql, params, binary=True).fetchall())

    def draw_ids(self, table: str, *, count: int) -> int:
        """Reserve consecutive numbers of the table's sequence."""
        sequence = self.value("SELECT pg_get_serial_sequence(%s, 'id')", params=[table])
        drawn = "SELECT min(n), max(n) FROM (SELECT nextval(%s::regclass) AS n FROM generate_series(1, %s)) AS drawn"
        for _ in range(10):
            with self._alone():
                ((first, last),) = self.rows(drawn, params=[sequence, count])
            if last - first + 1 == count:
                return int(first)
        raise DatabaseProblem("numbers_not_drawn", table=table, count=count)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction; on PostgreSQL, readers block nobody."""
        is_short = self.connection.in_atomic_block
        with transaction.atomic():
            self.execute(MEMORY)
            if not is_short:
                self.execute(NO_IDLE_TIMEOUT)
            yield

    @contextmanager
    def applying(self, organization: int) -> Iterator[None]:
        """A transaction under an advisory lock."""
        with transaction.atomic():
            if not self._locked(organization):
                raise LeaseTaken("import_running")
            self.execute(MEMORY)
            self.execute(NO_IDLE_TIMEOUT)
            yield

    def settle(self) -> None:
        """Check deferred constraints: an error at the commit, which the caller may do, wouldn't tell what failed."""
        self.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def evict(self, organization: int) -> None:
        """Terminate the session that holds the lock: its transaction is rolled back, and its next statement fails."""
        self._terminate([APPLYING, organization % 2**31])

    def is_quiet(self, organization: int) -> bool:
        """Whether the advisory lock is free: the server releases it when a commit is visible or rolled back."""
        with transaction.atomic():
            return self._locked(organization)

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """A session-level advisory lock without timeouts: migrations are many transactions, and may take long."""
        self.execute("SET lock_timeout = 0")
        self.execute("SET idle_in_transaction_session_timeout = 0")
        self.rows("SELECT pg_advisory_lock(%s, 0)", params=[SETTING_UP])
        try:
            yield
        finally:
            # If the server is gone, so is the lock.
            with suppress(Error):
                self.rows("SELECT pg_advisory_unlock(%s, 0)", params=[SETTING_UP])
                self.execute(TIMEOUTS)

    def guard(self, lease: int) -> None:
        """Share the lease's advisory lock: unlike a lock on the row, it doesn't block heartbeats."""
        self.value("SELECT pg_advisory_xact_lock_shared(%s, %s)", params=[GUARDED, lease % 2**31])

    def end_guards(self, lease: int) -> None:
        """Take the lock exclusively, and terminate the sessions that share it: their lease has expired."""
        lock = [GUARDED, lease % 2**31]
        if not self.value("SELECT pg_try_advisory_xact_lock(%s, %s)", params=lock):
            self._terminate(lock)
            self.value("SELECT pg_advisory_xact_lock(%s, %s)", params=lock)

    def lock_numbers(self, organization: int) -> None:
        """An advisory lock: the organisation's row is locked while an import is being applied."""
        self.value("SELECT pg_advisory_xact_lock(%s, %s)", params=[NUMBERED, organization % 2**31])

    def lock_mails(self, organization: int) -> None:
        """An advisory lock, as for numbers."""
        self.value("SELECT pg_advisory_xact_lock(%s, %s)", params=[MAILED, organization % 2**31])

    def lock(self, table: str, *, ids: str) -> None:
        """Lock rows against changes, but let others refer to them."""
        rows = f"SELECT id FROM {table} WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE"
        self.value(f"SELECT count(*) FROM ({rows}) AS locked")

    def merged_json(self, column: str, *, patch: str) -> str:
        """Nulls of the patch are stripped from the result: no profile contains a null."""
        return f"jsonb_strip_nulls({column} || CAST({patch} AS jsonb))"

    def json_member(self, column: str, *, key: int) -> str:
        """The key is text here, and an index elsewhere."""
        return f"{column} ->> '{key}'"

    def free_space(self) -> bool:
        """Vacuum the tables from which much is deleted."""
        for table in ("store_artifact", "store_edit", "store_activity"):
            self.execute(f"VACUUM {table}")
        return True

    def moment_text(self, column: str) -> str:
        """Text in UTC, whatever the connection's time zone."""
        table, name = column.split(".")
        return f"to_char({table}.\"{name}\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"

    def moment(self, column: str) -> str:
        """Text in UTC as a moment."""
        table, name = column.split(".")
        return f"CAST({table}.\"{name}\" || '+00' AS timestamptz)"

    def prefer_indexes(self, table: str, *, keys: int) -> None:
        """Turn off hash and merge joins: the planner chooses them, and a scan of the table, far too early."""
        rows = self.value("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", params=[table])
        switch = "off" if keys * LOOKUP_COST < rows else "on"
        self.execute(f"SET LOCAL enable_hashjoin = {switch}")
        self.execute(f"SET LOCAL enable_mergejoin = {switch}")

    def prefer_index_only_scans(self) -> None:
        """Turn off other scans: if most rows have the same value, the planner scans the whole table for each value.

        Also turn off jit, because the planner then overestimates the cost.
        """
        for setting in ("enable_seqscan", "enable_bitmapscan", "jit"):
            self.execute(f"SET LOCAL {setting} = off")

    def _terminate(self, lock: list[int]) -> None:
        """Terminate the sessions that hold this advisory lock. Raises LeaseTaken if they don't end."""
        gone = self.rows(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = %s AND objid = %s AND objsubid = 2 AND pid <> pg_backend_pid()",
            params=[ROLLBACK_TIMEOUT, *lock],
        )
        if not all(done for (done,) in gone):
            raise LeaseTaken("import_running")

    def _locked(self, organization: int) -> bool:
        return bool(self.value("SELECT pg_try_advisory_xact_lock(%s, %s)", params=[APPLYING, organization % 2**31]))

    @contextmanager
    def _binary(self) -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
        self.connection.ensure_connection()
        with self.connection.wrap_database_errors, psycopg.Cursor(self.connection.connection) as cursor:
            yield cursor

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold a lock for a moment: rolling back to the savepoint releases it, but keeps the numbers drawn."""
        with transaction.atomic():
            self.execute("SELECT pg_advisory_xact_lock(%s, 0)", params=[DRAWING])
            yield
            transaction.set_rollback(True)


def _frame(csv: bytes, *, columns: Columns) -> pl.DataFrame:
    # COPY writes t and f, which Polars reads as text.
    text = {name: pl.String() if kind == pl.Boolean else kind for name, kind in columns.items()}
    frame = pl.read_csv(io.BytesIO(csv), has_header=False, schema=text, raise_if_empty=False)
    truths = [name for name, kind in columns.items() if kind == pl.Boolean]
    return frame.with_columns(pl.col(name) == "t" for name in truths)
