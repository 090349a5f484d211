"""A backup of everything, restored without people who were erased since."""

import hmac
import io
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.journeys.conftest import Site
from tests.support.next_version import NEXT_VERSION

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


def signed(site: Site, content: bytes) -> bytes:
    """A backup as only the holder of the key can make it."""
    own = (site.folder / "var" / "data_key").read_bytes()
    name, key = hmac.digest(own, b"name", "sha256").hex()[:8], hmac.digest(own, b"backups", "sha256")
    return content + f"\nenlist {name} {hmac.digest(key, content, 'sha256').hex()}\n".encode()


def manifest(site: Site, **changes: object) -> None:
    """Write all.backup again with other words in its manifest, or another file, as only the holder of the key can."""
    files = {name: content for name, content in changes.items() if isinstance(content, bytes)}
    words = {name: word for name, word in changes.items() if name not in files}
    made = io.BytesIO()
    with zipfile.ZipFile(site.folder / "all.backup") as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = files.get(name, old.read(name))
            new.writestr(name, json.dumps({**json.loads(content), **words}) if name == "manifest.json" else content)
    (site.folder / "changed.backup").write_bytes(signed(site, made.getvalue()))


def everything(site: Site) -> dict[str, list[str]]:
    """Every table of the directory, row by row, and the numbers that ids are taken from."""
    if site.database:
        with psycopg.connect(site.database) as server:
            names = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
            found = {name: server.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}
            found["numbers"] = server.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
    else:
        with closing(sqlite3.connect(site.folder / "var" / "enlist.sqlite3")) as file:
            names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            found = {name: file.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}
    left_out = ("operations_", "django_session", "django_migrations")
    return {name: sorted(map(repr, rows)) for name, rows in found.items() if not name.startswith(left_out)}


def going_on(site: Site, sql: str) -> list[tuple[object, ...]]:
    """The answer of the tables of what goes on at the moment; what is written to them stays."""
    if site.database:
        with psycopg.connect(site.database) as server:
            asked = server.execute(sql.encode())
            return asked.fetchall() if asked.description else []
    with closing(sqlite3.connect(site.folder / "var" / "enlist-operations.sqlite3")) as file, file:
        return file.execute(sql).fetchall()


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
    assert school.enlist("undo", "1", "--yes").code == 0


@pytest.mark.slow
def test_who_was_erased_since_stays_erased(school: Site) -> None:
    school.enlist("people", "set", "zenobia", "username=zenobia2")
    assert school.enlist("people", "erase", "zenobia2", "--confirm", "zenobia2").code == 0

    restored = school.enlist("restore", "all.backup", "--yes")

    assert (restored.code, usernames(school)) == (0, ["ann"])
    assert restored.out.splitlines()[1:] == [
        "People erased again: 1.",
        "People were erased since, so the files and open plans of 1 imports were left out.",
        "Everybody is signed out.",
    ]
    assert not [word for word in CANARY if word in kept(school)]
    assert school.enlist("restore", "all.backup", "--yes").code == 0
    assert usernames(school) == ["ann"]
    assert ((school.folder / "var") / "erased.jsonl").read_text().count("identity") == 1


@pytest.mark.slow
def test_on_a_new_machine_it_asks_for_who_was_erased(school: Site) -> None:
    school.enlist("people", "erase", "zenobia", "--confirm", "zenobia")
    shutil.move((school.folder / "var") / "erased.jsonl", school.folder / "kept-elsewhere.jsonl")

    for _ in ("no file at all", "the file of a new site"):
        refused = school.enlist("restore", "all.backup", "--yes")
        assert (refused.code, refused.err.splitlines()[-2][:57]) == (
            2,
            "Error: The file of erasures that belongs to this backup (",
        )
        school.enlist("backup", "new.backup")
    restored = school.enlist("restore", "all.backup", "--yes", "--erasures", "kept-elsewhere.jsonl")

    assert (restored.code, usernames(school)) == (0, ["ann"])
    assert school.enlist("restore", "all.backup", "--yes").code == 0
    assert usernames(school) == ["ann"]


def test_it_restores_if_the_person_confirms_that_nobody_was_erased(school: Site) -> None:
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
    assert (none.code, "isn't a signed backup made by Enlist" in none.err) == (3, True)
    assert (missing.code, missing.err) == (3, "Error: There is no file nowhere.backup.\nCheck the path.\n")
    assert unasked.code == 2
    assert twice.err == "Error: all.backup already exists.\nName a new file.\n"
    assert usernames(school) == before


