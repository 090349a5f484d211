"""A full disk: a clear sentence, nothing half done, and everything works when there is space again (R2)."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.trial import FINE, KEYED, Place, half, tried_all, wrong

# Bytes that each file may have: from almost nothing to more than any of them needs.
SIZES = (4_096, 32_768, 131_072, 262_144, 400_000, 700_000, 1_000_000, 16_000_000)
# Rows enough to write more than the files have already.
ROWS = 1_500
# Bytes that a disk of 20 MB has left for the import.
LEFT = (65_536, 1_000_000, 2_000_000, 6_000_000)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demo school in a file, and a longer list."""
    place = Place.new(tmp_path_factory.mktemp("disk") / "disk")
    place.lengthen(ROWS)
    return place


@pytest.mark.slow
def test_a_full_disk_is_reported_and_nothing_is_half_done(school: Place) -> None:
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 20 MB."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(tmp_path)], check=False, capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"a disk can be mounted by root on Linux only: {made.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.mark.slow
def test_a_disk_that_fills_up_is_reported_and_works_when_there_is_space_again(school: Place, small_disk: Path) -> None:
    whole = school.copy("whole-of-disk")
    assert whole.enlist(*KEYED).code == FINE
    codes = []

    def trial(left: int) -> list[str]:
        place = school.copy_to(small_disk / "site")
        filler = small_disk / "filler"
        disk = os.statvfs(small_disk)
        filler.write_bytes(b"\0" * (disk.f_bavail * disk.f_frsize - left))
        first = place.enlist(*KEYED)
        codes.append(first.code)
        untold = [] if first.code == FINE or "disk" in first.err else [f"told: {first}"]
        filler.unlink()
        broken = half(place, undisturbed=whole, before=school)
        again = place.enlist(*KEYED)
        problems = [*untold, *broken, *wrong(place, again=again, wanted=FINE, undisturbed=whole)]
        place.remove()
        return problems

    assert tried_all(list(LEFT), trial=trial, at_once=1) == {}
    assert set(codes) == {5, FINE}
