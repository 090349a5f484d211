"""A series of measurements on one kind of database, and its results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.databases import Databases
from benchmarks.measure import BENCH, StepFailed, Told, command, step

Samples = dict[tuple[str, int], list[Told]]


@dataclass(frozen=True)
class Size:
    """The size of the measurements: people in the largest and the huge roster (0: none), and the number of runs."""

    rows: int
    huge: int
    runs: int


@dataclass
class Bench:
    """The measurements on one kind of database.

    samples: the results of each run, by label and number of rows. failures: why a step has no result.
    """

    databases: Databases
    size: Size
    wanted: frozenset[str]
    say: Callable[[str], None]
    samples: Samples = field(default_factory=lambda: defaultdict(list))
    failures: dict[tuple[str, int], str] = field(default_factory=dict)

    def wants(self, *codes: str) -> bool:
        """Whether one of these figures is wanted."""
        return bool(self.wanted.intersection(codes))

    def take(self, name: str, *, rows: int, at: str, label: str = "", **arguments: Any) -> None:
        """Measure a step on a database, and store the result under the label."""
        self._keep((label or name, rows), run=partial(step, name, address=self.databases.address(at), **arguments))

    def time(self, label: str, *arguments: str, rows: int, at: str, fine: tuple[int, ...] = (0,)) -> None:
        """Measure Python with these arguments, the whole process; `fine` as in `command`."""
        self._keep((label, rows), run=partial(command, *arguments, address=self.databases.address(at), fine=fine))

    def _keep(self, key: tuple[str, int], *, run: Callable[[], Told]) -> None:
        label, rows = key
        try:
            result = run()
        except StepFailed as error:
            self.failures[key] = str(error)
            self.say(f"{label} of {rows:,} failed: {error}")
            return
        self.samples[key].append(result)
        self.say(f"{label} of {rows:,}: {' + '.join(f'{k} {s:.2f} s' for k, s in result['seconds'].items())}")

    def ask(self, name: str, *, at: str, **arguments: Any) -> Told:
        """Run a step without measuring it."""
        return step(name, address=self.databases.address(at), **arguments)

    def roster(self, rows: int, *, variant: str = "new", first: int = 0) -> str:
        """The path of a roster, which is written if missing."""
        result = self.ask(
            "roster", at="school", module="benchmarks.make_roster", rows=rows, variant=variant, first=first
        )
        return str(result["path"])

    def folder(self, name: str) -> Path:
        """Where the floor's rows are stored."""
        return BENCH / f"{self.databases.kind}-{name}"
