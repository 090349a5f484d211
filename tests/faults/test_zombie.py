"""A worker that stands still past its lease, and wakes up when another has done its work (R6)."""

import os
import signal
import subprocess
from contextlib import suppress

import pytest

from tests.faults.trial import IMPORT, WORK, Place, Said, sample, tried_all, wrong

# Seconds: a successor ends in less, unless the zombie keeps a file from it.
PATIENCE = 10


def waited(process: subprocess.Popen[str], *, patience: float | None = None) -> Said:
    """How a process ended."""
    out, err = process.communicate(timeout=patience)
    return Said(process.returncode, out, err)


def woken(place: Place, *, zombie: subprocess.Popen[str], worked: Place) -> list[str]:
    """Have another worker do the work of one that stands still, wake that one, and tell what does not hold."""
    successor = place.start(*WORK)
    with suppress(subprocess.TimeoutExpired):
        waited(successor, patience=PATIENCE)
    # Only where the zombie holds the lock of a file does its successor wait for it.
    kept = ["a successor waits"] if place.server and successor.poll() is None else []
    done = place.dump() if successor.poll() == 0 else None
    with suppress(ProcessLookupError):
        os.kill(zombie.pid, signal.SIGCONT)
    waited(zombie, patience=60)
    ended = waited(successor, patience=60)
    spoilt = ["written by the zombie"] if done and done != place.dump() else []
    return [*kept, *spoilt, *wrong(place, again=ended, wanted=0, undisturbed=worked)]


@pytest.mark.slow
def test_what_a_zombie_writes_is_refused(school: Place) -> None:
    handed_over = school.copy("handed-over")
    assert handed_over.enlist(*IMPORT, "--background").code == 0
    worked = handed_over.copy("worked")
    points = len(worked.points(*WORK))

    def trial(point: int) -> list[str]:
        place = handed_over.copy(f"zombie-{point}")
        zombie = place.start(f"stop:{point}", *WORK, module="tests.faults.dying")
        _, status = os.waitpid(zombie.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            zombie.returncode = os.waitstatus_to_exitcode(status)
        return woken(place, zombie=zombie, worked=worked)

    assert tried_all(sample(points, wanted=3), trial=trial) == {}
