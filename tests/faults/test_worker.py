"""A worker is stopped by a signal, and watched by another process."""

import os
import signal

import pytest

from tests.faults.trial import IMPORT, WORK, Place, wrong


@pytest.fixture(scope="module")
def handed_over(school: Place) -> Place:
    """The school with an import in the queue."""
    place = school.copy("handed-over")
    assert place.enlist(*IMPORT, "--background").code == 0
    return place


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_stops_on_a_signal(told: signal.Signals, school: Place) -> None:
    worker = school.start("worker")
    assert worker.stderr
    assert worker.stderr.readline() == "Waiting for jobs.\n"

    worker.send_signal(told)

    assert worker.communicate(timeout=30) == ("", "")
    assert worker.returncode == 0


@pytest.mark.slow
def test_a_stopped_worker_puts_its_job_back_into_the_queue(handed_over: Place) -> None:
    worked = handed_over.copy("worked")
    met = worked.points(*WORK)
    place = handed_over.copy("told-to-leave")
    worker = place.start(f"stop:{len(met) // 2}", *WORK, module="tests.faults.dying", ENLIST_LEASE="60")
    os.waitpid(worker.pid, os.WUNTRACED)

    worker.send_signal(signal.SIGTERM)
    worker.send_signal(signal.SIGCONT)
    worker.communicate(timeout=60)

    assert worker.returncode == 0
    waiting = place.enlist("imports", "--json").out
    assert '"state": "queued"' in waiting
    assert wrong(place, again=place.enlist(*WORK), wanted=0, undisturbed=worked) == []


@pytest.mark.slow
def test_an_import_in_work_is_watched_until_it_is_done(handed_over: Place) -> None:
    place = handed_over.copy("watched")
    watching = place.start("imports", "--watch")
    assert watching.stdout
    first = watching.stdout.readline()

    assert place.enlist(*WORK).code == 0

    told, complaints = watching.communicate(timeout=60)
    assert (first, complaints, watching.returncode) == ("Import 1 (roster.csv): queued\n", "", 0)
    assert told.splitlines()[-1] == (
        "Import 1 (roster.csv): applied: people updated: 1, people created: 3, enrolments: 3,"
        " course group memberships: 2"
    )
