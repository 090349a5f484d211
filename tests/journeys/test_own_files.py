"""Files that Enlist writes are readable only by their owner, even in a folder that others can read."""

import os
import re
from pathlib import Path

import pytest

from tests.journeys.conftest import Site

LIST = "username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\ncy,Cy,Day,cy@example.org\nbob,,,\n"
DEPLOY = {"ENLIST_HTTPS": "1", "ENLIST_HOME": "var", "DJANGO_SETTINGS_MODULE": "enlist.project.settings"}


@pytest.fixture(autouse=True)
def _usual_umask() -> object:
    """Commands are started by a shell that lets others read what is written."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def opened(folder: Path) -> list[str]:
    """What others can read below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.lstat().st_mode & 0o077)


def used(site: Site) -> None:
    """A session of commands that write all kinds of files."""
    site.file("list.csv", text=LIST)
    (site.folder / "list.csv").chmod(0o600)
    for words in (
        ("init",),
        ("plan", "list.csv", "--save", "a.plan"),
        ("import", "list.csv", "--yes", "--failures", "failed.csv", "--set", "passwords=generate"),
        ("worker", "--until-empty"),
        ("import", "list.csv", "--yes", "--failures", "failed.xlsx"),
        ("people", "export", "--output", "people.csv"),
        ("people", "export", "--output", "people.xlsx"),
        ("show", "1", "--changes", "changes.csv"),
        ("backup", "all.backup"),
        ("people", "erase", "ann", "--confirm", "ann"),
        ("restore", "all.backup", "--yes"),
        ("worker", "--until-empty"),
    ):
        assert site.enlist(*words).code in (0, 6, 7), words


@pytest.mark.slow
def test_nothing_that_commands_write_can_be_read_by_others(site: Site) -> None:
    used(site)

    assert len(list((site.folder / "var" / "outbox").iterdir())) == 1
    assert {path.name for path in site.folder.iterdir()} >= {"a.plan", "failed.csv", "people.xlsx", "all.backup"}
    assert opened(site.folder) == []


@pytest.mark.slow
def test_what_others_could_read_is_closed_when_enlist_is_started_again(site: Site) -> None:
    used(site)
    for path in (site.folder, *site.folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)

    assert site.enlist("people", "list").code == 0

    assert opened(site.folder / "var") == []
    assert site.enlist("people", "export", "--output", "people.csv").code == 0
    assert (site.folder / "people.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="files of somebody else are made by an administrator")
def test_the_check_for_production_names_what_others_can_read(site: Site) -> None:
    used(site)
    home = site.folder / "var"
    known = [home / name for name in ("data_key", "erased.jsonl")]
    known += [next((home / "outbox").iterdir()), *home.glob("enlist*.sqlite3")]
    for path in (home, home / "outbox", *known):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.chown(path, 65_534, 65_534)

    checked = site.python("-m", "django", "check", "--deploy", **DEPLOY)

    told = re.findall(r"\(enlist\.W001\) Others can read (\S+)\.\n", checked.out + checked.err)
    assert sorted(told) == sorted(map(str, (home, home / "outbox", *known)))
