"""A disk that is full: a sentence that names it, nothing half done, and all is well when there is space again (R2)."""

import pytest

from tests.faults.trial import FINE, KEYED, Place, half, tried_all, wrong

# Bytes that each file may have: from almost nothing to enough for all but the last pages.
SIZES = (4_096, 32_768, 131_072, 262_144, 400_000, 524_288, 700_000, 1_000_000)
# Rows enough to write more than the files have already.
ROWS = 1_500


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demo school in a file, and a longer list."""
    place = Place.new(tmp_path_factory.mktemp("disk") / "disk")
    rows = (f"new{n},New {n},Person,new{n}@northfield.example,York,HIST,Group {n % 7}" for n in range(ROWS))
    with (place.folder / "roster.csv").open("a") as file:
        file.write("\n".join(rows) + "\n")
    return place


@pytest.mark.slow
def test_a_full_disk_is_told_and_nothing_is_half_done(school: Place) -> None:
    whole = school.copy("whole")
    assert whole.enlist(*KEYED).code == FINE
    codes = []

    def trial(size: int) -> list[str]:
        place = school.copy(f"full-{size}")
        first = place.hit(f"full:{size}", *KEYED)
        codes.append(first.code)
        untold = [] if first.code == FINE or "disk" in first.err else [f"told: {first}"]
        broken = half(place, undisturbed=whole, before=school)
        again = place.enlist(*KEYED)
        return [*untold, *broken, *wrong(place, again=again, wanted=FINE, undisturbed=whole)]

    assert tried_all(list(SIZES), trial=trial) == {}
    # Neither were all too small nor all large enough.
    assert set(codes) == {5, FINE}
