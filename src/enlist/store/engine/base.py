"""What an engine can do: move whole frames in and out, draw ids, let one import through at a time."""

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

    Table and column names are ours, never a user's: they are written into the SQL as they stand; values are parameters.
    Everything raises Django's database errors, whatever the driver underneath raised.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def execute(self, sql: str, *, params: Sequence[Any] = ()) -> int:
        """Run one statement; how many rows it wrote."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return int(cursor.rowcount)

    def rows(self, sql: str, *, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a small answer."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def value(self, sql: str, *, params: Sequence[Any] = ()) -> Any:
        """The first cell of an answer."""
        return self.rows(sql, params=params)[0][0]

    def temporary(self, table: str, *, frame: pl.DataFrame) -> None:
        """Make a temporary table of Int64, String and Boolean columns, filled and known to the query planner.

        One of the same name is dropped first; it lives no longer than the transaction or `reading`.
        """
        self.create_temporary(table, columns=frame.schema)
        self.load(table, frame=frame)
        self.analyze(table)

    @abstractmethod
    def create_temporary(self, table: str, *, columns: Columns) -> None:
        """Make an empty temporary table."""

    @abstractmethod
    def analyze(self, table: str) -> None:
        """Tell the query planner how full a table is."""

    @abstractmethod
    def load(self, table: str, *, frame: pl.DataFrame) -> None:
        """Insert a frame whose columns are named as the table's; nulls stay apart from ""."""

    @abstractmethod
    def read(self, sql: str, *, columns: Columns, params: Sequence[Any] = ()) -> pl.DataFrame:
        """The answer to a query whose first column is an Int64 without nulls, sorted by nothing."""

    @abstractmethod
    def insert_blob(self, table: str, *, row: Mapping[str, Any]) -> None:
        """Insert one row, of which some value is bytes, and many."""

    @abstractmethod
    def blobs(self, sql: str, *, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of an answer in which bytes are, and many."""

    @abstractmethod
    def draw_ids(self, table: str, *, count: int) -> int:
        """Take `count` consecutive ids of a table; the first of them."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """A transaction to read in, with temporary tables, that keeps no writer waiting."""

    @abstractmethod
    def applying(self, organization: int) -> AbstractContextManager[None]:
        """A transaction that no other import of the organisation is applied in. Raises LeaseTaken."""

    @abstractmethod
    def settle(self) -> None:
        """Do now, at the end of `applying`, what a commit would do or leave undone."""

    @abstractmethod
    def evict(self, organization: int) -> None:
        """End the transaction of who applies an import, though nothing was heard of them. Raises LeaseTaken."""

    @abstractmethod
    def is_quiet(self, organization: int) -> bool:
        """Whether no transaction that applies an import can still be committed by who has lost sight of it."""

    @abstractmethod
    def setting_up(self) -> AbstractContextManager[None]:
        """Inside, nobody else makes the tables; whoever does is waited for."""

    @abstractmethod
    def guard(self, lease: int) -> None:
        """Until the transaction ends, let nobody take this lease (its id) over."""

    @abstractmethod
    def shut_out(self, lease: int) -> None:
        """End every transaction that guards this lease; from now on none begins before this one ends."""

    @abstractmethod
    def number_alone(self, organization: int) -> None:
        """Until the transaction ends, let nobody else number an import of the organisation."""

    @abstractmethod
    def lock(self, table: str, *, ids: str) -> None:
        """Keep others from changing the rows with these ids (SQL) until the transaction ends."""

    @abstractmethod
    def merged_json(self, column: str, *, patch: str) -> str:
        """SQL for a flat JSON object with a merge patch (RFC 7396), a column of text, applied to it."""

    @abstractmethod
    def give_back(self) -> bool:
        """Give room that is no longer used back to the system; whether no file holds deleted bytes any more.

        Not in a transaction.
        """

    @abstractmethod
    def moment_text(self, column: str) -> str:
        """SQL for a moment as text in UTC, "2027-01-31 00:00:00"."""

    @abstractmethod
    def moment(self, column: str) -> str:
        """SQL for a moment out of such text."""

    @abstractmethod
    def prefer_indexes(self, table: str, *, keys: int) -> None:
        """Until the transaction ends, look single rows up by index where the keys are far fewer than the rows."""

    @abstractmethod
    def by_indexes_alone(self) -> None:
        """Until the transaction ends, read what stands in an index from there, and nothing else beside it."""
