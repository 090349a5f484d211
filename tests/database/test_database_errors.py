"""Database errors in sentences."""

import sqlite3
import tempfile
from collections.abc import Callable
from errno import EIO, ENOSPC
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from enlist.core.errors import DatabaseProblem
from enlist.store.database_errors import problem_of


def told(error: Exception) -> str:
    problem = problem_of(error)
    assert isinstance(problem, DatabaseProblem)
    return str(problem)


def raised(action: Callable[[], object]) -> OperationalError:
    """What Django makes of the driver's error."""
    try:
        action()
    except sqlite3.Error as error:
        wrapped = OperationalError(*error.args)
        wrapped.__cause__ = error
        return wrapped
    raise AssertionError("it worked")


def test_a_read_only_file_is_reported(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "x").execute("CREATE TABLE a (b)").connection.close()
    read_only = sqlite3.connect(f"file:{tmp_path / 'x'}?mode=ro", uri=True)

    error = raised(lambda: read_only.execute("INSERT INTO a VALUES (1)"))

    assert told(error) == (
        "The database can be read but not written. Nothing was applied. "
        "Check who may write to it, and that it isn't a stand-by."
    )
    read_only.close()


def test_a_full_disk_is_reported(tmp_path: Path) -> None:
    full = sqlite3.connect(tmp_path / "x")
    full.execute("PRAGMA max_page_count = 2")
    full.execute("CREATE TABLE a (b)")

    error = raised(lambda: full.execute("INSERT INTO a VALUES (zeroblob(100000))"))

    assert told(error) == "The disk of the database is full. Nothing was applied. Free some space and try again."
    full.close()


class Refusal(Exception):
    """What psycopg raises: an error with a state."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "beginning"),
    [
        ("53100", "The disk of the database is full"),
        ("53300", "The database is too busy"),
        ("25006", "The database can be read but not written"),
        ("55P03", "The database is locked"),
        ("40P01", "The database is too busy"),
        ("57P01", "The database server doesn't answer"),
        ("08006", "The database server doesn't answer"),
        ("28P01", "The database server refuses this user or password"),
        ("3D000", "The database or user that DATABASE_URL names doesn't exist"),
        ("42P01", "The database isn't set up"),
        ("42501", "The database user isn't allowed to do that"),
    ],
)
def test_states_of_postgresql_are_reported(state: str, beginning: str) -> None:
    """The states: PostgreSQL's documentation, appendix A."""
    error = OperationalError("…")
    error.__cause__ = Refusal(state)

    assert told(error).startswith(beginning)


def test_what_is_no_trouble_of_the_database_is_left_alone() -> None:
    assert problem_of(ValueError("database is locked")) is None
    assert problem_of(KeyError()) is None


@pytest.mark.django_db
def test_what_nobody_can_do_anything_about_is_left_alone() -> None:
    with pytest.raises(Exception) as error, connection.cursor() as cursor:  # noqa: PT011 either database's own
        cursor.execute("SELECT nonsense FROM (SELECT 1) AS x WHERE (")

    assert problem_of(error.value) is None


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(ENOSPC, "No space left on device"), "The disk for temporary files is full"),
        # As Polars says it.
        (OSError("No space left on device (os error 28)"), "The disk for temporary files is full"),
        (OSError(EIO, "Input/output error"), "The disk can't be read or written"),
    ],
)
def test_a_disk_error_outside_the_database_is_reported(error: OSError, sentence: str) -> None:
    problem = problem_of(error)

    assert problem
    assert problem.message == f"{sentence}. Nothing was applied."
    assert problem_of(OSError(13, "Permission denied")) is None


def test_a_missing_folder_for_temporary_files_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # What Python raises where it may write, or clean up, in none of the folders it knows.
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "away")])

    with pytest.raises(FileNotFoundError) as missing:
        tempfile.gettempdir()

    assert told(missing.value) == (
        "No folder for temporary files can be written to: their disk may be full or broken. Nothing was applied. "
        "Check the disk, or name another folder by TMPDIR, and try again."
    )
    assert problem_of(FileNotFoundError(2, "No such file or directory", "list.csv")) is None
