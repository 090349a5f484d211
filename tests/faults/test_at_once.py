"""Imports at once: each is applied or refused, and the result is that of some order (R4)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.faults.trial import OPEN_JOBS, POINTS, SEED, WORK, Place, Said, tried_all
from tests.faults.visitor import Visitor
from tests.support.serving import free_address, served

HEAD = "username,firstname,lastname,email,city"
CITY = "SELECT city FROM store_person WHERE username = 'solomiya.melnyk'"
NEW = "SELECT username FROM store_person WHERE username LIKE 'own%' ORDER BY username"
ORDER = "SELECT number, file_name FROM store_import WHERE state = 'applied' ORDER BY applied_at"
SETTINGS = ("--set", "upload_type=add_and_update", "--set", "update_details=from_file", "--yes")
# Codes of imports that came too late: the directory changed, or another import is being applied.
TOLD = (4, 5)
# With which code a page tells the same.
STALE = 409
STATE = "SELECT state FROM store_import WHERE number = {}"
# Whose account the pages are opened with.
NAME = "tamar.beridze"
# Seconds until all background imports have ended.
PATIENCE = 120


def rounds(part: float) -> list[int]:
    """The rounds of a trial: one in the daily run, that part of POINTS in the long one."""
    return list(range(round(POINTS * part) or 1))


def count_of(number: int) -> int:
    """How many imports at once in this round: 2 to 8, of which the daily one has 4."""
    return 2 + (number + 2 * SEED) % 7


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


def not_serial(place: Place, *, applied: list[str], numbers: dict[int, str] | None = None) -> list[str]:
    """What says that it is not as if those had been applied one after the other, in the order of their records.

    numbers: the files of imports that pages were given as text.
    """
    order = [(numbers or {}).get(number, name) for number, name in place.rows(ORDER)]
    last = [(f"City {order[-1].removeprefix('roster').removesuffix('.csv')}",)] if order else place.rows(CITY)
    new = [name for (name,) in place.rows(NEW)]
    holds = {
        f"applied: {order}, acknowledged: {applied}": sorted(order) == sorted(applied),
        f"the last wins: {place.rows(CITY)}, {order}": place.rows(CITY) == last,
        f"each creates its own: {new}": new == sorted(f"own{name[6:-4]}" for name in applied),
    }
    return [*(said for said, is_so in holds.items() if not is_so), *place.complaints()]


@pytest.mark.slow
def test_background_imports_at_once_are_applied_one_after_the_other(school: Place) -> None:
    def trial(number: int) -> list[str]:
        place = school.copy(f"queued-{number}")
        files = write_files(place.folder, count=count_of(number))
        handed = all_at_once(place, [("import", file, *SETTINGS, "--background") for file in files])
        worked = all_at_once(place, [WORK, WORK])
        failed = [f"said: {said}" for said in (*handed, *worked) if said.code]
        problems = [*failed, *not_serial(place, applied=files)]
        place.remove()
        return problems

    assert tried_all(rounds(0.04), trial=trial, at_once=1) == {}


@pytest.mark.slow
def test_import_commands_at_once_are_applied_or_refused(school: Place) -> None:
    def trial(number: int) -> list[str]:
        place = school.copy(f"typed-{number}")
        files = write_files(place.folder, count=count_of(number))
        said = all_at_once(place, [("import", file, *SETTINGS) for file in files])
        failed = [f"said: {each}" for each in said if each.code not in (0, *TOLD) or "locked" in each.err]
        applied = [file for file, each in zip(files, said, strict=True) if each.code == 0]
        problems = [*failed, *not_serial(place, applied=applied)]
        place.remove()
        return problems

    assert tried_all(rounds(0.04), trial=trial, at_once=1) == {}


@pytest.fixture(scope="module")
def opened(school: Place) -> tuple[Place, str]:
    """The school, and the password of somebody of its team."""
    place = school.copy("opened")
    return place, place.enlist("team", "password", NAME, "--keep").out.split()[-1]


@pytest.mark.slow
def test_imports_by_pages_and_commands_at_once_are_applied_or_refused(
    opened: tuple[Place, str],
) -> None:
    """Every other file is imported page by page, by a worker; the others are typed meanwhile.

    A stale plan is made again: the person reviews the new one, and applies it.
    """
    school, password = opened

    def trial(number: int) -> list[str]:
        place, address = school.copy(f"mixed-{number}"), free_address()
        files = write_files(place.folder, count=count_of(number))
        with served(place, address=address), ThreadPoolExecutor(len(files)) as pool:
            visitors = [Visitor(address, name=NAME, password=password) for _ in files[::2]]
            pairs = zip(visitors, files[::2], strict=True)
            shown = [pool.submit(imported, visitor, place=place, file=file) for visitor, file in pairs]
            said = all_at_once(place, [("import", file, *SETTINGS) for file in files[1::2]])
            answers = [each.result() for each in shown]
        failed = [f"said: {each}" for each in said if each.code not in (0, *TOLD) or "locked" in each.err]
        failed += [f"page: {answer}" for answer in answers if isinstance(answer, str)]
        numbers = {got: file for got, file in zip(answers, files[::2], strict=True) if isinstance(got, int)}
        applied = [file for file, each in zip(files[1::2], said, strict=True) if each.code == 0]
        applied += numbers.values()
        problems = [*failed, *not_serial(place, applied=applied, numbers=numbers)]
        place.remove()
        return problems

    assert tried_all(rounds(0.2), trial=trial, at_once=1) == {}


def imported(visitor: Visitor, *, place: Place, file: str) -> int | str:
    """The number of an import by pages, when it is applied; or what pages may not say."""
    until = time.monotonic() + PATIENCE
    try:
        number = visitor.begin_import((place.folder / file).read_text(), key=file)
        while time.monotonic() < until:
            with suppress_told():
                visitor.apply(number)
            ended(place, number=number)
            if place.rows(STATE.format(number)) == [("applied",)]:
                return number
    except HTTPError as error:
        return f"{error.code} {error.url}: {error.read().decode()[-500:]}"
    return f"{place.rows(STATE.format(number))} in the end"


@contextmanager
def suppress_told() -> Iterator[None]:
    """A page may say in a sentence that something else came first."""
    try:
        yield
    except HTTPError as error:
        if error.code != STALE:
            raise


def ended(place: Place, *, number: int) -> None:
    """Wait until the work on an import has ended, or for too long: then it is among the complaints."""
    until = time.monotonic() + PATIENCE
    while place.operated(f"{OPEN_JOBS} AND import_number = {number}") and time.monotonic() < until:
        time.sleep(0.1)
