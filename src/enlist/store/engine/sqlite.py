"""SQLite: executemany to write, JSON arrays to read, a lock file next to the database."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from enlist.core.errors import LeaseTaken

from .base import BATCH, Columns, Engine

# KiB of pages that an apply may keep in memory.
CACHE_KIB: Final = 65_536
TYPES: Final = {pl.Int64(): "integer", pl.String(): "text", pl.Boolean(): "bool"}


class SQLite(Engine):
    """SQLite 3.40 and later."""

    def create_temporary(self, table: str, *, columns: Columns) -> None:
        """Create an empty temporary table of the connection."""
        self.execute(f"DROP TABLE IF EXISTS temp.{table}")
        typed = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in columns.items())
        self.execute(f"CREATE TEMPORARY TABLE {table} ({typed})")

    def analyze(self, table: str) -> None:
        """Do nothing: our joins fix their own order (SQLite doesn't reorder a CROSS JOIN)."""

    def load(self, table: str, *, frame: pl.DataFrame) -> None:
        """Insert a frame through the driver: Django's executemany would keep every row in memory twice."""
        names = ", ".join(f'"{name}"' for name in frame.columns)
        places = ", ".join("?" * frame.width)
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
        self.connection.ensure_connection()
        with self.connection.wrap_database_errors:
            for batch in frame.iter_slices(BATCH):
                self.connection.connection.executemany(statement, batch.iter_rows())
        if self.connection.queries_logged:
            self.connection.queries_log.append({"sql": statement, "time": "0"})

    def read(self, sql: str, *, columns: Columns, params: Sequence[Any] = ()) -> pl.DataFrame:
        """Read a result as JSON arrays, one per column and batch: three times as fast as tuples."""
        arrays = ", ".join(f'json_group_array("{name}")' for name in columns)
        first = next(iter(columns))
        found = self.rows(f'SELECT {arrays} FROM ({sql}) GROUP BY "{first}" / {BATCH}', params=params)
        texts = zip(*found, strict=True) if found else [()] * len(columns)
        return pl.DataFrame(
            [
                _decoded(name, arrays=list(texts_), kind=kind)
                for (name, kind), texts_ in zip(columns.items(), texts, strict=True)
            ]
        )

    def insert_blob(self, table: str, *, row: Mapping[str, Any]) -> None:
        """Insert the row like any other."""
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join(["%s"] * len(row))
        self.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", params=list(row.values()))

    def blobs(self, sql: str, *, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read the rows like any others."""
        return self.rows(sql, params=params)

    def draw_ids(self, table: str, *, count: int) -> int:
        """The ids after the last one used; inserting rows with them reserves them."""
        del count
        last = self.rows("SELECT seq FROM sqlite_sequence WHERE name = %s", params=[table])
        return int(last[0][0]) + 1 if last else 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A deferred transaction: Django's own would wait for the writer's lock."""
        if self.connection.in_atomic_block:
            yield
            return
        self.connection.ensure_connection()
        self.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            self.execute("ROLLBACK")

    @contextmanager
    def applying(self, organization: int) -> Iterator[None]:
        """A transaction under a file lock, which the system releases when the process dies."""
        with _locked(self._lock_file(organization)), self._with_large_cache(), transaction.atomic():
            yield

    def settle(self) -> None:
        """Drop temporary tables: they would live as long as the connection, with people's names and addresses."""
        for (table,) in self.rows("SELECT name FROM sqlite_temp_master WHERE type = 'table'"):
            self.execute(f"DROP TABLE temp.{table}")

    def evict(self, organization: int) -> None:
        """Raise LeaseTaken: only the process itself can release its file lock."""
        del organization
        raise LeaseTaken("apply_frozen")

    def is_quiet(self, organization: int) -> bool:
        """Whether nobody holds the lock: a process that hangs before its commit still does."""
        try:
            with _locked(self._lock_file(organization)):
                return True
        except LeaseTaken:
            return False

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """A lock on a file of its own: the database's file may not exist yet."""
        path = Path(f"{self.connection.settings_dict['NAME']}.init.lock")
        # Without the folder, opening the database fails with a clear error.
        with _locked(path, waits=True) if path.parent.is_dir() else nullcontext():
            yield

    def guard(self, lease: int) -> None:
        """Do nothing: the transaction locks the whole file, so a new owner of the lease writes after it."""

    def end_guards(self, lease: int) -> None:
        """Do nothing: nobody else can write until the transaction ends, at the latest with its process."""

    def lock_numbers(self, organization: int) -> None:
        """Do nothing: the transaction locks the whole file."""

    def lock_mails(self, organization: int) -> None:
        """Do nothing: the transaction locks the whole file."""

    def lock(self, table: str, *, ids: str) -> None:
        """Do nothing: the transaction locks the whole file."""

    def merged_json(self, column: str, *, patch: str) -> str:
        """SQLite has merge patches."""
        return f"json_patch({column}, {patch})"

    def json_member(self, column: str, *, key: int) -> str:
        """In quotation marks, as digits alone would be an index."""
        return f"json_extract({column}, '$.\"{key}\"')"

    def free_space(self) -> bool:
        """Shrink the files, then write their logs into them and empty those: a log contains old pages."""
        freed = [_free_space(connection) for connection in connections.all()]
        return all(freed)

    def moment_text(self, column: str) -> str:
        """SQLite stores moments as text, sometimes with fractions of a second."""
        return f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', {_quoted(column)})"

    def moment(self, column: str) -> str:
        """SQLite stores moments as text."""
        return _quoted(column)

    def prefer_indexes(self, table: str, *, keys: int) -> None:
        """Do nothing: SQLite joins by nested loops only."""

    def prefer_index_only_scans(self) -> None:
        """Do nothing: SQLite prefers them anyway."""

    @contextmanager
    def _with_large_cache(self) -> Iterator[None]:
        """Cache many pages: rows reach indexes by name and number in random order, so pages are read repeatedly."""
        usual = self.value("PRAGMA cache_size")
        self.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        try:
            yield
        finally:
            self.execute(f"PRAGMA cache_size = {usual}")

    def _lock_file(self, organization: int) -> Path:
        return Path(f"{self.connection.settings_dict['NAME']}.{organization}.lock")


def _free_space(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA incremental_vacuum").fetchall()
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@contextmanager
def _locked(path: Path, *, waits: bool = False) -> Iterator[None]:
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            raise LeaseTaken("import_running") from None
        yield


def _quoted(column: str) -> str:
    table, name = column.split(".")
    return f'{table}."{name}"'


def _decoded(name: str, *, arrays: list[str], kind: pl.DataType) -> pl.Series:
    if not arrays:
        return pl.Series(name, [], dtype=kind)
    stored = pl.Int64() if kind == pl.Boolean else kind
    texts = pl.Series(name, arrays, dtype=pl.String)
    return texts.str.json_decode(pl.List(stored)).explode().cast(kind)
