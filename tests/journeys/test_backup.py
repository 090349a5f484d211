"""Everything into one file and back, but those who were erased since."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.journeys.conftest import Site

HEAD = "username,firstname,lastname,email"
CANARY = ("zenobia", "palmyrene", "canary.example")


@pytest.fixture
def school(site: Site) -> Site:
    """Ann and the canary, and a backup of them."""
    site.enlist("init")
    site.file("list.csv", text=f"{HEAD}\nann,Ann,Lee,ann@example.org\nzenobia,Zenobia,Palmyrene,z@canary.example\n")
    site.enlist("import", "list.csv", "--yes")
    site.enlist("people", "set", "zenobia", "city=Tadmor")
    made = site.enlist("backup", "all.backup")
    assert (made.code, made.out[:12]) == (0, "all.backup: ")
    (site.folder / "list.csv").unlink()
    return site


def usernames(site: Site) -> list[str]:
    return [each["username"] for each in json.loads(site.enlist("people", "list", "--json").out)["people"]]


def kept(site: Site) -> str:
    """Everything that is kept but the backup, in lower case."""
    if site.database:
        return _dumped(site.database).lower()
    files = [path for path in site.folder.rglob("*") if path.is_file() and path.suffix != ".backup"]
    return "".join(path.read_bytes().decode("latin-1") for path in files).lower()


def _dumped(address: str) -> str:
    with psycopg.connect(address) as server:
        tables = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [row for (name,) in tables for row in server.execute(f'SELECT * FROM "{name}"').fetchall()]
    return "".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for row in rows for v in row)


def manifest(site: Site, **changes: object) -> None:
    """Write all.backup anew with other words in its manifest."""
    before, after = site.folder / "all.backup", site.folder / "changed.backup"
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), **changes}).encode()
            new.writestr(name, content)


@pytest.mark.slow
def test_a_restore_brings_everything_back_as_it_was(school: Site) -> None:
    before = school.enlist("people", "export").out
    school.enlist("people", "set", "ann", "city=Oslo")
    school.enlist("undo", "1", "--yes")

    restored = school.enlist("restore", "all.backup", "--yes", "--json")

    assert (restored.code, json.loads(restored.out)["erased_again"]) == (0, 0)
    assert school.enlist("people", "export").out == before
    assert "oslo" not in kept(school)
    assert [each["what"] for each in json.loads(school.enlist("activity", "--json").out)] == [
        "restored",
        "person_changed",
    ]
    assert school.enlist("undo", "1", "--yes").code == 7


@pytest.mark.slow
def test_who_was_erased_since_stays_erased(school: Site) -> None:
    school.enlist("people", "set", "zenobia", "username=zenobia2")
    assert school.enlist("people", "erase", "zenobia2", "--confirm", "zenobia2").code == 0

    restored = school.enlist("restore", "all.backup", "--yes")

    assert (restored.code, usernames(school)) == (0, ["ann"])
    assert restored.out.splitlines()[1:] == [
        "People erased again: 1.",
        "Somebody was erased since, so the files and open plans of 1 imports were left out.",
    ]
    assert not [word for word in CANARY if word in kept(school)]
    assert school.enlist("restore", "all.backup", "--yes").code == 0
    assert usernames(school) == ["ann"]
    assert ((school.folder / "var") / "erased.jsonl").read_text().count("identity") == 1


@pytest.mark.slow
def test_on_a_new_machine_it_asks_for_who_was_erased(school: Site) -> None:
    school.enlist("people", "erase", "zenobia", "--confirm", "zenobia")
    shutil.move((school.folder / "var") / "erased.jsonl", school.folder / "kept-elsewhere.jsonl")

    for _ in ("no file at all", "the file of a site that was begun anew"):
        refused = school.enlist("restore", "all.backup", "--yes")
        assert (refused.code, refused.err.splitlines()[-2][:72]) == (
            2,
            "Error: Whether somebody was erased since this backup was made cannot be ",
        )
        school.enlist("backup", "new.backup")
    restored = school.enlist("restore", "all.backup", "--yes", "--erasures", "kept-elsewhere.jsonl")

    assert (restored.code, usernames(school)) == (0, ["ann"])
    assert school.enlist("restore", "all.backup", "--yes").code == 0
    assert usernames(school) == ["ann"]


def test_it_restores_where_somebody_says_that_nobody_was_erased(school: Site) -> None:
    ((school.folder / "var") / "erased.jsonl").unlink()

    assert school.enlist("restore", "all.backup", "--yes", "--nobody-erased").code == 0
    assert usernames(school) == ["ann", "zenobia"]


@pytest.mark.slow
def test_it_refuses_what_it_cannot_restore_and_changes_nothing(school: Site) -> None:
    before = usernames(school)
    manifest(school, steps=["store 9999_flying"], version="7.0.0")
    newer = school.enlist("restore", "changed.backup", "--yes")
    manifest(school, kind="oracle")
    other = school.enlist("restore", "changed.backup", "--yes")
    manifest(school, files=dict.fromkeys(zipfile.ZipFile(school.folder / "all.backup").namelist()[1:], "0"))
    touched = school.enlist("restore", "changed.backup", "--yes")
    school.file("no.backup", text="no backup")
    none = school.enlist("restore", "no.backup", "--yes")
    missing = school.enlist("restore", "nowhere.backup", "--yes")
    unasked = school.enlist("restore", "all.backup")
    twice = school.enlist("backup", "all.backup")

    assert (newer.code, newer.err.splitlines()[0][:64]) == (
        2,
        "Error: This backup was made by a newer version of Enlist (7.0.0)",
    )
    assert (other.code, "This is a backup of oracle" in other.err) == (2, True)
    assert (touched.code, "was changed since it was made" in touched.err) == (3, True)
    assert (none.code, "is not a backup made by Enlist" in none.err) == (3, True)
    assert (missing.code, missing.err) == (3, "Error: There is no file nowhere.backup.\n")
    assert unasked.code == 2
    assert twice.err == "Error: all.backup is there already.\nName a new file.\n"
    assert usernames(school) == before


def test_a_damaged_database_in_a_backup_is_refused(school: Site) -> None:
    if school.database:
        pytest.skip("about SQLite's files")
    import hashlib

    with zipfile.ZipFile(school.folder / "all.backup") as archive:
        archive.extract("default.sqlite3", school.folder)
    damaged = school.folder / "default.sqlite3"
    data = bytearray(damaged.read_bytes())
    data[4096 : 4096 * 8] = b"\xff" * 4096 * 7
    damaged.write_bytes(data)
    with (
        zipfile.ZipFile(school.folder / "all.backup") as old,
        zipfile.ZipFile(school.folder / "bad.backup", "w") as new,
    ):
        told = json.loads(old.read("manifest.json"))
        told["files"]["default.sqlite3"] = hashlib.sha256(data).hexdigest()
        new.writestr("manifest.json", json.dumps(told))
        new.writestr("default.sqlite3", bytes(data))
        new.writestr("operations.sqlite3", old.read("operations.sqlite3"))

    refused = school.enlist("restore", "bad.backup", "--yes")

    assert (refused.code, "The backup is damaged; nothing was changed." in refused.err) == (3, True)
    assert usernames(school) == ["ann", "zenobia"]


def test_a_backup_is_for_its_owner_alone_and_holds_no_key(school: Site) -> None:
    file = school.folder / "all.backup"
    key = ((school.folder / "var") / "data_key").read_bytes()

    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        assert not any(key in archive.read(name) for name in archive.namelist())
    assert sorted(path.name for path in school.folder.iterdir() if path.name.startswith(".")) == []
    if not school.database:
        _is_whole(school.folder / "var")


def _is_whole(home: Path) -> None:
    for path in home.glob("*.sqlite3"):
        with closing(sqlite3.connect(path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_without_postgresqls_programs_it_says_what_to_install(school: Site) -> None:
    if not school.database:
        pytest.skip("about PostgreSQL's programs")

    answer = school.enlist("backup", "other.backup", PATH="/nowhere")

    assert (answer.code, answer.err.splitlines()) == (
        5,
        [
            "Error: pg_dump is not installed here, and PostgreSQL is backed up by it.",
            "Install PostgreSQL's client programs, of the server's version or a later one.",
        ],
    )
    assert not (school.folder / "other.backup").exists()
