"""The interface of an engine: load and read whole frames, draw ids, apply one import at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import polars as pl
from django.db.backends.base.base import BaseDatabaseWrapper

Columns = Mapping[str, pl.DataType]

# Rows at a time between Python and the database: enough to be fast, few enough to be small.
BATCH: Final = 50_000


class Engine(ABC):
    """One database behind Django's connection.

    Table and column names are ours, never a user's, so they are put into the SQL unquoted; values are parameters.
    All methods raise Django's database errors, not the driver's.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def execute(self, sql: str, *, params: Sequence[Any] = ()) -> int:
        """Run one statement, and return the number of rows it wrote."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return int(cursor.rowcount)

    def rows(self, sql: str, *, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a small result."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def value(self, sql: str, *, params: Sequence[Any] = ()) -> Any:
        """The first cell of a result."""
        return self.rows(sql, params=params)[0][0]

    def temporary(self, table: str, *, frame: pl.DataFrame) -> None:
        """Create, fill and analyse a temporary table of Int64, String and Boolean columns.

        It replaces one of the same name, and lives until the transaction or `reading` ends.
        """
        self.create_temporary(table, columns=frame.schema)
        self.load(table, frame=frame)
        self.analyze(table)

    @abstractmethod
    def create_temporary(self, table: str, *, columns: Columns) -> None:
        """Create an empty temporary table."""

    @abstractmethod
    def analyze(self, table: str) -> None:
        """Tell the query planner how full a table is."""

    @abstractmethod
    def load(self, table: str, *, frame: pl.DataFrame) -> None:
        """Insert a frame that has the table's column names; null stays distinct from ""."""

    @abstractmethod
    def read(self, sql: str, *, columns: Columns, params: Sequence[Any] = ()) -> pl.DataFrame:
        """The unsorted result of a query whose first column is an Int64 without nulls."""

    @abstractmethod
    def insert_blob(self, table: str, *, row: Mapping[str, Any]) -> None:
        """Insert one row with a large bytes value."""

    @abstractmethod
    def blobs(self, sql: str, *, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a result with large bytes values."""

    @abstractmethod
    def draw_ids(self, table: str, *, count: int) -> int:
        """Reserve `count` consecutive ids of a table, and return the first."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """A transaction for reading, with temporary tables, that doesn't block writers."""

    @abstractmethod
    def applying(self, organization: int) -> AbstractContextManager[None]:
        """A transaction during which no other import of the organisation is applied. Raises LeaseTaken."""

    @abstractmethod
    def settle(self) -> None:
        """At the end of `applying`, check deferred constraints and drop temporary tables."""

    @abstractmethod
    def evict(self, organization: int) -> None:
        """End the transaction of a process that applies an import but sends no heartbeats. Raises LeaseTaken."""

    @abstractmethod
    def is_quiet(self, organization: int) -> bool:
        """Whether no transaction that applies an import is open: one could still be committed."""

    @abstractmethod
    def setting_up(self) -> AbstractContextManager[None]:
        """Inside, no other process creates tables; it waits for one that does."""

    @abstractmethod
    def guard(self, lease: int) -> None:
        """Until the transaction ends, let nobody take over this lease (its id)."""

    @abstractmethod
    def end_guards(self, lease: int) -> None:
        """End every transaction that guards this lease, and let no other begin before this one ends."""

    @abstractmethod
    def lock_numbers(self, organization: int) -> None:
        """Until the transaction ends, let nobody else number an import of the organisation."""

    @abstractmethod
    def lock_mails(self, organization: int) -> None:
        """Until the transaction ends, let nobody else take mails of the organisation."""

    @abstractmethod
    def lock(self, table: str, *, ids: str) -> None:
        """Until the transaction ends, keep others from changing the rows with these ids (SQL)."""

    @abstractmethod
    def merged_json(self, column: str, *, patch: str) -> str:
        """SQL that applies a merge patch (RFC 7396), a text column, to a flat JSON object."""

    @abstractmethod
    def json_member(self, column: str, *, key: int) -> str:
        """SQL of the text that a flat JSON object has under a number as key, null if there is none."""

    @abstractmethod
    def free_space(self) -> bool:
        """Return unused space to the system; whether no file contains deleted bytes any more.

        Not in a transaction.
        """

    @abstractmethod
    def moment_text(self, column: str) -> str:
        """SQL for a moment as text in UTC, "2027-01-31 00:00:00"."""

    @abstractmethod
    def moment(self, column: str) -> str:
        """SQL that makes a moment from such text."""

    @abstractmethod
    def prefer_indexes(self, table: str, *, keys: int) -> None:
        """Until the transaction ends, look rows up by index if there are far fewer keys than rows."""

    @abstractmethod
    def prefer_index_only_scans(self) -> None:
        """Until the transaction ends, read from indexes alone what they contain."""
