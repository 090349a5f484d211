"""Only the reviewed plan is applied, with a fault at any point of the worker (R13)."""

import os
import signal
from typing import Any

import pytest

from tests.faults.browsing import PERSON
from tests.faults.trial import WORK, Place, half, sample, tried_all, wanted, wrong

CITY = f"SELECT city FROM store_person WHERE username = '{PERSON}'"
STATE = "SELECT state FROM store_import"
OF_PEOPLE = ("people", "enrolments", "members")


def browse(place: Place, *words: str) -> str:
    """What somebody does on the pages, and what came of it."""
    done = place.enlist(*words, module="tests.faults.browsing")
    assert done.code == 0, done
    return done.out


def points(school: Place, *words: str) -> list[int]:
    """Where to hit it: a few in the daily run, for each is several processes."""
    return sample(len(school.points(*words)), count=wanted(daily=4 if school.server else 6))


@pytest.fixture(scope="module")
def previewed(school: Place) -> tuple[Place, str]:
    """An import that was planned and looked at, and the fingerprint of what was seen."""
    place = school.copy("previewed")
    return place, browse(place, "ada", "hand-in")


@pytest.fixture(scope="module")
def agreed(previewed: tuple[Place, str]) -> tuple[Place, str]:
    """The same, agreed to after a colleague changed a person of it: a worker has to plan it again."""
    place, shown = previewed[0].copy("agreed"), previewed[1]
    assert browse(place, "ben", "change", "Lviv") == "302"
    assert browse(place, "ada", "apply", shown) == "302"
    return place, shown


def hit(place: Place, *, point: int) -> None:
    """Kill a worker at a point; at every other point, stop it with a signal."""
    if point % 2:
        place.hit(f"kill:{point}", *WORK)
        return
    worker = place.start(f"stop:{point}", *WORK, module="tests.faults.dying")
    _, status = os.waitpid(worker.pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        worker.send_signal(signal.SIGTERM)
        worker.send_signal(signal.SIGCONT)
    else:
        worker.returncode = os.waitstatus_to_exitcode(status)
    worker.communicate(timeout=60)


def unseen(place: Place, *, city: str, before: Place) -> list[str]:
    """What says that a plan was committed that nobody had seen."""
    now, here, then = place.rows(CITY), place.dump(), before.dump()
    committed = [] if now == [(city,)] else [f"applied unseen: {now}"]
    # Beside the city, all is as it was when the plan was agreed to.
    return [*committed, *(f"{name} differ" for name in OF_PEOPLE if others(here[name]) != others(then[name]))]


def others(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows that aren't about the person that a colleague changes."""
    return [row for row in rows if PERSON not in row]


@pytest.mark.slow
def test_no_plan_is_applied_that_was_not_shown(agreed: tuple[Place, str]) -> None:
    place, shown = agreed
    worked = place.copy("worked")
    chosen = points(worked, *WORK)
    assert (worked.rows(CITY), worked.rows(STATE)) == ([("Lviv",)], [("planned",)])

    def trial(point: int) -> list[str]:
        tried = place.copy(f"agreed-{point}")
        hit(tried, point=point)
        early = unseen(tried, city="Lviv", before=place)
        meddled = browse(tried, "ben", "meddle", "Odesa")
        again = tried.enlist(*WORK)
        late = unseen(tried, city="Odesa", before=place)
        left = [] if again.code == 0 else [f"recovery: {again}"]
        seen, told = browse(tried, "ada", "go-on").split(" ")
        same = ["the stale plan is shown"] if seen == shown else []
        ended = tried.rows(STATE)
        # The colleague typed the same into the file once nobody was at work on it; else it stands as it was.
        city = "Odesa" if meddled.endswith(" 200") else "York"
        is_done = (told, ended, tried.rows(CITY)) == ("302", [("applied",)], [(city,)])
        done = [] if is_done else [f"not applied: {ended}"]
        return [*early, *late, *left, *same, *done, *tried.complaints()]

    assert tried_all(chosen, trial=trial) == {}


@pytest.mark.slow
def test_the_reviewed_plan_is_applied_whatever_happens_to_the_worker(previewed: tuple[Place, str]) -> None:
    place = previewed[0].copy("unchanged")
    assert browse(place, "ada", "apply", previewed[1]) == "302"
    worked = place.copy("applied")
    chosen = points(worked, *WORK)
    assert worked.rows(CITY) == [("York",)]

    def trial(point: int) -> list[str]:
        tried = place.copy(f"unchanged-{point}")
        hit(tried, point=point)
        broken = half(tried, undisturbed=worked, before=place)
        again = tried.enlist(*WORK)
        return [*broken, *wrong(tried, again=again, wanted=0, undisturbed=worked)]

    assert tried_all(chosen, trial=trial) == {}
