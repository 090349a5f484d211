"""A site of its own for each journey, and the command that a person types."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest


@dataclass(frozen=True)
class Answer:
    """What a command said: its exit code, its data (stdout) and its talk (stderr)."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Site:
    """An empty database and a folder: the journey's current folder, where Enlist keeps its files as well."""

    folder: Path
    database: str
    more: dict[str, str] = field(default_factory=dict)

    def enlist(self, *words: str, stdin: str = "", **environment: str) -> Answer:
        """Type `enlist` and these words."""
        return self.python("-m", "enlist", *words, stdin=stdin, **environment)

    def python(self, *words: str, stdin: str = "", **environment: str) -> Answer:
        """Type `python` and these words."""
        done = subprocess.run(
            [sys.executable, "-W", "error", *words],
            cwd=self.folder,
            env=self.environment | environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def typed(self, *words: str) -> str:
        """What a person sees at the terminal: data and talk as they come."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "enlist", *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout

    def file(self, name: str, *, text: str | bytes) -> str:
        """Put a file into the folder; its name."""
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    @property
    def environment(self) -> dict[str, str]:
        """Ours, less what would lead to another database, so that output looks alike everywhere."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        named = {"DATABASE_URL": self.database} if self.database else {}
        own = {"ENLIST_HOME": str(self.folder / "var"), "COLUMNS": "120", "NO_COLOR": "1"}
        return kept | named | own | self.more

    def with_environment(self, more: dict[str, str]) -> "Site":
        """The same site, whose commands are typed where the environment says more."""
        return replace(self, more=more)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site of this journey alone."""
    with new_site(tmp_path) as own:
        yield own


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Another site, on another machine."""
    with new_site(tmp_path_factory.mktemp("other")) as own:
        yield own


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo school, shared by the journeys of a module that change nothing."""
    with new_site(tmp_path_factory.mktemp("school")) as own:
        assert own.enlist("init", "--demo").code == 0
        yield own


@contextmanager
def new_site(folder: Path, *, on_server: bool | None = None) -> Iterator[Site]:
    """A site on the database of this run: an SQLite file of its own, or a database of its own on the server."""
    address = os.environ.get("DATABASE_URL", "")
    if on_server is None:
        on_server = address.startswith("postgres")
    if not on_server:
        yield Site(folder, "")
        return
    with _own_database(address) as own:
        yield Site(folder, own)


@contextmanager
def _own_database(address: str) -> Iterator[str]:
    """A new, empty database on the server of `address`, dropped at the end even if it is still in use."""
    name = f"journey_{uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
