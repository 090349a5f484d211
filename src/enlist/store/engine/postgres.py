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
from enlist.store.apps import PATIENTLY

from .base import BATCH, Columns, Engine

TYPES: Final = {pl.Int64(): "bigint", pl.String(): 'text COLLATE "C"', pl.Boolean(): "boolean"}
# The first number of every advisory lock of ours: what the lock is about.
APPLYING: Final = 0x656E6C
DRAWING: Final = 0x656E6D
GUARDED: Final = 0x656E6E
NUMBERED: Final = 0x656E6F
SETTING_UP: Final = 0x656E70
# A row looked up by index costs about ten rows scanned.
FEW: Final = 10
# Milliseconds for a transaction to be undone.
PATIENCE: Final = 20_000
# For the joins of this transaction: with the usual 4 MB those of a large import go by way of the disk.
MEMORY: Final = "SET LOCAL work_mem = '64MB'"
# In a transaction that reads or changes very much, its client may think for as long as that takes between two
# statements. It keeps nobody waiting, or is evicted where it stands still.
UNHURRIED: Final = "SET LOCAL idle_in_transaction_session_timeout = 0"


class Postgres(Engine):
    """PostgreSQL 15 and later."""

    def create_temporary(self, table: str, *, columns: Columns) -> None:
        """Make an empty temporary table that goes with the transaction."""
        self.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        typed = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in columns.items())
        self.execute(f"CREATE TEMPORARY TABLE {table} ({typed}) ON COMMIT DROP")

    def analyze(self, table: str) -> None:
        """Tell the query planner how full a table is."""
        self.execute(f"ANALYZE {table}")

    def load(self, table: str, *, frame: pl.DataFrame) -> None:
        """COPY a frame into a table. Text is always quoted (a bare `\\.` would end the data), null is bare nothing."""
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
        """COPY a query's answer out into a frame."""
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
        """Send the bytes as they are: Django's cursor would write them into the statement, three times as slow."""
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join(["%s"] * len(row))
        with self._binary() as cursor:
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))

    def blobs(self, sql: str, *, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Receive the bytes as they are."""
        with self._binary() as cursor:
            return list(cursor.execute(sql, params, binary=True).fetchall())

    def draw_ids(self, table: str, *, count: int) -> int:
        """Take consecutive numbers of the table's sequence."""
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
        """A transaction; readers of PostgreSQL keep nobody waiting."""
        is_short = self.connection.in_atomic_block
        with transaction.atomic():
            self.execute(MEMORY)
            if not is_short:
                self.execute(UNHURRIED)
            yield

    @contextmanager
    def applying(self, organization: int) -> Iterator[None]:
        """A transaction under an advisory lock."""
        with transaction.atomic():
            if not self._locked(organization):
                raise LeaseTaken("import_running")
            self.execute(MEMORY)
            self.execute(UNHURRIED)
            yield

    def settle(self) -> None:
        """Check deferred constraints: at the commit, which may be another's, nothing says what was at fault."""
        self.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def evict(self, organization: int) -> None:
        """Hang up on who has the lock: their transaction is undone, and they find out when they speak again."""
        self._hang_up_on([APPLYING, organization % 2**31])

    def is_quiet(self, organization: int) -> bool:
        """Whether the advisory lock is free: the server lets go of it when a commit can be seen, or is undone."""
        with transaction.atomic():
            return self._locked(organization)

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """An advisory lock of the session: there are many transactions, and whoever makes tables may take long."""
        self.execute("SET lock_timeout = 0")
        self.execute("SET idle_in_transaction_session_timeout = 0")
        self.rows("SELECT pg_advisory_lock(%s, 0)", params=[SETTING_UP])
        try:
            yield
        finally:
            # Where the server is away, so is the lock.
            with suppress(Error):
                self.rows("SELECT pg_advisory_unlock(%s, 0)", params=[SETTING_UP])
                self.execute(PATIENTLY)

    def guard(self, lease: int) -> None:
        """Share the advisory lock of the lease: heartbeats need not wait, as they would for the row's own."""
        self.value("SELECT pg_advisory_xact_lock_shared(%s, %s)", params=[GUARDED, lease % 2**31])

    def shut_out(self, lease: int) -> None:
        """Have the lock alone, and hang up on those who share it: nothing was heard of them."""
        place = [GUARDED, lease % 2**31]
        if not self.value("SELECT pg_try_advisory_xact_lock(%s, %s)", params=place):
            self._hang_up_on(place)
            self.value("SELECT pg_advisory_xact_lock(%s, %s)", params=place)

    def number_alone(self, organization: int) -> None:
        """An advisory lock: the organisation's row is locked for as long as an import is being applied."""
        self.value("SELECT pg_advisory_xact_lock(%s, %s)", params=[NUMBERED, organization % 2**31])

    def lock(self, table: str, *, ids: str) -> None:
        """Lock rows against change; those who only refer to them need not wait."""
        rows = f"SELECT id FROM {table} WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE"
        self.value(f"SELECT count(*) FROM ({rows}) AS locked")

    def merged_json(self, column: str, *, patch: str) -> str:
        """Nulls of the patch are stripped from the whole: no profile holds one."""
        return f"jsonb_strip_nulls({column} || CAST({patch} AS jsonb))"

    def give_back(self) -> bool:
        """Vacuum the tables that large deletes are about."""
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
        """Turn hash and merge joins off: the planner takes them, and a scan of the table, far too early."""
        rows = self.value("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", params=[table])
        switch = "off" if keys * FEW < rows else "on"
        self.execute(f"SET LOCAL enable_hashjoin = {switch}")
        self.execute(f"SET LOCAL enable_mergejoin = {switch}")

    def by_indexes_alone(self) -> None:
        """Turn all other ways off: where one value is most of a table, its planner reads all of it for each value.

        What it takes for very dear then is not worth compiling.
        """
        for way in ("enable_seqscan", "enable_bitmapscan", "jit"):
            self.execute(f"SET LOCAL {way} = off")

    def _hang_up_on(self, lock: list[int]) -> None:
        """End the transactions of those who have this advisory lock. Raises LeaseTaken where they do not end."""
        gone = self.rows(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = %s AND objid = %s AND objsubid = 2 AND pid <> pg_backend_pid()",
            params=[PATIENCE, *lock],
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
        """Hold a lock for a moment only: rolling back to the savepoint gives it back, and takes no number back."""
        with transaction.atomic():
            self.execute("SELECT pg_advisory_xact_lock(%s, 0)", params=[DRAWING])
            yield
            transaction.set_rollback(True)


def _frame(csv: bytes, *, columns: Columns) -> pl.DataFrame:
    # COPY writes t and f, which Polars takes for text.
    text = {name: pl.String() if kind == pl.Boolean else kind for name, kind in columns.items()}
    frame = pl.read_csv(io.BytesIO(csv), has_header=False, schema=text, raise_if_empty=False)
    truths = [name for name, kind in columns.items() if kind == pl.Boolean]
    return frame.with_columns(pl.col(name) == "t" for name in truths)
