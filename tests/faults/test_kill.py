"""Killed anywhere: the import is whole or was never there, and asking again with its key ends it (R1)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.trial import FINE, IMPORT, ROSTER, Place, sample

KEYED = (*IMPORT, "--key", "autumn", "--people", "0")
# As many as there are cores to run them.
AT_ONCE = 2


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demo school and a file that changes, creates, enrols, groups, and has an error."""
    place = Place(tmp_path_factory.mktemp("kill") / "school")
    place.folder.mkdir()
    assert place.enlist("init", "--demo").code == 0
    (place.folder / "roster.csv").write_text(ROSTER)
    return place


@pytest.fixture(scope="module")
def undisturbed(school: Place) -> Place:
    """The school after an import that nothing disturbed."""
    place = school.copy("undisturbed")
    assert place.enlist(*KEYED).code == FINE
    return place


def violations(place: Place, *, first: int, undisturbed: Place, before: Place) -> Iterator[str]:
    """What does not hold after the recovery of a run that left with `first`."""
    if first == FINE and place.dump() != undisturbed.dump():
        yield "acknowledged, but not there"
    now = place.dump()
    if now["people"] not in (undisturbed.dump()["people"], before.dump()["people"]):
        yield "half applied"
    again = place.enlist(*KEYED)
    if again.code != FINE:
        yield f"asked again: {again}"
    yield from (f"{name} differ" for name, rows in undisturbed.dump().items() if rows != place.dump()[name])
    yield from place.complaints()


@pytest.mark.slow
def test_an_import_killed_anywhere_is_ended_by_asking_again(school: Place, undisturbed: Place) -> None:
    met = school.copy("counted").points(*KEYED)

    def tried(point: int) -> tuple[str, list[str]]:
        place = school.copy(f"killed-{point}")
        first = place.hit(f"kill:{point}", *KEYED)
        found = list(violations(place, first=first.code, undisturbed=undisturbed, before=school))
        return f"{point} {met[point - 1]}", found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried_points = list(pool.map(tried, sample(len(met), wanted=30)))

    assert {point: found for point, found in tried_points if found} == {}


@pytest.fixture(scope="module")
def handed_over(school: Place) -> Place:
    """The school with an import in the queue."""
    place = school.copy("handed-over")
    assert place.enlist(*IMPORT, "--background").code == 0
    return place


@pytest.mark.slow
def test_what_a_worker_killed_anywhere_left_is_ended_by_another(handed_over: Place) -> None:
    work = ("worker", "--until-empty")
    undisturbed = handed_over.copy("worked")
    met = undisturbed.points(*work)

    def tried(point: int) -> tuple[str, list[str]]:
        place = handed_over.copy(f"worker-killed-{point}")
        place.hit(f"kill:{point}", *work)
        half = place.dump()["people"] not in (undisturbed.dump()["people"], handed_over.dump()["people"])
        again = place.enlist(*work)
        differ = [name for name, rows in undisturbed.dump().items() if rows != place.dump()[name]]
        failed = [f"asked again: {again}"] if again.code else []
        return f"{point} {met[point - 1]}", [*(["half applied"] if half else []), *failed, *differ, *place.complaints()]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried_points = list(pool.map(tried, sample(len(met), wanted=20)))

    assert {point: found for point, found in tried_points if found} == {}
