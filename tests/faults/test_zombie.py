"""A worker that hangs past its lease, and continues after another has done its job (R6, R14)."""

import os
import signal
import subprocess
from contextlib import suppress

import pytest

from tests.faults.trial import IMPORT, WORK, Place, Said, sample, tried_all, wanted, wrong

# Seconds. On SQLite a successor ends in less, unless the zombie holds the lock of the file.
PATIENCE = 10
# A server ends the zombie's session after 15 s in an open transaction (store/apps.py).
PATIENCE_ON_SERVER = 40
# The stretches of a worker's run in which another's rows could come between its look and its write.
WINDOWS = ("storing", "applying")


def waited(process: subprocess.Popen[str], *, patience: float | None = None) -> Said:
    """How a process ended."""
    out, err = process.communicate(timeout=patience)
    return Said(process.returncode, out, err)


def woken(place: Place, *, zombie: subprocess.Popen[str], worked: Place) -> list[str]:
    """Have another worker do the work of one that stands still, wake that one, and tell what does not hold."""
    successor = place.start(*WORK)
    with suppress(subprocess.TimeoutExpired):
        waited(successor, patience=PATIENCE_ON_SERVER if place.server else PATIENCE)
    # Only where the zombie holds the lock of a file does its successor wait for it.
    kept = ["a successor waits"] if place.server and successor.poll() is None else []
    done = place.dump() if successor.poll() == 0 else None
    with suppress(ProcessLookupError):
        os.kill(zombie.pid, signal.SIGCONT)
    waited(zombie, patience=60)
    ended = waited(successor, patience=60)
    spoilt = ["written by the zombie"] if done and done != place.dump() else []
    return [*kept, *spoilt, *wrong(place, again=ended, wanted=0, undisturbed=worked)]


@pytest.fixture(scope="module")
def handed_over(school: Place) -> Place:
    """An import in the queue, of which a part will wait for an approval, and which makes passwords."""
    place = school.copy("handed-over")
    assert place.enlist("limits", "--set", "update=0,0").code == 0
    assert place.enlist(*IMPORT, "--set", "passwords=generate", "--background").code == 0
    return place


@pytest.fixture(scope="module")
def worked(handed_over: Place) -> tuple[Place, list[str]]:
    """The same after an undisturbed run, and the points that this met."""
    place = handed_over.copy("worked")
    return place, place.points(*WORK)


@pytest.mark.slow
@pytest.mark.parametrize("window", WINDOWS)
def test_what_a_zombie_writes_is_refused(window: str, handed_over: Place, worked: tuple[Place, list[str]]) -> None:
    undisturbed, met = worked
    points = [number for number, told in enumerate(met, 1) if told.endswith(f", {window}")]

    def trial(number: int) -> list[str]:
        point = points[number - 1]
        place = handed_over.copy(f"{window}-{point}")
        zombie = place.start(f"stop:{point}", *WORK, module="tests.faults.dying")
        _, status = os.waitpid(zombie.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            zombie.returncode = os.waitstatus_to_exitcode(status)
        return [f"{met[point - 1]}: {bad}" for bad in woken(place, zombie=zombie, worked=undisturbed)]

    # In a long run all of them: there are about a hundred.
    assert tried_all(sample(len(points), count=wanted(daily=3)), trial=trial) == {}
