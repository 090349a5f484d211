"""Sites for field cases: each case gets a database of its own, copied from one that was set up before.

`python -m tests.support.field_sites FOLDER` tries all cases of a folder, on SQLite and, if DATABASE_URL names a server,
on PostgreSQL, and prints a line a case and the totals.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from .field import Case

_SITE: Final = "field_case"
_FILES: Final = ("enlist.sqlite3", "enlist-operations.sqlite3")
# Makes the database of a case: the name of the one it is copied from.
Copy = Callable[[str], None]


def main(folder: Path) -> int:
    """Try all cases on each database, both at the same time; 1 if any fails."""
    if not list(folder.glob("*.json")):
        _say(f"There are no cases in {folder}.")
        return 1
    server = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as home:
        databases = {"SQLite": f"sqlite:///{home}/SQLite/{_FILES[0]}", **({"PostgreSQL": server} if server else {})}
        tried = {name: _started(folder, database=url, home=Path(home, name)) for name, url in databases.items()}
        results = {name: _result(process) for name, process in tried.items()}
    return _report(results)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _started(folder: Path, *, database: str, home: Path) -> subprocess.Popen[str]:
    home.mkdir()
    environment = {**os.environ, "DATABASE_URL": database, "ENLIST_HOME": str(home)}
    command = [sys.executable, "-m", "tests.support.field_sites", "--here", str(folder)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _result(process: subprocess.Popen[str]) -> dict[str, list[str]]:
    """By case, what is wrong with it."""
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"The trial itself failed with exit code {process.returncode}.")
    return dict(json.loads(out))


def _report(results: dict[str, dict[str, list[str]]]) -> int:
    names = next(iter(results.values()))
    failed = 0
    for name in names:
        wrong = {database: found[name] for database, found in results.items() if found[name]}
        failed += bool(wrong)
        _say(f"{'FAIL' if wrong else 'ok  '} {name}")
        if len({tuple(found[name]) for found in results.values()}) == 1:
            wrong = {"": next(iter(wrong.values()))} if wrong else {}
        for database, sentences in wrong.items():
            for sentence in sentences:
                _say(f"       {database}{': ' if database else ''}{sentence}")
    _say(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _try_here(folder: Path) -> dict[str, list[str]]:
    """Try all cases on the database of this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "enlist.project.settings"
    import django

    django.setup()
    from django.conf import settings

    from enlist.services.access import scope_of
    from enlist.services.setup.organization import organization_init

    from .field import cases_of, failures, set_up

    # Hashes that take no time: what is tried is which passwords are set.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    result: dict[str, list[str]] = {}
    with _copying() as (save, restore):
        organization_init(None)
        save("")
        ready = set[str]()
        for case in cases_of(folder):
            setup = _name(case)
            if setup not in ready:
                restore("")
                set_up(scope_of(None), case=case)
                save(setup)
                ready.add(setup)
            restore(setup)
            result[case.name] = failures(scope_of(None), case=case)
    return result


def _name(case: Case) -> str:
    """Cases with the same set-up share a copy of it."""
    from enlist.core.clean.key import fold

    return fold(json.dumps(case.setup, sort_keys=True))


@contextmanager
def _copying() -> Iterator[tuple[Copy, Copy]]:
    """How to save the database of this process under a name, and how to restore it."""
    from django.conf import settings
    from django.db import connections

    stored: dict[str, int] = {}
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        home = Path(database["NAME"]).parent

        def save(name: str) -> None:
            connections.close_all()
            saved = home / str(stored.setdefault(name, len(stored)))
            saved.mkdir()
            for file in _FILES:
                shutil.copy(home / file, saved / file)

        def restore(name: str) -> None:
            connections.close_all()
            for file in _FILES:
                shutil.copy(home / str(stored[name]) / file, home / file)

        yield save, restore
        return
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as server:

        def copy(old: str, new: str) -> None:
            connections.close_all()
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(new)))
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            server.execute(create.format(sql.Identifier(new), sql.Identifier(old)))

        copy("template1", _SITE)
        for alias in connections:
            connections[alias].settings_dict["NAME"] = _SITE
        yield (
            lambda name: copy(_SITE, f"{_SITE}{stored.setdefault(name, len(stored))}"),
            lambda name: copy(f"{_SITE}{stored[name]}", _SITE),
        )
        connections.close_all()


if __name__ == "__main__":
    if sys.argv[1] == "--here":
        _say(json.dumps(_try_here(Path(sys.argv[2]))))
    else:
        sys.exit(main(Path(sys.argv[1])))
