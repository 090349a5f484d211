"""Killed at any point, an import is complete or didn't happen, and the usual recovery finishes it (R1)."""

import pytest

from tests.faults.trial import FINE, IMPORT, KEYED, WORK, Place, half, sample, tried_all, wanted, wrong

# Mails that workers will send.
MAILS = (
    "SELECT p.username, m.purpose, m.edition, m.state, CASE WHEN m.sealed = '' THEN 0 ELSE 1 END"
    " FROM store_mail m JOIN store_person p ON p.id = m.person_id ORDER BY p.username, m.purpose"
)

# Of the points of a long run, those of each trial: with 500, that is 500 on SQLite; on a server, 200 of a worker.
PARTS = {"import": (0.4, 0.1), "worker": (0.4, 0.4), "mails": (0.2, 0.1)}


def points_of(trial: str, *, school: Place, points: int) -> list[int]:
    """Where this trial is hit."""
    of_file, of_server = PARTS[trial]
    daily = (3 if school.server else 8) if trial == "mails" else (5 if school.server else 20)
    return sample(points, count=wanted(daily=daily, part=of_server if school.server else of_file))


@pytest.mark.slow
def test_an_import_killed_anywhere_is_ended_by_asking_again(school: Place) -> None:
    counted = school.copy("counted")
    points = len(counted.points(*KEYED))

    def trial(point: int) -> list[str]:
        place = school.copy(f"killed-{point}")
        first = place.hit(f"kill:{point}", *KEYED)
        unkept = ["acknowledged, but not there"] if first.code == FINE and place.dump() != counted.dump() else []
        broken = half(place, undisturbed=counted, before=school)
        again = place.enlist(*KEYED)
        return [*unkept, *broken, *wrong(place, again=again, wanted=FINE, undisturbed=counted)]

    assert tried_all(points_of("import", school=school, points=points), trial=trial) == {}


@pytest.mark.slow
def test_what_a_worker_killed_anywhere_left_is_ended_by_another(school: Place) -> None:
    handed_over = school.copy("handed-over")
    assert handed_over.enlist(*IMPORT, "--background").code == 0
    worked = handed_over.copy("worked")
    points = len(worked.points(*WORK))

    def trial(point: int) -> list[str]:
        place = handed_over.copy(f"worker-killed-{point}")
        place.hit(f"kill:{point}", *WORK)
        broken = half(place, undisturbed=worked, before=handed_over)
        again = place.enlist(*WORK)
        return [*broken, *wrong(place, again=again, wanted=0, undisturbed=worked)]

    assert tried_all(points_of("worker", school=school, points=points), trial=trial) == {}


@pytest.mark.slow
def test_a_person_gets_one_password_to_be_mailed_whenever_it_is_killed(school: Place) -> None:
    generating = (*KEYED, "--set", "passwords=generate")
    counted = school.copy("mailed")
    points = counted.points(*generating)
    queued = counted.rows(MAILS)

    def trial(point: int) -> list[str]:
        place = school.copy(f"mailing-{point}")
        place.hit(f"kill:{point}", *generating)
        again = place.enlist(*generating)
        differ = [] if place.rows(MAILS) == queued else [f"mails: {place.rows(MAILS)}"]
        return [*differ, *wrong(place, again=again, wanted=FINE, undisturbed=counted)]

    assert queued == [(name, "one_time", 1, "due", 1) for name in ("ann.lee", "bob.ray", "solomiya.melnyk")]
    assert tried_all(points_of("mails", school=school, points=len(points)), trial=trial) == {}
