"""Dumps: the whole database as files in a folder, and back from them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connection, connections

from enlist.core.errors import DatabaseProblem, FileError

SQL: Final = "database.sql"
# Seconds to wait for whoever is writing; a restore waits for everybody.
PATIENCE: Final = 20.0
_ENVIRONMENT: Final = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}
_OPTIONS: Final = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "service": "PGSERVICE"}
_EMPTY: Final = ("--command", "DROP SCHEMA public CASCADE", "--command", "CREATE SCHEMA public")


def kind() -> str:
    """Which database this is: sqlite or postgresql; a dump of one is none of the other."""
    return str(connection.vendor)


def dump(folder: Path) -> None:
    """Write the database into a folder, as it is at one moment, while others go on working. Raises DatabaseProblem."""
    if kind() == "sqlite":
        for alias in connections:
            connections[alias].ensure_connection()
            with closing(sqlite3.connect(folder / f"{alias}.sqlite3")) as copy:
                connections[alias].connection.backup(copy)
        return
    _run("pg_dump", "--format=plain", "--no-owner", "--no-privileges", f"--file={folder / SQL}")


@contextmanager
def prepared(folder: Path) -> Iterator[None]:
    """Work on a dump before it is in force: on SQLite on its files; `load` puts it in force.

    On PostgreSQL it is loaded first, for there is no other place for it. Raises DatabaseProblem, FileError.
    """
    if kind() != "sqlite":
        _run("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *_EMPTY, f"--file={folder / SQL}")
        connections.close_all()
        try:
            yield
        except Exception as error:
            raise DatabaseProblem(
                f"The backup is in place, but whoever was erased since may be back: {error}",
                hint="Run the same command again before anybody works with it.",
            ) from error
        return
    live = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    for alias in live:
        _check(folder / f"{alias}.sqlite3")
    try:
        _stand_in({alias: str(folder / f"{alias}.sqlite3") for alias in live})
        yield
    finally:
        _stand_in(live)
    for alias, name in live.items():
        with (
            closing(sqlite3.connect(folder / f"{alias}.sqlite3")) as copy,
            closing(sqlite3.connect(name, timeout=PATIENCE)) as place,
        ):
            copy.backup(place)


def _stand_in(names: Mapping[str, Any]) -> None:
    """Have Django work on other files of SQLite."""
    connections.close_all()
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as copy:
            ((told, *_), *_) = copy.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        told = str(error)
    if told != "ok":
        raise FileError("The backup is damaged; nothing was changed.", hint=f"SQLite says: {told}.")


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on our database. Raises DatabaseProblem where it is not here, or fails."""
    path = shutil.which(program)
    if path is None:
        raise DatabaseProblem(
            f"{program} is not installed here, and PostgreSQL is backed up by it.",
            hint="Install PostgreSQL's client programs, of the server's version or a later one.",
        )
    done = subprocess.run([path, "--no-password", *arguments], env=_environment(), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise DatabaseProblem(f"{program} failed; nothing was changed.", hint="".join(last))


def _environment() -> dict[str, str]:
    """Where the database is: in no argument, for those are seen by everybody on the machine."""
    known = connection.settings_dict
    place = {name: str(known[key]) for key, name in _ENVIRONMENT.items() if known.get(key)}
    options = {name: str(known["OPTIONS"][key]) for key, name in _OPTIONS.items() if known.get("OPTIONS", {}).get(key)}
    return {**os.environ, **place, **options, "PGOPTIONS": f"-c lock_timeout={PATIENCE:.0f}s"}
