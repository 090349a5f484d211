"""The target figures P1 to P17 and P20, from the measurements; docs/performance.md explains each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any, Final

from benchmarks.bench import Bench, Samples, Size
from benchmarks.measure import Told
from benchmarks.scenarios import OF_MOODLE, OF_TANGLED, PASSWORDS, SMALL

CODES: Final = (*(f"P{number}" for number in range(1, 18)), "P20")
# The smallest size for P1 and P3: below, fixed costs are most of an import.
SMALLEST: Final = 100_000
MILLION: Final = 1_000_000
GB: Final = 1e9
MOODLES_RATE: Final = 20


@dataclass(frozen=True)
class Samplings:
    """The results of a series; LookupError says why one is missing.

    clock: how time is measured, as "seconds" of wall time or as "all_cpu" of all processes involved.
    """

    samples: Samples
    failures: dict[tuple[str, int], str]
    clock: str = "seconds"

    def runs(self, label: str, rows: int) -> list[Told]:
        """The result of each run."""
        key = (label, rows)
        if key in self.failures:
            raise LookupError(self.failures[key].splitlines()[-1])
        if not self.samples.get(key):
            raise LookupError(f"“{label}” of {rows:,} was not measured")
        return self.samples[key]

    def seconds(self, label: str, rows: int, phase: str = "") -> list[float]:
        """Each run's time, for one phase or for all."""
        return [t[self.clock][phase] if phase else sum(t[self.clock].values()) for t in self.runs(label, rows)]

    def peak(self, label: str, rows: int) -> float:
        """The most memory a process took, in GB."""
        return max(float(run["peak"]) for run in self.runs(label, rows)) / GB


@dataclass(frozen=True)
class Aim:
    """A target figure: what it is, for how many rows, its limit, and how it is computed from samples.

    of, phase: the step whose rows per second and memory are shown with it.
    """

    code: str
    what: str
    rows: int
    limit: float
    value: Callable[[Samplings], float]
    of: str = "import"
    phase: str = ""
    unit: str = "×"
    at_least: bool = False


@dataclass(frozen=True)
class Figure:
    """A target and its measured value, or None and the reason.

    by_cpu: the same ratio of CPU times, which other load on the machine affects less. per_second: rows. peak: GB of
    the process.
    """

    code: str
    what: str
    rows: int
    limit: float
    unit: str
    at_least: bool
    value: float | None = None
    by_cpu: float | None = None
    per_second: float | None = None
    peak: float | None = None
    why: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the figure is reached."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "met": self.met}


def figures(bench: Bench) -> list[Figure]:
    """The wanted figures of one kind of database."""
    found = Samplings(bench.samples, bench.failures)
    aims = aims_of(bench.size, kind=bench.databases.kind)
    return [_measured(aim, found=found) for aim in aims if bench.wants(aim.code)]


def _measured(aim: Aim, *, found: Samplings) -> Figure:
    same = {name: getattr(aim, name) for name in ("code", "what", "rows", "limit", "unit", "at_least")}
    try:
        return Figure(
            **same,
            value=aim.value(found),
            by_cpu=aim.value(replace(found, clock="all_cpu")) if aim.unit == "×" else None,
            per_second=aim.rows / median(found.seconds(aim.of, aim.rows, aim.phase)),
            peak=found.peak(aim.of, aim.rows),
        )
    except LookupError as error:
        return Figure(**same, why=str(error.args[0]))


