"""A backup or restore killed at any point leaves no traces, and nothing half restored (R16)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.faults.trial import FILES, IMPORT, Place, half, sample, tried_all, wanted

BACKUP = ("backup", "all.backup")
RESTORE = ("restore", "all.backup", "--yes")
SESSION = "INSERT INTO django_session VALUES ('{}', 'data', '2099-01-01 00:00:00+00')"
SESSIONS = "SELECT session_key FROM django_session"
JOBS = "SELECT kind, state FROM operations_job"


def daily(school: Place) -> int:
    """How many points in the daily run."""
    return 6 if school.server else 24


def ask(place: Place, sql: str) -> list[tuple[object, ...]]:
    """The answer of the tables of what goes on at the moment; what is written to them stays."""
    if place.server:
        with psycopg.connect(place.server.address(place.database)) as connection:
            asked = connection.execute(sql.encode())
            return asked.fetchall() if asked.description else []
    with closing(sqlite3.connect(place.folder / "var" / FILES[1])) as file, file:
        return file.execute(sql).fetchall()


def files(place: Place) -> set[str]:
    """What lies about with something in it, but the databases and their logs."""
    found = [path for path in place.folder.rglob("*") if path.is_file() and path.stat().st_size]
    names = {str(path.relative_to(place.folder)) for path in found if path.read_bytes() != b"blat"}
    return {name for name in names if not Path(name).name.startswith(("enlist.sqlite3", "enlist-operations.sqlite3"))}


@pytest.mark.slow
def test_a_backup_killed_anywhere_is_whole_or_was_never_there(school: Place) -> None:
    before = files(school)
    counted = school.copy("backed-up")
    points = len(counted.points(*BACKUP))
    whole = files(counted)

    def trial(point: int) -> list[str]:
        place = school.copy(f"backing-up-{point}")
        place.hit(f"kill:{point}", *BACKUP)
        found = files(place) - {"var/erased.jsonl"}
        left = [] if found in (before, whole - {"var/erased.jsonl"}) else [f"left: {found - before}"]
        again = place.enlist("backup", "again.backup")
        name = "all.backup" if "all.backup" in found else "again.backup"
        restored = place.enlist("restore", name, "--yes")
        codes = [] if (again.code, restored.code) == (0, 0) else [f"{again} {restored}"]
        return [*left, *codes, *half(place, undisturbed=school, before=school), *place.complaints()]

    assert whole - before == {"all.backup", "var/erased.jsonl"}
    assert tried_all(sample(points, count=wanted(daily=daily(school), part=0.1)), trial=trial) == {}


@pytest.mark.slow
def test_a_restore_killed_anywhere_leaves_the_old_in_force_or_the_new(school: Place) -> None:
    changed = school.copy("changed")
    ask(changed, SESSION.format("before"))
    assert changed.enlist(*BACKUP).code == 0
    assert changed.enlist(*IMPORT).code == 6
    assert changed.enlist(*IMPORT, "--set", "update_details=fill_missing", "--background").code == 0
    ask(changed, SESSION.format("since"))
    old, going_on, lying_about = changed.dump(), (ask(changed, SESSIONS), ask(changed, JOBS)), files(changed)
    restored = changed.copy("restored")
    points = len(restored.points(*RESTORE))
    new = restored.dump()

    def trial(point: int) -> list[str]:
        place = changed.copy(f"restoring-{point}")
        place.hit(f"kill:{point}", *RESTORE)
        left = [] if files(place) == lying_about else [f"left: {files(place) ^ lying_about}"]
        # The next command uses Enlist itself.
        assert place.enlist("jobs").code == 0
        now, still = place.dump(), (ask(place, SESSIONS), ask(place, JOBS))
        is_one = (now, still) in ((old, going_on), (new, ([], [])))
        torn = [] if is_one else [f"half: {still} {[name for name in now if now[name] not in (old[name], new[name])]}"]
        again = place.enlist(*RESTORE)
        codes = [] if again.code == 0 else [f"again: {again}"]
        differ = [] if (place.dump(), ask(place, SESSIONS), ask(place, JOBS)) == (new, [], []) else ["not restored"]
        return [*left, *torn, *codes, *differ, *place.complaints()]

    assert len(going_on[0]) == 2
    assert len(going_on[1]) == 2
    assert new["people"] == school.dump()["people"] != old["people"]
    assert (ask(restored, SESSIONS), ask(restored, JOBS)) == ([], [])
    assert tried_all(sample(points, count=wanted(daily=daily(school), part=0.1)), trial=trial) == {}
