"""Trials: a site, a fault, the usual recovery, and the invariants that must hold afterwards (I1 to I8 of the goals).

I1 the directory is as before the run or as after an undisturbed one, I2 every change has a record, I3 each person gets
one invitation, I4 no job stays open for ever, I5 reports are true, I6 acknowledged changes are there, I7 no files or
rows are left over, I8 the database is intact.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.server import Server

ROOT = Path(__file__).parents[2]
# A lease that runs out soon, so that a recovery takes seconds.
LEASE = "1"
# Readers of an SQLite database create files next to it for a moment, during which nobody may copy the folder.
_STILL = threading.Lock()
# As many trials at once as there are cores to run them.
AT_ONCE = 2
# At how many points the largest trials are hit; `make faults POINTS=500` for the long run, 0 for the daily one.
POINTS = int(os.environ.get("FAULT_POINTS", "0"))
# Which points these are, and which sequences are tried: another seed tries others.
SEED = int(os.environ.get("FAULT_SEED", "1"))
# What the test that runs has tried: points, and at how many of them something did not hold.
COUNTED: list[tuple[int, int]] = []
ROSTER = """username,firstname,lastname,email,city,course1,group1
solomiya.melnyk,Solomiya,Melnyk,solomiya.melnyk@northfield.example,Weston,MATH-10,Set C
ann.lee,Ann,Lee,ann.lee@northfield.example,York,HIST,Monday
bob.ray,Bob,Ray,bob.ray@northfield.example,York,HIST,New group
cy.day,Cy,,cy.day@northfield.example,York,,
nino.melashvili,Nino,Melashvili,nino.melashvili@northfield.example,York,,
"""
IMPORT = ("import", "roster.csv", "--set", "upload_type=add_and_update", "--set", "update_details=from_file", "--yes")
KEYED = (*IMPORT, "--key", "autumn", "--people", "0")
WORK = ("worker", "--until-empty")
# What the command leaves with where it did all it could: one row has an error.
FINE = 6

# The directory without what differs from run to run: ids, versions, moments.
DIRECTORY = {
    "people": "SELECT username, firstname, lastname, email, city, state, source FROM store_person ORDER BY username",
    "enrolments": "SELECT p.username, c.shortname, r.shortname, e.status FROM store_enrolment e"
    " JOIN store_person p ON p.id = e.person_id JOIN store_course c ON c.id = e.course_id"
    " JOIN store_role r ON r.id = e.role_id ORDER BY 1, 2, 3, 4",
    "members": "SELECT p.username, g.name FROM store_coursegroupmember m JOIN store_person p ON p.id = m.person_id"
    " JOIN store_coursegroup g ON g.id = m.course_group_id ORDER BY 1, 2",
    "imports": "SELECT number, kind, state, sha256 FROM store_import ORDER BY number",
    "plans": "SELECT i.number, a.kind, a.part, a.name, a.rows FROM store_artifact a JOIN store_import i"
    " ON i.id = a.import_id ORDER BY 1, 2, 3, 4",
    "secrets": "SELECT i.number, s.line, s.state FROM store_secret s JOIN store_import i ON i.id = s.import_id"
    " ORDER BY 1, 2",
}
FILES = ("enlist.sqlite3", "enlist-operations.sqlite3")
# What pg_amcheck asks.
CHECK_INDEXES = (
    "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE a.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid"
)
CHECK_HEAPS = (
    "SELECT c.relname, v.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
    " LATERAL verify_heapam(c.oid) v WHERE c.relkind = 'r' AND n.nspname = 'public'"
)
OPEN_JOBS = "SELECT kind, state, phase FROM operations_job WHERE state IN ('queued', 'running')"


def wanted(*, daily: int, part: float = 1) -> int:
    """How many points to try: so many in the daily run, that part of POINTS in the long one."""
    return max(2, round(POINTS * part)) if POINTS else daily


def sample(points: int, *, count: int) -> list[int]:
    """That many of the points 1 … points, the same for the same seed: the first and the last among them."""
    some = random.Random(SEED).sample(range(2, points), min(count, points) - 2)
    return [1, *sorted(some), points]


@dataclass(frozen=True)
class Said:
    """What a command left with and said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """A site in a folder of its own, whose temporary files stay there too; on SQLite, or in a server's database."""

    folder: Path
    server: Server | None = None

    def copy(self, name: str) -> Place:
        """The same site in another folder, to be spoilt."""
        return self.copy_to(self.folder.with_name(name))

    def copy_to(self, other: Path) -> Place:
        """The same site in that folder."""
        with _STILL:
            shutil.copytree(self.folder, other)
        if self.server:
            self.server.tell(f'CREATE DATABASE "{Place(other).database}" TEMPLATE "{self.database}"')
        return Place(other, self.server)

    def remove(self) -> None:
        """Make room for another."""
        shutil.rmtree(self.folder)

    @property
    def database(self) -> str:
        """Its database on the server, where it has one."""
        return f"{self.folder.parent.name}-{self.folder.name}"

    @classmethod
    def bare(cls, folder: Path, *, server: Server | None = None) -> Place:
        """A folder, or a database, with nothing in it."""
        folder.mkdir()
        if server:
            server.tell(f'CREATE DATABASE "{cls(folder).database}"')
        return cls(folder, server)

    @classmethod
    def new(cls, folder: Path, *, server: Server | None = None) -> Place:
        """The demo school, and a file that changes, creates, enrols, groups, and has an error."""
        place = cls.bare(folder, server=server)
        done = place.enlist("init", "--demo")
        assert done.code == 0, done
        (folder / "roster.csv").write_text(ROSTER)
        return place

    def lengthen(self, rows: int) -> None:
        """Write so many new people into its file."""
        new = (f"new{n},New {n},Person,new{n}@northfield.example,York,HIST,Group {n % 7}" for n in range(rows))
        with (self.folder / "roster.csv").open("a") as file:
            file.write("\n".join(new) + "\n")

    def start(
        self, *words: str, module: str = "enlist", stdin: int = subprocess.DEVNULL, **environment: str
    ) -> subprocess.Popen[str]:
        """Start `enlist` with these words."""
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-m", module, *words],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def enlist(self, *words: str, module: str = "enlist", **environment: str) -> Said:
        """Type `enlist` and these words, and wait for the end."""
        process = self.start(*words, module=module, stdin=subprocess.DEVNULL, **environment)
        out, err = process.communicate(timeout=120)
        return Said(process.returncode, out, err)

    def hit(self, fault: str, *words: str, **environment: str) -> Said:
        """The same, under a fault: `kill:17`."""
        return self.enlist(fault, *words, module="tests.faults.dying", **environment)

    def points(self, *words: str, **environment: str) -> list[str]:
        """Where a fault can hit these words, as an undisturbed run meets them."""
        log = self.folder / "met.txt"
        done = self.hit("count", *words, FAULT_LOG=str(log), **environment)
        assert done.code in (0, FINE), done
        met = log.read_text().splitlines()
        log.unlink()
        return met

    @property
    def environment(self) -> dict[str, str]:
        """Ours, led to this folder."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        named = {"DATABASE_URL": self.server.address(self.database)} if self.server else {}
        own = {
            "ENLIST_HOME": str(self.folder / "var"),
            "TMPDIR": str(temporary),
            "ENLIST_LEASE": LEASE,
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
        }
        return kept | named | own

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of the directory's database."""
        return self._rows(FILES[0], sql)

    def operated(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of the operations' database."""
        return self._rows(FILES[1], sql)

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """The directory and the records of what was done to it."""
        return {name: self.rows(sql) for name, sql in DIRECTORY.items()}

    def complaints(self) -> list[str]:
        """What is open, unsound or left over: nothing, where all is well (I4, I7, I8)."""
        jobs = [f"open: {job}" for job in self._rows(FILES[1], OPEN_JOBS)]
        files = () if self.server else FILES
        unsound = [f"{file}: {told}" for file in files for (told,) in self._rows(file, "PRAGMA integrity_check")]
        unsound += self._unsound() if self.server else []
        # Python tries a folder for temporary files with a file of its own, before it is ours.
        temporary = [
            path for path in (self.folder / "tmp").iterdir() if path.is_dir() or path.read_bytes() not in (b"", b"blat")
        ]
        left = [f"left over: {path.name}" for path in temporary]
        return [*jobs, *(told for told in unsound if not told.endswith(": ok")), *left]

    def _unsound(self) -> list[str]:
        """What PostgreSQL's own checks find: of each heap, and of each index that it holds each row once."""
        assert self.server
        with psycopg.connect(self.server.address(self.database), autocommit=True) as connection:
            # A server from a package of its own may have come without.
            if not connection.execute("SELECT FROM pg_available_extensions WHERE name = 'amcheck'").fetchall():
                return []
            connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
            try:
                connection.execute(CHECK_INDEXES)
            except psycopg.DatabaseError as error:
                return [f"index: {error}"]
            return [f"heap: {told}" for told in connection.execute(CHECK_HEAPS).fetchall()]

    def _rows(self, file: str, sql: str) -> list[tuple[Any, ...]]:
        if self.server:
            with psycopg.connect(self.server.address(self.database)) as connection:
                return connection.execute(sql.encode()).fetchall()
        with _STILL, closing(sqlite3.connect(self.folder / "var" / file)) as database:
            return database.execute(sql).fetchall()


def tried_all(points: list[int], *, trial: Callable[[int], list[str]], at_once: int = AT_ONCE) -> dict[int, list[str]]:
    """The points at which something does not hold, with what that is."""
    with ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(trial, points))
    failed = {point: bad for point, bad in zip(points, found, strict=True) if bad}
    COUNTED.append((len(points), len(failed)))
    return failed


def half(place: Place, *, undisturbed: Place, before: Place) -> list[str]:
    """What says that an import is neither there nor not there (I1)."""
    now, whole, none = place.dump(), undisturbed.dump(), before.dump()
    directory = ("people", "enrolments", "members")
    is_whole = all(now[name] == whole[name] for name in directory)
    is_none = all(now[name] == none[name] for name in directory)
    return [] if is_whole or is_none else ["half applied"]


def wrong(place: Place, *, again: Said, wanted: int, undisturbed: Place) -> list[str]:
    """What does not hold after the recovery (I1, I2, I4, I5, I7, I8)."""
    now, whole = place.dump(), undisturbed.dump()
    differ = [f"{name} differ: {now[name]}" for name in whole if now[name] != whole[name]]
    return [*([f"recovery: {again}"] if again.code != wanted else []), *differ, *place.complaints()]
