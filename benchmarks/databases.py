"""Databases for measurements, created and copied by name: files in var/bench, or on the server of DATABASE_URL."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.measure import BENCH, step
from enlist.project.database import operations_file

PEOPLES_TABLES = ("store_person", "store_enrolment", "store_coursegroupmember", "store_account")
PREFIX = "enlist_bench_"


class Databases(ABC):
    """One kind of database, with what benchmarks do with whole databases."""

    kind: str

    @abstractmethod
    def address(self, name: str) -> str:
        """The value of DATABASE_URL for it."""

    @abstractmethod
    def make(self, name: str) -> None:
        """Create an empty database."""

    @abstractmethod
    def copy(self, name: str, *, to: str) -> None:
        """Copy a database without connections, replacing one of that name."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""

    @abstractmethod
    def clear(self) -> None:
        """Drop all databases of benchmarks."""

    @abstractmethod
    def settle(self, name: str) -> None:
        """Finish all background work of the database, and update the query planner's statistics."""

    @abstractmethod
    def forbid(self, name: str) -> None:
        """Make every write to a table of people an error."""

    def school(self, name: str) -> None:
        """Create one with all tables and the organisation of the rosters."""
        self.make(name)
        step("school", address=self.address(name))
        self.settle(name)


class SQLite(Databases):
    """Files in var/bench."""

    kind = "sqlite"

    def address(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def make(self, name: str) -> None:
        self._drop(name)
        BENCH.mkdir(parents=True, exist_ok=True)

    def copy(self, name: str, *, to: str) -> None:
        self._drop(to)
        for file in self._files(name):
            shutil.copyfile(file, file.with_name(file.name.replace(name, to, 1)))

    def exists(self, name: str) -> bool:
        return self._path(name).exists()

    def clear(self) -> None:
        self._drop("*")

    def settle(self, name: str) -> None:
        with sqlite3.connect(self._path(name)) as connection:
            connection.execute("ANALYZE")
        with sqlite3.connect(self._path(name)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def forbid(self, name: str) -> None:
        with sqlite3.connect(self._path(name)) as connection:
            for table in PEOPLES_TABLES:
                for verb in ("INSERT", "UPDATE", "DELETE"):
                    connection.execute(
                        f"CREATE TRIGGER bench_{verb}_{table} BEFORE {verb} ON {table}"
                        f" BEGIN SELECT RAISE(ABORT, '{verb} on {table}'); END"
                    )
        connection.close()

    def _path(self, name: str) -> Path:
        return BENCH / f"{name}.sqlite3"

    def _drop(self, name: str) -> None:
        for file in self._files(name):
            file.unlink()

    def _files(self, name: str) -> Iterator[Path]:
        """The database and its operations, with SQLite's files for them."""
        found = (
            BENCH.glob(f"{Path(whole).name}*") for whole in (self._path(name), operations_file(str(self._path(name))))
        )
        return itertools.chain.from_iterable(found)


class Postgres(Databases):
    """Databases on the server of DATABASE_URL."""

    kind = "postgresql"

    def __init__(self) -> None:
        self._server = urlsplit(os.environ["DATABASE_URL"])

    def address(self, name: str) -> str:
        return self._server._replace(scheme="postgres", path=f"/{PREFIX}{name}").geturl()

    def make(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {PREFIX}{name}", f"CREATE DATABASE {PREFIX}{name}")

    def copy(self, name: str, *, to: str) -> None:
        self._execute(
            f"DROP DATABASE IF EXISTS {PREFIX}{to}",
            f"CREATE DATABASE {PREFIX}{to} TEMPLATE {PREFIX}{name} STRATEGY FILE_COPY",
            "CHECKPOINT",
        )

    def exists(self, name: str) -> bool:
        with psycopg.connect(self._server._replace(scheme="postgres").geturl()) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [PREFIX + name])
            return known.fetchone() is not None

    def clear(self) -> None:
        with psycopg.connect(self._server._replace(scheme="postgres").geturl()) as connection:
            known = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
            names = [name for (name,) in known.fetchall()]
        self._execute(*(f"DROP DATABASE {name}" for name in names))

    def settle(self, name: str) -> None:
        self._execute("VACUUM ANALYZE", "CHECKPOINT", at=name)

    def forbid(self, name: str) -> None:
        self._execute(
            "CREATE FUNCTION bench_forbidden() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '% on %', TG_OP, TG_TABLE_NAME; END $$",
            *(
                f"CREATE TRIGGER bench_forbidden BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                " EXECUTE FUNCTION bench_forbidden()"
                for table in PEOPLES_TABLES
            ),
            at=name,
        )

    def _execute(self, *statements: str, at: str = "") -> None:
        address = self.address(at) if at else self._server._replace(scheme="postgres").geturl()
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
