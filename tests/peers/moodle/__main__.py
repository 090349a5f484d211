"""`python -m tests.peers.moodle FILE.json…`: replay recorded cases on SQLite, and on PostgreSQL if available."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

from .run import Verdict


def main(paths: list[str]) -> int:
    """Print one line a case, then how many passed; 1 where something differs without a reason."""
    if not paths:
        sys.stderr.write("usage: python -m tests.peers.moodle FILE.json…\n")
        return 2
    failed = passed = 0
    for on_each in zip(*_on_all(paths), strict=True):
        failed += any(verdict.failures for _, verdict in on_each)
        passed += not any(verdict.failures for _, verdict in on_each)
        for line in _lines(on_each):
            sys.stdout.write(line + "\n")
    sys.stdout.write(f"{passed} passed, {failed} failed\n")
    return 1 if failed else 0


def _lines(on_each: tuple[tuple[str, Verdict], ...]) -> Iterator[str]:
    """One line, or one a database where they do not agree."""
    told = {verdict.told for _, verdict in on_each}
    if len(told) == 1:
        yield f"{on_each[0][1].name}: {told.pop()}"
    else:
        yield from (f"{verdict.name} on {database}: {verdict.told}" for database, verdict in on_each)


def _on_all(paths: list[str]) -> list[list[tuple[str, Verdict]]]:
    with TemporaryDirectory() as folder:
        found = [_on("SQLite", paths=paths, address=f"sqlite:///{folder}/replay.sqlite3", folder=folder)]
        server = os.environ.get("DATABASE_URL", "")
        if server.startswith("postgres"):
            with _own_database(server) as address:
                found.append(_on("PostgreSQL", paths=paths, address=address, folder=folder))
        return found


def _on(name: str, *, paths: list[str], address: str, folder: str) -> list[tuple[str, Verdict]]:
    where = {"DATABASE_URL": address, "ENLIST_HOME": folder, "DJANGO_SETTINGS_MODULE": "enlist.project.settings"}
    command = [sys.executable, "-m", "tests.peers.moodle.run", *(str(Path(path).resolve()) for path in paths)]
    done = subprocess.run(command, env=os.environ | where, stdout=subprocess.PIPE, text=True, check=True)
    told = (json.loads(line) for line in done.stdout.splitlines())
    return [(name, Verdict(case, tuple(reasons), tuple(failures))) for case, reasons, failures in told]


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    """A new, empty database on the server, dropped in the end."""
    import psycopg

    name = f"replay_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
