"""Measured steps: each runs in a process of its own, which tells its times and its peak of memory as JSON."""

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
    """A step ended with an error; the message is the end of what it said."""


@dataclass
class Stopwatch:
    """Adds up the seconds of phases: wall time, the process's CPU time, and that with the server's that works for it.

    backend: the process of a PostgreSQL server on this machine, where there is one.
    """

    backend: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    all_cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what is done inside; the same name again adds to it."""
        wall, own, servers = time.perf_counter(), _cpu(), _cpu_of(self.backend)
        yield
        own, servers = _cpu() - own, _cpu_of(self.backend) - servers
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0.0) + own
        self.all_cpu[name] = self.all_cpu.get(name, 0.0) + own + servers


def tell(watch: Stopwatch, **more: Any) -> None:
    """Print what was measured, for `step` to read."""
    print(json.dumps({"seconds": watch.seconds, "cpu": watch.cpu, "all_cpu": watch.all_cpu, **more}))


def serve(steps: Mapping[str, Callable[..., None]]) -> None:
    """Do the step that the command line names, with its arguments as JSON."""
    steps[sys.argv[1]](**json.loads(sys.argv[2]))


def step(name: str, *, address: str, module: str = "benchmarks.steps", python: str = "", **arguments: Any) -> Told:
    """Run one step in a process of its own; what it told, and the `peak` of its memory in bytes. Raises StepFailed."""
    said, peak = _run([python or sys.executable, "-m", module, name, json.dumps(arguments)], address=address)
    return {**json.loads(said.splitlines()[-1]), "peak": peak}


def command(*arguments: str, address: str, fine: tuple[int, ...] = (0,)) -> Told:
    """Run Python with these arguments and measure it from its first breath to its last.

    fine: exit codes of what went well. Raises StepFailed for others.
    """
    watch = Stopwatch()
    with watch.phase("whole"):
        _, peak = _run([sys.executable, *arguments], address=address, fine=fine)
    return {"seconds": watch.seconds, "cpu": watch.cpu, "all_cpu": watch.all_cpu, "peak": peak}


def _run(arguments: list[str], *, address: str, fine: tuple[int, ...] = (0,)) -> tuple[str, int]:
    """Run a process to its end: what it printed, and the bytes of memory it took at most."""
    # Not above: a peer's environment has this module and no Enlist.
    from enlist.cli.main import ALLOCATOR

    # Nobody compiles Enlist anew at every start who installed it.
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
        # wait4 tells of this child alone; the module resource would tell of all there ever were.
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
    """Of another process, where the system tells it in /proc."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    ticks = stat.read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
