"""The figures of the web application: python -m benchmarks.web [--rows 1000000] [--database sqlite|postgresql|both].

A directory of this many people, created once and kept in var/bench (or on the server of DATABASE_URL), gets the roster
of a term later: it is uploaded, planned, viewed and edited with the requests that a browser would send. Page times are
the server's alone, from request to response. A file of 100 rows goes through a real browser from drop to result.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks import web_browser
from benchmarks.databases import Databases, Postgres, SQLite
from benchmarks.make_roster import Roster, written
from benchmarks.measure import StepFailed, Told, command, step
from enlist.cli.session import AWAITING, ROWS_FAILED

MEDIUM: Final = 100_000
GRID, FILTER, EDIT, PEOPLE = 100.0, 300.0, 150.0, 100.0
# The limit for each page in milliseconds; pages without a requirement have none.
GOALS: Final = {
    "grid page": GRID,
    "grid page of a filter": GRID,
    "grid page over a replacement in all rows": GRID,
    "filter by problem": FILTER,
    "rows with one problem": FILTER,
    "cell edit with its check": EDIT,
    "edit over a replacement in all rows": EDIT,
    "people": PEOPLE,
    "people by last name, further down": PEOPLE,
    "people, searched": PEOPLE,
    "people, nobody found": PEOPLE,
    "people who are inactive": PEOPLE,
    "people added manually": PEOPLE,
    "people of a role": PEOPLE,
    "people who never signed in": PEOPLE,
    "people an import made": PEOPLE,
    "people an import made, by e-mail": PEOPLE,
    "person": PEOPLE,
    "an open page asks for notices": 20.0,
}
TIMES_OF_PLAN: Final = 3.0
LARGEST_KB: Final = 150.0
MOST_GB: Final = 1.6


@dataclass(frozen=True)
class Line:
    """A figure: what it is, its value (and its CPU time, if measured), and its upper limit."""

    what: str
    value: float
    unit: str
    goal: float | None = None
    cpu: float | None = None

    def formatted(self) -> str:
        """As a line of a table."""
        value = f"{self.value:,.{0 if self.unit in ('ms', 'kB') else 2}f} {self.unit}"
        cpu = "" if self.cpu is None else f"{self.cpu:,.0f} ms CPU"
        goal = "" if self.goal is None else f"≤ {self.goal:,.4g} {self.unit}"
        met = "" if self.goal is None else "met" if self.value <= self.goal else "not met"
        return f"{self.what:<46}{value:>12}{cpu:>16}{goal:>14}  {met}".rstrip()


def main() -> None:
    """Measure, and print every figure with its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--no-browser", action="store_true", help="leave out what needs a browser")
    options = parser.parse_args()
    kinds: list[type[Databases]] = [SQLite] if options.database != "postgresql" else []
    kinds += [Postgres] if options.database != "sqlite" and "DATABASE_URL" in os.environ else []
    for databases in (kind() for kind in kinds):
        print(f"\n{options.rows:,} rows and people, {databases.kind}", flush=True)
        try:
            for line in _lines(databases, rows=options.rows, with_browser=not options.no_browser):
                print(line.formatted(), flush=True)
        except StepFailed as error:
            sys.exit(f"It failed: {error}")


def _lines(databases: Databases, *, rows: int, with_browser: bool) -> Iterator[Line]:
    at = _directory(databases, rows=rows)
    do = partial(step, module="benchmarks.web_steps", address=at)
    password = str(do("owner")["password"])
    yield from _pages(do("people", rows=rows))
    if with_browser:
        yield from _browsed(at, password=password)
    yield from _first_review(at, rows=min(MEDIUM, rows))
    draft = do("hand_in", path=str(written(Roster(rows, "changed"))))
    for phase, seconds in draft["seconds"].items():
        yield Line(f"the whole file: {phase}", seconds, "s")
    yield Line("memory of the process that reads and plans it", draft["peak"] / 1e9, "GB", MOST_GB)
    for looked in ("preview", "grid"):
        yield from _pages(do(looked, number=draft["number"], rows=rows))
    yield from _pages(do("crowd", rows=rows))
    again = do("hand_in", path=str(written(Roster(rows, "changed"))))
    yield from _pages(do("changed", number=again["number"]))


def _directory(databases: Databases, *, rows: int) -> str:
    """The address of a copy of a directory with this many people, which is created if missing."""
    full, work = f"web_{rows}", "web_work"
    if not databases.exists(full):
        databases.school("school")
        databases.copy("school", to=work)
        step("import", address=databases.address(work), path=str(written(Roster(rows, "clean"))))
        databases.settle(work)
        databases.copy(work, to=full)
    databases.copy(full, to=work)
    return databases.address(work)


def _pages(told: Told) -> Iterator[Line]:
    for name, asked in told["asked"].items():
        yield Line(name, asked["ms"], "ms", GOALS.get(name), asked["cpu"])
    yield Line(f"largest page ({told['largest_path']})", told["largest"] / 1e3, "kB", LARGEST_KB)
    yield Line("memory of the server's process", told["peak"] / 1e9, "GB", MOST_GB)


def _first_review(at: str, *, rows: int) -> Iterator[Line]:
    """The browser's way to the first page of the grid, compared with the command that plans the same file."""
    path = str(written(Roster(rows, "changed")))
    settings = ("upload_type=add_and_update", "update_details=from_file_and_defaults")
    words = [word for setting in settings for word in ("--set", setting)]
    plan = ("-m", "enlist", "plan", path, "--preset", "moodle", *words)
    planned = command(*plan, address=at, fine=(0, ROWS_FAILED, AWAITING))
    shown = step("hand_in", module="benchmarks.web_steps", address=at, path=path)
    ways = [sum(each["seconds"].values()) for each in (shown, planned)]
    yield Line(f"upload to review of {rows:,} rows", ways[0], "s")
    yield Line("… by the command's plan", ways[0] / ways[1], "×", TIMES_OF_PLAN)


def _browsed(at: str, *, password: str) -> Iterator[Line]:
    seen = web_browser.import_of_100(at, password=password)
    yield Line("clicks for 100 rows, from list to result", seen.clicks, "", 3)
    yield Line("waiting for 100 rows", seen.waited, "s", 2)
    yield Line("requests to other hosts", len(seen.elsewhere), "", 0)


if __name__ == "__main__":
    main()
