"""Measured steps: each runs in a process of its own, which prints its times and peak memory as JSON."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BENCH = ROOT / "var" / "bench"
SAID = 2_000

Told = dict[str, Any]


class StepFailed(Exception):
    """A step failed; the message is the end of its output."""


@dataclass
class Stopwatch:
    """Adds up the seconds of phases: wall time, the process's CPU time, and both processes' CPU time with a server.

    backend: the process of a PostgreSQL server on this machine, if there is one.
    """

    backend: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    all_cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure the code inside; the same name again adds to the phase."""
        wall, own, servers = time.perf_counter(), _cpu(), _cpu_of(self.backend)
        yield
        own, servers = _cpu() - own, _cpu_of(self.backend) - servers
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0.0) + own
        self.all_cpu[name] = self.all_cpu.get(name, 0.0) + own + servers


def tell(watch: Stopwatch, **more: Any) -> None:
    """Print the measurements for `step` to read."""
    print(json.dumps({"seconds": watch.seconds, "cpu": watch.cpu, "all_cpu": watch.all_cpu, **more}))


def serve(steps: Mapping[str, Callable[..., None]]) -> None:
    """Run the step of the command line, with its arguments as JSON."""
    steps[sys.argv[1]](**json.loads(sys.argv[2]))


def step(name: str, *, address: str, module: str = "benchmarks.steps", python: str = "", **arguments: Any) -> Told:
    """Run one step in its own process; its results, and the `peak` of its memory in bytes. Raises StepFailed."""
    output, peak = _run([python or sys.executable, "-m", module, name, json.dumps(arguments)], address=address)
    return {**json.loads(output.splitlines()[-1]), "peak": peak}


def command(*arguments: str, address: str, fine: tuple[int, ...] = (0,)) -> Told:
    """Run Python with these arguments, and measure the whole process.

    fine: exit codes that mean success. Raises StepFailed for others.
    """
    watch = Stopwatch()
    with watch.phase("whole"):
        _, peak = _run([sys.executable, *arguments], address=address, fine=fine)
    return {"seconds": watch.seconds, "cpu": watch.cpu, "all_cpu": watch.all_cpu, "peak": peak}


def _run(arguments: list[str], *, address: str, fine: tuple[int, ...] = (0,)) -> tuple[str, int]:
    """Run a process to its end: its output, and its peak memory in bytes."""
    # Not at the top: a peer's environment has this module, but not Enlist.
    from enlist.cli.main import ALLOCATOR

    # Use compiled files, as in an installed Enlist.
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {
        **ALLOCATOR,
        **own,
        "DATABASE_URL": address,
        "ENLIST_HOME": str(BENCH / "home"),
        "DJANGO_SETTINGS_MODULE": "enlist.project.settings",
    }
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=out, stderr=err)
        # wait4 is about this child alone; the module resource would include all earlier ones.
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode not in fine:
            raise StepFailed(err.read().strip()[-SAID:] or f"exit code {child.returncode}")
        return out.read(), used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(of.ru_utime + of.ru_stime for of in used)


def _cpu_of(process: int | None) -> float:
    """The CPU time of another process, if the system has it in /proc."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    ticks = stat.read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
