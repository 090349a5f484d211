"""Stored databases: filled sites of earlier versions, which every later version has to migrate.

`scripts/with_postgres.py python -m tests.support.stored_database FOLDER` stores one of this version for both databases;
CONTRIBUTING.md says when.
"""

import csv
import gzip
import io
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg

from tests.journeys.conftest import Site, new_site

STORED: Final = Path(__file__).parents[1] / "samples" / "stored"
FILES: Final = ("enlist.sqlite3", "enlist-operations.sqlite3")
KEPT: Final = ("data_key", "erased.jsonl")
HEAD: Final = "username,firstname,lastname,email"
UPDATE: Final = ("--set", "upload_type=add_and_update", "--set", "update_details=from_file")
FIRST: Final = f"""{HEAD},city,password,course1,role1,group1,cohort1,profile_field_house
ann,Ann,Lee,ann@example.org,Paris,Correct-horse-7,ART,student,Drawing,y7,Elm
bob,Bob,Ray,bob@example.org,Rome,Correct-horse-8,ART,teacher,,y7,Ash
cem,Cem,Kaya,cem@example.org,,Correct-horse-9,,,,,
eve,Eve,Fox,eve@example.org,,Correct-horse-6,ART,student,Drawing,y7,Elm
"""
SECOND: Final = f"""{HEAD},city,course1,group1,cohort1,profile_field_house,deleted
ann,Ann,Lee,ann@example.org,Oslo,MUSIC,Choir,y8,Ash,0
cem,Cem,Kaya,cem@example.org,,,,,,1
dee,Dee,Day,dee@example.org,Kyiv,ART,Drawing,y7,Elm,0
"""
THIRD: Final = f"{HEAD}\nfay,Fay,May,fay@example.org\n"
WAITING: Final = f"{HEAD}\ngus,Gus,Orr,gus@example.org\n"


def people(site: Site) -> list[dict[str, str]]:
    """Everybody, as an export has them."""
    return sorted(csv.DictReader(io.StringIO(site.enlist("people", "export").out)), key=lambda row: row["username"])


def imports(site: Site) -> dict[str, str]:
    """The states of all imports, by number."""
    return {str(each["number"]): each["state"] for each in json.loads(site.enlist("imports", "--json").out)}


def kind(site: Site) -> str:
    """Which database a site is on, as its folder is called."""
    return "postgresql" if site.database else "sqlite"


def filled(site: Site) -> dict[str, object]:
    """Fill a site: two imports, an undone one and one that waits for a worker; what is to be found in it again."""
    for words in (
        ("init", "--name", "Northfield"),
        ("courses", "add", "ART"),
        ("courses", "add", "MUSIC"),
        ("courses", "group", "ART", "Drawing"),
        ("courses", "group", "MUSIC", "Choir"),
        ("groups", "add", "Year 7", "idnumber=y7"),
        ("groups", "add", "Year 8", "idnumber=y8"),
        ("fields", "add", "house", "--kind", "choice", "--option", "Elm", "--option", "Ash"),
        ("import", site.file("first.csv", text=FIRST), "--yes", "--set", "passwords=column"),
        ("people", "set", "bob", "city=Oslo"),
        ("people", "erase", "eve", "--confirm", "eve"),
    ):
        _type(site, *words)
    before = people(site)
    _type(site, "import", site.file("second.csv", text=SECOND), "--yes", *UPDATE, "--set", "deletes=allow")
    _type(site, "import", site.file("third.csv", text=THIRD), "--yes")
    _type(site, "undo", "3", "--yes")
    _type(site, "import", site.file("waiting.csv", text=WAITING), "--yes", "--background")
    _type(site, "backup", "site.backup")
    return {"imports": imports(site), "people": people(site), "before": before}


def laid(site: Site, *, stored: Path) -> tuple[dict[str, str], list[dict[str, str]], list[dict[str, str]]]:
    """Lay a stored database where a new site has its own; its imports, its people, and those before import 2."""
    source, home = stored / kind(site), site.folder / "var"
    home.mkdir(mode=0o700)
    for name in KEPT:
        shutil.copy(source / name, home)
    shutil.copy(source / "site.backup", site.folder)
    if site.database:
        with psycopg.connect(site.database) as server:
            server.execute(gzip.decompress((source / "tables.sql.gz").read_bytes()))
    else:
        for name in FILES:
            (home / name).write_bytes(gzip.decompress((source / f"{name}.gz").read_bytes()))
    expected = json.loads((source / "expected.json").read_text("utf-8"))
    return expected["imports"], expected["people"], expected["before"]


def _store(site: Site, *, stored: Path) -> None:
    expected, target = filled(site), stored / kind(site)
    target.mkdir(parents=True)
    for name in KEPT:
        shutil.copy(site.folder / "var" / name, target)
    shutil.copy(site.folder / "site.backup", target)
    (target / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n", "utf-8")
    if site.database:
        (target / "tables.sql.gz").write_bytes(gzip.compress(_dumped(site.database), mtime=0))
        return
    for name in FILES:
        with closing(sqlite3.connect(site.folder / "var" / name)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (target / f"{name}.gz").write_bytes(gzip.compress((site.folder / "var" / name).read_bytes(), mtime=0))


def _dumped(database: str) -> bytes:
    """The tables as statements that every server from 15 on takes: without what pg_dump sets, and says to psql."""
    command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", database]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith((b"SET ", b"\\", b"--")))


def _type(site: Site, *words: str) -> None:
    done = site.enlist(*words)
    if done.code:
        raise SystemExit(f"enlist {' '.join(words)}\n{done.out}{done.err}")


def main() -> None:
    """Store both databases; DATABASE_URL leads to a server."""
    stored = STORED / sys.argv[1]
    for on_server in (False, True):
        with tempfile.TemporaryDirectory() as folder, new_site(Path(folder), on_server=on_server) as site:
            _store(site, stored=stored)


if __name__ == "__main__":
    main()