def test_a_damaged_database_in_a_backup_is_refused(school: Site) -> None:
    if school.database:
        pytest.skip("about SQLite's files")
    with zipfile.ZipFile(school.folder / "all.backup") as old:
        data = bytearray(old.read("default.sqlite3"))
    data[4096 : 4096 * 8] = b"\xff" * 4096 * 7
    manifest(school, **{"default.sqlite3": bytes(data)})

    refused = school.enlist("restore", "changed.backup", "--yes")

    assert (refused.code, "The backup is damaged. Nothing was changed." in refused.err) == (3, True)
    assert usernames(school) == ["ann", "zenobia"]


@pytest.mark.slow
def test_a_backup_that_was_changed_or_cut_short_is_refused_before_anything_is_written(school: Site) -> None:
    whole, before = (school.folder / "all.backup").read_bytes(), everything(school)
    odd = [b"", whole[:-1], whole[: len(whole) // 2], whole[: -len(signed(school, b""))], whole[1:], whole + b"\n"]
    spots = (0, len(whole) // 3, len(whole) // 2, len(whole) - 100, len(whole) - 10)
    odd += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in spots]

    for content in odd:
        school.file("odd.backup", text=content)
        refused = school.enlist("restore", "odd.backup", "--yes")
        assert (refused.code, "othing was changed" in refused.err) == (3, True), refused

    assert everything(school) == before


def test_a_backup_of_another_site_is_refused_and_its_key_named(school: Site) -> None:
    before = everything(school)
    refused = school.enlist("restore", "all.backup", "--yes", ENLIST_KEY="another")
    key = (school.folder / "all.backup").read_bytes().split()[-2].decode()

    assert (refused.code, everything(school)) == (2, before)
    assert refused.err.startswith(f"Error: This backup was made under another key ({key}) than this site's (")


def test_nothing_of_a_backup_is_run(school: Site) -> None:
    old = {"format": 1, "version": "0.1.0", "made_at": "2026-01-01T00:00:00+00:00", "kind": "postgresql"}
    told = json.dumps({**old, "steps": [], "key": "0", "ledger": "0", "files": {"database.sql": "0"}})
    with zipfile.ZipFile(school.folder / "old.backup", "w") as new:
        new.writestr("manifest.json", told)
        new.writestr("database.sql", "\\! touch run\n")
    refused = school.enlist("restore", "old.backup", "--yes")
    odd = ["\\! touch run", "\\.", "\\copy x to program 'touch run'", "a\tb\\n", "\\N", "", "`touch run`", "'; DROP"]
    for number, text in enumerate(odd):
        school.file(f"{number}.csv", text=f'username,city,department\nann,"{text}",\n')
    school.enlist("people", "set", "ann", f"description={odd[0]}", f"department={odd[1]}", f"institution={odd[4]}")
    school.enlist("people", "set", "ann", f"address={odd[2]}", f"city={odd[6]}", f"phone1={odd[7]}")
    before = everything(school)
    made = school.enlist("backup", "odd.backup")
    restored = school.enlist("restore", "odd.backup", "--yes")
    after = everything(school)

    assert (refused.code, "isn't a signed backup made by Enlist" in refused.err) == (3, True)
    assert (made.code, restored.code, after["store_person"]) == (0, 0, before["store_person"])
    assert not (school.folder / "run").exists()


@pytest.mark.slow
def test_a_restore_brings_back_every_row_and_the_numbers_that_ids_are_taken_from(school: Site) -> None:
    school.enlist("people", "set", "ann", "city=Graz")
    before = everything(school)
    assert school.enlist("backup", "exact.backup").code == 0
    school.enlist("undo", "1", "--yes")
    assert everything(school) != before

    assert school.enlist("restore", "exact.backup", "--yes").code == 0

    after = everything(school)
    changed = {name for name in before if after[name] != before[name]}
    # That it was restored is in the log, under the next number.
    assert changed <= {"store_activity", "numbers", "sqlite_sequence"}
    assert set(before["store_activity"]) < set(after["store_activity"])
    assert len(after["store_activity"]) == len(before["store_activity"]) + 1
    assert school.enlist("import", school.file("c.csv", text=f"{HEAD}\ncy,C,D,cy@x.org\n"), "--yes").code == 0
    assert usernames(school) == ["ann", "cy", "zenobia"]


@pytest.mark.slow
def test_with_its_keys_it_is_restored_on_a_new_machine(school: Site, other: Site) -> None:
    before = everything(school)
    (other.folder / "var").mkdir(mode=0o700)
    for name in ("data_key", "erased.jsonl"):
        shutil.copy(school.folder / "var" / name, other.folder / "var" / name)
    shutil.copy(school.folder / "all.backup", other.folder)

    restored = other.enlist("restore", "all.backup", "--yes")

    assert (restored.code, usernames(other)) == (0, ["ann", "zenobia"])
    assert everything(other)["store_person"] == before["store_person"]


@pytest.mark.slow
def test_a_backup_of_tables_as_they_were_one_step_before_is_restored(school: Site) -> None:
    before = everything(school)["store_person"]

    upgraded = school.enlist("init", **NEXT_VERSION)
    restored = school.enlist("restore", "all.backup", "--yes", **NEXT_VERSION)

    assert (upgraded.code, upgraded.out.splitlines()[0]) == (0, "Created the tables.")
    assert (restored.code, everything(school)["store_person"]) == (0, [f"{row[:-1]}, 'none')" for row in before])
    assert school.enlist("init", **NEXT_VERSION).out.splitlines()[0] == "The tables are up to date."


SESSION = "INSERT INTO django_session VALUES ('{}', 'canary-session', '2099-01-01 00:00:00+00')"
FAILED_ATTEMPTS = (
    "INSERT INTO operations_failedattempts (key, in_minute, in_a_row, minute_start, last_attempt)"
    " VALUES ('canary-attempts', 9, 99, '2099-01-01 00:00:00+00', '2099-01-01 00:00:00+00')"
)
GOING_ON = (
    "django_session",
    "operations_failedattempts",
    "operations_lease",
    "operations_job",
)


@pytest.mark.slow
def test_what_goes_on_is_in_no_backup_and_ends_with_a_restore(school: Site) -> None:
    going_on(school, SESSION.format("before"))
    going_on(school, FAILED_ATTEMPTS)
    assert school.enlist("invitations", "link", "ann").code == 0
    school.file("e.csv", text=f"{HEAD}\neve,E,V,eve@example.org\n")
    assert school.enlist("import", "e.csv", "--yes", ENLIST_MAIL="smtp://127.0.0.1:9").code == 0
    school.file("d.csv", text=f"{HEAD}\ndee,D,E,dee@example.org\n")
    assert school.enlist("import", "d.csv", "--yes", "--background").code == 0
    assert school.enlist("backup", "later.backup").code == 0
    going_on(school, SESSION.format("since"))
    with zipfile.ZipFile(school.folder / "later.backup") as archive:
        awaiting = b"".join(archive.read(name) for name in archive.namelist())

    restored = school.enlist("restore", "later.backup", "--yes", "--json")

    assert not [word for word in (b"canary-session", b"canary-attempts", b"before") if word in awaiting]
    assert json.loads(restored.out)["cancelled"] == 1
    assert [name for name in GOING_ON if going_on(school, f"SELECT * FROM {name}")] == []
    assert "canary-session" not in kept(school)
    assert everything(school)["store_accounttoken"] == []
    # What wasn't sent when the backup was made may have been sent since.
    assert ["'dropped'" in mail for mail in everything(school)["store_mail"]] == [True]
    assert school.enlist("worker", "--until-empty").code == 0
    assert usernames(school) == ["ann", "eve", "zenobia"]


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


@pytest.mark.slow
def test_what_went_on_ends_though_a_restore_died_as_soon_as_it_was_in_force(school: Site) -> None:
    if school.database:
        pytest.skip("one transaction there")
    going_on(school, SESSION.format("before"))
    going_on(school, "PRAGMA wal_checkpoint(TRUNCATE)")
    place = school.folder / "var" / "enlist-operations.sqlite3"
    before = place.read_bytes()
    assert school.enlist("restore", "all.backup", "--yes").code == 0
    for beside in place.parent.glob(f"{place.name}-*"):
        beside.unlink()
    place.write_bytes(before)
    assert going_on(school, "SELECT session_key FROM django_session") == [("before",)]

    assert school.enlist("imports").code == 0

    assert going_on(school, "SELECT session_key FROM django_session") == []
    assert "canary-session" not in kept(school)
    going_on(school, SESSION.format("since"))
    assert school.enlist("imports").code == 0
    assert going_on(school, "SELECT session_key FROM django_session") == [("since",)]


def test_an_empty_file_of_a_process_that_died_is_removed_by_the_next_backup(site: Site) -> None:
    if site.database:
        pytest.skip("about SQLite's files")
    site.enlist("init")
    old, new = (site.folder / "var" / f".enlist-nameless-{name}" for name in ("old", "new"))
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))

    assert site.enlist("backup", "all.backup").code == 0

    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.slow
def test_it_needs_no_program_of_postgresql(school: Site) -> None:
    assert school.enlist("backup", "other.backup", PATH="/nowhere").code == 0
    assert school.enlist("restore", "other.backup", "--yes", PATH="/nowhere").code == 0
    assert usernames(school) == ["ann", "zenobia"]
