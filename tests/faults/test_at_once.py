"""Imports at once: each is applied after the others or told that it was not, and the end is that of some order (R4)."""

from pathlib import Path

import pytest

from tests.faults.trial import POINTS, WORK, Place, Said

HEAD = "username,firstname,lastname,email,city"
CITY = "SELECT city FROM store_person WHERE username = 'solomiya.melnyk'"
NEW = "SELECT username FROM store_person WHERE username LIKE 'own%' ORDER BY username"
ORDER = "SELECT file_name FROM store_import WHERE state = 'applied' ORDER BY applied_at"
SETTINGS = ("--set", "upload_type=add_and_update", "--set", "update_details=from_file", "--yes")
# How many at once, in each round: `make faults` has 200 rounds, two in three of them typed.
QUEUED = [2 + n % 7 for n in range(POINTS * 2 // 15)] or [4]
TYPED = [2 + n % 7 for n in range(POINTS * 4 // 15)] or [4]
# Those who came too late, and were told: the directory changed, or another import is being applied.
TOLD = (4, 5)


def write_files(folder: Path, *, count: int) -> list[str]:
    """Files that all change one person and create one of their own."""
    names = [f"roster{n}.csv" for n in range(count)]
    for n, name in enumerate(names):
        same = f"solomiya.melnyk,Solomiya,Melnyk,solomiya.melnyk@northfield.example,City {n}"
        (folder / name).write_text(f"{HEAD}\n{same}\nown{n},Own,Person,own{n}@northfield.example,York\n")
    return names


def all_at_once(place: Place, commands: list[tuple[str, ...]]) -> list[Said]:
    """What commands say that are started together."""
    processes = [place.start(*words) for words in commands]
    ended = [process.communicate(timeout=200) for process in processes]
    return [Said(process.returncode, *said) for process, said in zip(processes, ended, strict=True)]


def check_is_serial(place: Place, *, applied: list[str]) -> None:
    """The end is as if those had been applied one after the other, in the order of their records."""
    order = [name for (name,) in place.rows(ORDER)]
    assert sorted(order) == sorted(applied)
    assert place.rows(CITY) == [(f"City {order[-1].removeprefix('roster').removesuffix('.csv')}",)]
    assert [name for (name,) in place.rows(NEW)] == sorted(f"own{name[6:-4]}" for name in applied)
    assert place.complaints() == []


@pytest.mark.slow
@pytest.mark.parametrize(("number", "count"), [*enumerate(QUEUED)])
def test_imports_handed_over_at_once_are_applied_one_after_the_other(school: Place, number: int, count: int) -> None:
    place = school.copy(f"queued-{number}")
    files = write_files(place.folder, count=count)

    handed = all_at_once(place, [("import", file, *SETTINGS, "--background") for file in files])
    worked = all_at_once(place, [WORK, WORK])

    assert [said for said in (*handed, *worked) if said.code] == []
    check_is_serial(place, applied=files)
    place.remove()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "count"), [*enumerate(TYPED)])
def test_imports_typed_at_once_are_applied_or_told_that_they_are_not(school: Place, number: int, count: int) -> None:
    place = school.copy(f"typed-{number}")
    files = write_files(place.folder, count=count)

    said = all_at_once(place, [("import", file, *SETTINGS) for file in files])

    assert [each for each in said if each.code not in (0, *TOLD) or "locked" in each.err] == []
    check_is_serial(place, applied=[file for file, each in zip(files, said, strict=True) if each.code == 0])
    place.remove()
