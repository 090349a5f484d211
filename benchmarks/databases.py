"""Databases to measure in, made and copied by name: files under var/bench, or on the server of DATABASE_URL."""

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
from enlist.project.database import beside

PEOPLES_TABLES = ("store_person", "store_enrolment", "store_coursegroupmember", "store_account")
PREFIX = "enlist_bench_"


class Databases(ABC):
    """One kind of database, and what a benchmark does with whole databases of that kind."""

    kind: str

    @abstractmethod
    def address(self, name: str) -> str:
        """What DATABASE_URL says of it."""

    @abstractmethod
    def make(self, name: str) -> None:
        """Make an empty one."""

    @abstractmethod
    def copy(self, name: str, *, to: str) -> None:
        """Copy one that nobody is connected to; one of that name goes."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Whether there is one of this name."""

    @abstractmethod
    def clear(self) -> None:
        """Drop all that were made for benchmarks."""

    @abstractmethod
    def settle(self, name: str) -> None:
        """Leave nothing to be done in the background, and tell the query planner what is there."""

    @abstractmethod
    def forbid(self, name: str) -> None:
        """From now on every write to a table of people is an error."""

    def school(self, name: str) -> None:
        """Make one with all tables and the organisation that rosters are written for."""
        self.make(name)
        step("school", address=self.address(name))
        self.settle(name)


class SQLite(Databases):
    """Files under var/bench."""

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
        """The database and its operations, with the files beside them."""
        found = (BENCH.glob(f"{Path(whole).name}*") for whole in (self._path(name), beside(str(self._path(name)))))
        return itertools.chain.from_iterable(found)


class Postgres(Databases):
    """Databases of the server that DATABASE_URL names."""

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
