"""The floor: an import's resulting rows, written into the same tables by the driver alone.

    python -m benchmarks.bare_load STEP JSON

`keep` and `keep_changed` write such rows to files, sorted by key, in the driver's fastest format: COPY text on
PostgreSQL, tuples on SQLite. `load` loads them into a copy of the database from before the import, and `rewrite`
updates existing people, each in one transaction. Only the driver's work is measured, not reading the files.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import psycopg

from benchmarks.measure import Stopwatch, serve, tell
from enlist.project.database import SQLITE_PRAGMAS

# Sorted by foreign keys, with the order of the rows.
TABLES: Final = {
    "store_person": "username_key",
    "store_coursegroup": "id",
    "store_enrolment": "person_id, course_id",
    "store_coursegroupmember": "person_id, course_group_id",
}
# What the changed roster changes.
CHANGING: Final = ("version", "lastname", "department", "city", "profile")
BATCH: Final = 10_000
BLOCK: Final = 1 << 18


class Driver(ABC):
    """A driver's fastest way to read and write rows."""

    def __init__(self, *, backend: int | None = None) -> None:
        self.watch = Stopwatch(backend)

    @abstractmethod
    def number(self, sql: str) -> int:
        """A query's only cell."""

    @abstractmethod
    def keep(self, sql: str, *, file: Path) -> None:
        """Write a query's result to a file."""

    @abstractmethod
    def load(self, folder: Path) -> None:
        """Load the files of all tables."""

    @abstractmethod
    def rewrite(self, file: Path) -> None:
        """Write the people of the file over those with their ids."""


class SQLite(Driver):
    """The module sqlite3; files hold lists of tuples."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._database = sqlite3.connect(unquote(urlsplit(address).path[1:]), isolation_level=None)
        self._database.executescript(SQLITE_PRAGMAS)

    def number(self, sql: str) -> int:
        return int(self._database.execute(sql).fetchone()[0])

    def keep(self, sql: str, *, file: Path) -> None:
        found = self._database.execute(sql)
        with file.open("wb") as out:
            while rows := found.fetchmany(BATCH):
                marshal.dump(rows, out)

    def load(self, folder: Path) -> None:
        self._execute("BEGIN IMMEDIATE")
        for table in TABLES:
            for rows in _batches(folder / table):
                self._execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows=rows)
        self._execute("COMMIT")

    def rewrite(self, file: Path) -> None:
        self._execute("BEGIN IMMEDIATE")
        for rows in _batches(file):
            self._execute(f"UPDATE store_person SET {' = ?, '.join(CHANGING)} = ? WHERE id = ?", rows=rows)
        self._execute("COMMIT")

    def _execute(self, sql: str, *, rows: list[Any] | None = None) -> None:
        with self.watch.phase("load"):
            if rows is None:
                self._database.execute(sql)
            else:
                self._database.executemany(sql, rows)


class Postgres(Driver):
    """psycopg; files hold what COPY says."""

    def __init__(self, address: str) -> None:
        self._database = psycopg.connect(address)
        super().__init__(backend=self._database.info.backend_pid)

    def number(self, sql: str) -> int:
        found = self._database.execute(sql.encode()).fetchone()
        return int(found[0]) if found else 0

    def keep(self, sql: str, *, file: Path) -> None:
        with file.open("wb") as out, self._database.cursor().copy(f"COPY ({sql}) TO STDOUT".encode()) as copy:
            for block in copy:
                out.write(block)

    def load(self, folder: Path) -> None:
        for table in TABLES:
            self._copy(folder / table, to=table)
        with self.watch.phase("load"):
            self._database.commit()

    def rewrite(self, file: Path) -> None:
        columns = ", ".join((*CHANGING, "id"))
        self._execute(f"CREATE TEMPORARY TABLE t AS SELECT {columns} FROM store_person LIMIT 0")
        self._copy(file, to="t")
        self._execute("ANALYZE t")
        changes = ", ".join(f"{name} = t.{name}" for name in CHANGING)
        self._execute(f"UPDATE store_person p SET {changes} FROM t WHERE p.id = t.id")
        with self.watch.phase("load"):
            self._database.commit()

    def _copy(self, file: Path, *, to: str) -> None:
        into = f"COPY {to} FROM STDIN".encode()
        with file.open("rb") as rows, self.watch.phase("load"), self._database.cursor().copy(into) as copy:
            while block := rows.read(BLOCK):
                copy.write(block)

    def _execute(self, sql: str) -> None:
        with self.watch.phase("load"):
            self._database.execute(sql.encode())


def last_ids() -> None:
    """Tell the greatest id of every table."""
    driver = _driver()
    ids = {table: driver.number(f"SELECT coalesce(max(id), 0) FROM {table}") for table in TABLES}
    tell(driver.watch, ids=ids)


def keep(folder: str, above: Mapping[str, int]) -> None:
    """Write all rows with greater ids than these to the folder."""
    driver, at = _driver(), Path(folder)
    at.mkdir(parents=True, exist_ok=True)
    for table, order in TABLES.items():
        driver.keep(f"SELECT * FROM {table} WHERE id > {above[table]} ORDER BY {order}", file=at / table)
    people = driver.number(f"SELECT count(*) FROM store_person WHERE id > {above['store_person']}")
    tell(driver.watch, people=people)


def keep_changed(folder: str) -> None:
    """Write everybody whose version is not that of most people to the folder."""
    driver, at = _driver(), Path(folder)
    at.mkdir(parents=True, exist_ok=True)
    usual = "(SELECT version FROM store_person GROUP BY version ORDER BY count(*) DESC LIMIT 1)"
    columns = ", ".join((*CHANGING, "id"))
    driver.keep(f"SELECT {columns} FROM store_person WHERE version <> {usual} ORDER BY id", file=at / "changed")
    tell(driver.watch, people=driver.number(f"SELECT count(*) FROM store_person WHERE version <> {usual}"))


def load(folder: str) -> None:
    """Load the rows kept in the folder."""
    driver = _driver()
    driver.load(Path(folder))
    tell(driver.watch)


def rewrite(folder: str) -> None:
    """Write the changed people kept in the folder."""
    driver = _driver()
    driver.rewrite(Path(folder) / "changed")
    tell(driver.watch)


def _driver() -> Driver:
    address = os.environ["DATABASE_URL"]
    return SQLite(address) if address.startswith("sqlite") else Postgres(address)


def _batches(file: Path) -> Iterator[list[Any]]:
    with file.open("rb") as kept:
        while True:
            try:
                yield marshal.load(kept)  # noqa: S302 written by ourselves a moment ago
            except EOFError:
                return


if __name__ == "__main__":
    serve({"last_ids": last_ids, "keep": keep, "keep_changed": keep_changed, "load": load, "rewrite": rewrite})
