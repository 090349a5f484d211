"""Faults at the N-th system call, by strace: killed (R1), or an error as of a full or broken disk (R2).

Linux only. Elsewhere the points between Python and the driver are tried all the same (`test_kill.py`, `test_disk.py`).
"""

import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.trial import FINE, KEYED, SEED, Place, Said, half, tried_all, wanted, wrong

CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename"
# So many that there are more than 200 calls besides `write`.
ROWS = 300
COMMAND = (sys.executable, "-m", "enlist", *KEYED)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demo school in a file, and a list that fills enough of its pages."""
    place = Place.new(tmp_path_factory.mktemp("syscalls") / "syscalls")
    place.lengthen(ROWS)
    return place


@pytest.fixture(scope="module", autouse=True)
def _strace() -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is missing: `apt install strace` brings it (Linux only)")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace may not trace here: a container needs --cap-add=SYS_PTRACE")


def traced(place: Place, *options: str) -> Said:
    """The import, under strace."""
    done = subprocess.run(
        ["strace", "-f", "-qq", *options, *COMMAND],
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def points(place: Place, *, log: Path) -> list[tuple[str, int]]:
    """Every call of an undisturbed run: its name, and which of that name it is; in an order that its seed gives."""
    assert traced(place, "-e", f"trace={CALLS}", "-o", str(log)).code == FINE
    counts = Counter(found[1] for line in log.read_text(errors="replace").splitlines() if (found := CALL.match(line)))
    every = [(name, number) for name, count in sorted(counts.items()) for number in range(1, count + 1)]
    random.Random(SEED).shuffle(every)
    return every


CALL = re.compile(r"\d+ +(\w+)\(")


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["signal=KILL", "error=ENOSPC", "error=EIO"])
def test_hit_at_any_call_to_the_system_it_is_whole_or_nothing(fault: str, school: Place, tmp_path: Path) -> None:
    name = fault.partition("=")[2]
    whole = school.copy(f"whole-{name}")
    # `write` is nine times in ten how threads wake each other (an eventfd): a disk that fails does not fail those, and
    # threads that nobody wakes sleep for ever. What is written to files by `write`, `test_disk.py` has no room for.
    every = [point for point in points(whole, log=tmp_path / "calls") if name == "KILL" or point[0] != "write"]
    found = every[: wanted(daily=4 if name == "KILL" else 2, part=0.4)]

    def trial(number: int) -> list[str]:
        call, nth = found[number]
        place = school.copy(f"{name}-{number}")
        # A disk that is full stays so; a process dies once.
        when = f"when={nth}{'+' if name != 'KILL' else ''}"
        first = traced(place, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:{when}", "-o", "/dev/null")
        unkept = ["acknowledged, but not there"] if first.code == FINE and place.dump() != whole.dump() else []
        is_told = name == "KILL" or first.code == FINE or "disk" in first.err
        untold = [] if is_told else [f"told: {first}"]
        broken = half(place, undisturbed=whole, before=school)
        again = place.enlist(*KEYED)
        problems = [*unkept, *untold, *broken, *wrong(place, again=again, wanted=FINE, undisturbed=whole)]
        return [f"{call} {nth}: {problem}" for problem in problems]

    assert tried_all(list(range(len(found))), trial=trial) == {}
