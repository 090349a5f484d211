"""Every database problem is one clear sentence, and nothing is half applied."""

import sqlite3
from contextlib import closing

import psycopg
import pytest

from tests.journeys.conftest import Answer, Site

ROSTER = "username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n"


def test_a_missing_server_is_reported(site: Site) -> None:
    answer = site.enlist("people", "list", DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")

    assert answer == Answer(
        5,
        "",
        "Error: The database server doesn't answer.\n"
        "Check DATABASE_URL and the server. `enlist imports` shows whether an import was applied.\n",
    )


def test_a_file_that_is_not_a_database_is_reported(site: Site) -> None:
    site.file("roster.sqlite3", text=ROSTER * 100)

    answer = site.enlist("people", "list", DATABASE_URL="sqlite:///roster.sqlite3")

    assert answer == Answer(
        5, "", "Error: The database file isn't an SQLite database.\nCheck DATABASE_URL and ENLIST_HOME.\n"
    )


def test_a_missing_folder_is_reported(site: Site) -> None:
    answer = site.enlist("people", "list", DATABASE_URL="sqlite:///nowhere/enlist.sqlite3")

    assert answer == Answer(
        5,
        "",
        "Error: The database file can't be opened.\nCheck that its folder exists and that you may write there.\n",
    )


@pytest.mark.parametrize("address", ["oracle://host/x", "mysql://host/x", "nonsense", "postgres://host:port/x"])
def test_an_invalid_database_address_is_reported(address: str, site: Site) -> None:
    answer = site.enlist("people", "list", DATABASE_URL=address)

    assert answer == Answer(
        2,
        "",
        "Error: DATABASE_URL isn't the address of a PostgreSQL or SQLite database.\n"
        "For example postgres://user@host:5432/enlist or sqlite:////folder/enlist.sqlite3.\n",
    )


def test_a_home_that_cannot_be_created_is_reported(site: Site) -> None:
    site.file("home", text="a file, not a folder")

    answer = site.enlist("people", "list", ENLIST_HOME="home")

    assert answer == Answer(
        2,
        "",
        f"Error: {site.folder / 'home'} can't be used: File exists.\n"
        "ENLIST_HOME names the folder where Enlist keeps its files.\n",
    )


@pytest.mark.slow
def test_a_locked_database_is_reported_and_nothing_is_applied(site: Site) -> None:
    site.enlist("init")
    file = site.file("roster.csv", text=ROSTER)
    if site.database:
        pytest.skip("about SQLite: PostgreSQL's writers do not lock each other out")
    with closing(sqlite3.connect(site.folder / "var" / "enlist.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        address = f"sqlite:///{site.folder}/var/enlist.sqlite3?timeout=1"
        answer = site.enlist("import", file, "--yes", DATABASE_URL=address)

    assert (answer.code, answer.err.splitlines()[-2:]) == (
        5,
        [
            "Error: The database is locked, because another program is writing to it. Nothing was applied.",
            "Try again when it is done.",
        ],
    )
    assert site.enlist("people", "list") == Answer(0, "", "Nobody.\n")


def test_a_read_only_database_is_reported_and_nothing_is_applied(site: Site) -> None:
    site.enlist("init")
    file = site.file("roster.csv", text=ROSTER)
    if not site.database:
        pytest.skip("about PostgreSQL: SQLite's files are read-only by the system's rights")
    with psycopg.connect(site.database, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{server.info.dbname}" SET default_transaction_read_only = on')

    answer = site.enlist("import", file, "--yes")

    assert (answer.code, answer.err.splitlines()[-2:]) == (
        5,
        [
            "Error: The database can be read but not written. Nothing was applied.",
            "Check who may write to it, and that it isn't a stand-by.",
        ],
    )
    assert site.enlist("people", "list") == Answer(0, "", "Nobody.\n")


def test_debug_shows_where_it_happened(site: Site) -> None:
    answer = site.enlist("--debug", "people", "list", DATABASE_URL="sqlite:///nowhere/enlist.sqlite3")

    assert answer.code == 1
    assert answer.err.startswith("Traceback (most recent call last):")
    assert "unable to open database file" in answer.err