def aims_of(size: Size, *, kind: str) -> list[Aim]:
    """P1 to P17 and P20 for these sizes and this kind of database."""
    n = size.rows
    first = [rows for rows in (n // 10, n) if rows >= SMALLEST or rows == n]
    return [
        *(_apply_aim(rows) for rows in first),
        *_into_many_aims(n // 10, many=n),
        *(_whole_aim(rows) for rows in first),
        Aim("P4", "CPU of planning, a row", n, 10, _cpu_a_row(n), phase="plan", unit="µs"),
        Aim("P5", "same file again / bare load", n, 0.9 if kind == "sqlite" else 0.45,
            lambda s: _over(s.seconds("again", n), s.seconds("bare", n)), of="again"),
        Aim("P6", "10 % changed, beyond P5 / writing the changed only", n, 1.5, _beyond(n), of="changed"),
        Aim("P7", "undo, plan included / apply", n, 0.8,
            lambda s: _over(s.seconds("undo", n), s.seconds("import", n, "apply")), of="undo"),
        *_growth_aims(n),
        *_memory_aims(size),
        Aim("P10", "plan of 100 rows, process / start of Python, Polars, Django", SMALL, 3,
            lambda s: _over(s.seconds("plan", SMALL), s.seconds("start", SMALL)), of="plan"),
        Aim("P11", "Django bulk_create / whole import", n, 3,
            lambda s: _over(s.seconds("bulk_create", n), s.seconds("import", n)), at_least=True),
        *(_import_export_aim(mode, rows=n // 10, limit=limit) for mode, limit in (("diff", 15), ("fastest", 3))),
        Aim("P13", f"rate / Moodle's recorded {MOODLES_RATE} people a second", OF_MOODLE, 200,
            lambda s: OF_MOODLE / median(s.seconds("like Moodle", OF_MOODLE)) / MOODLES_RATE,
            of="like Moodle", at_least=True),
        Aim("P14", "passwords of a file / hashing as many, bare", PASSWORDS, 1.2,
            lambda s: _over(s.seconds("passwords", PASSWORDS), s.seconds("argon2", PASSWORDS)), of="passwords"),
        Aim("P15", "CPU of planning where usernames are made and counted, a row", n, 10, _cpu_a_row(n, of="counted"),
            of="counted", phase="plan", unit="µs"),
        *(Aim("P16", f"plan of rows that depend on rows before, {variant}, CPU", OF_TANGLED, 3, _cpu(variant),
              of=variant, unit="s") for variant in ("tangled", "chain")),
        Aim("P17", "complete list, 1 % changed / same file again (P5)", n, 1.2,
            lambda s: _over(s.seconds("listed", n), s.seconds("again", n)), of="listed"),
        Aim("P20", "invitations queued with their import", n, 10 * n / 100_000,
            lambda s: median(s.seconds("invitations", n, "queue")), of="invitations", phase="queue", unit="s"),
        Aim("P20", "invitations sent by two workers, a second", n, 200,
            lambda s: n / median(s.seconds("invitations", n, "send")), of="invitations", phase="send", unit="/s",
            at_least=True),
    ]  # fmt: skip


def _apply_aim(rows: int) -> Aim:
    return Aim("P1", "apply of new people / bare load", rows, 1.2,
               lambda s: _over(s.seconds("import", rows, "apply"), s.seconds("bare", rows)), phase="apply")  # fmt: skip


def _whole_aim(rows: int) -> Aim:
    return Aim("P3", "whole import / bare load", rows, 1.3 if rows >= MILLION else 1.5,
               lambda s: _over(s.seconds("import", rows), s.seconds("bare", rows)))  # fmt: skip


def _into_many_aims(rows: int, *, many: int) -> list[Aim]:
    label = f"into {many:,}"
    return [
        Aim("P2", f"apply {label} / bare load {label}", rows, 1.3,
            lambda s: _over(s.seconds(label, rows, "apply"), s.seconds(f"bare {label}", rows)), of=label, phase="apply")
    ]  # fmt: skip


def _growth_aims(n: int) -> list[Aim]:
    few, many = f"into {n // 100:,}", f"into {n:,}"
    return [
        Aim("P8", f"time a row / time a row of {n // 10:,}", n, 1.3,
            lambda s: median(s.seconds("import", n)) / median(s.seconds("import", n // 10)) / 10),
        Aim("P8", f"whole import {many} / the same {few}", n // 100, 1.4,
            lambda s: _over(s.seconds(many, n // 100), s.seconds(few, n // 100)), of=many),
    ]  # fmt: skip


def _memory_aims(size: Size) -> list[Aim]:
    sizes = [(size.rows, 1.6), *([(size.huge, 3.5)] if size.huge else [])]
    return [Aim("P9", "peak memory", rows, limit, _peak(rows), unit="GB") for rows, limit in sizes]


def _import_export_aim(mode: str, *, rows: int, limit: float) -> Aim:
    return Aim("P12", f"django-import-export, {mode} / whole import", rows, limit,
               lambda s: _over(s.seconds(mode, rows), s.seconds("clean", rows)), of="clean", at_least=True)  # fmt: skip


def _peak(rows: int) -> Callable[[Samplings], float]:
    """All our steps that were measured with this many rows."""

    def value(found: Samplings) -> float:
        labels = [label for label in ("import", "again", "changed", "undo") if (label, rows) in found.samples]
        return max(found.peak(label, rows) for label in labels or ["import"])

    return value


def _cpu_a_row(rows: int, *, of: str = "import") -> Callable[[Samplings], float]:
    return lambda s: median(run["cpu"]["plan"] for run in s.runs(of, rows)) / rows * 1e6


def _cpu(of: str) -> Callable[[Samplings], float]:
    return lambda s: median(sum(run["cpu"].values()) for run in s.runs(of, OF_TANGLED))


def _beyond(rows: int) -> Callable[[Samplings], float]:
    """How much longer a changed file takes than an unchanged one, relative to the floor of its changes."""

    def value(found: Samplings) -> float:
        longer = [a - b for a, b in zip(found.seconds("changed", rows), found.seconds("again", rows), strict=True)]
        return _over(longer, found.seconds("rewrite", rows))

    return value


def _over(these: list[float], those: list[float]) -> float:
    """The median of the runs' ratios."""
    return median(a / b for a, b in zip(these, those, strict=True))
