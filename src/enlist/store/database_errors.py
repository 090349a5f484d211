"""Problems: what a database says when it cannot be used, in words that tell what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EIO, ENOSPC
from typing import Any, Final

from django.db import connection
from django.db.utils import DataError, Error, IntegrityError

from enlist.core.errors import (
    DatabaseGone,
    DatabaseLocked,
    DatabaseProblem,
    EnlistError,
    OlderTables,
    PlanError,
    StalePlan,
)

_SET_UP: Final = ("The database is not set up, or older than this version of Enlist.", "Run `enlist init`.")
_LOCKED: Final = (
    "The database is locked: another program is writing to it; nothing was applied.",
    "Try again when it is done.",
)
_DISK_FULL: Final = (
    "The disk is full: there is no space for temporary files; nothing was applied.",
    "Free some space, or name another folder by TMPDIR, and try again.",
)
_DISK_BROKEN: Final = ("The disk cannot be read or written; nothing was applied.", "Check the disk.")
_FULL: Final = ("The disk of the database is full; nothing was applied.", "Free some space and try again.")
_READ_ONLY: Final = (
    "The database can be read but not written; nothing was applied.",
    "Check who may write to it, and that it is no stand-by.",
)
_GONE: Final = (
    "The database server does not answer or went away.",
    "Check DATABASE_URL and the server; `enlist imports` tells whether an import was applied.",
)
_REFUSED: Final = ("The database server refuses this user or password.", "Check DATABASE_URL.")
_FORBIDDEN: Final = ("The database user may not do that; nothing was applied.", "Give it the rights to the tables.")
_MISSING: Final = ("The database or user that DATABASE_URL names does not exist.", "Create it, or check DATABASE_URL.")
_STOOD_STILL: Final = (
    "This process stood still while it wrote, so the database server undid that; nothing was applied.",
    "Try again.",
)
_BUSY: Final = ("The database is too busy; nothing was applied.", "Try again later.")

# Those that somebody waits for, or that say something of the caller's last word.
_KINDS: Final[dict[tuple[str, str], type[DatabaseProblem]]] = {
    _GONE: DatabaseGone,
    _LOCKED: DatabaseLocked,
    _SET_UP: OlderTables,
}

# What SQLite says (its result codes have no others to tell them apart through Django).
_SAYINGS: Final = {
    "database is locked": _LOCKED,
    "database table is locked": _LOCKED,
    "database or disk is full": _FULL,
    "readonly database": _READ_ONLY,
    "unable to open database file": (
        "The database file cannot be opened.",
        "Check that its folder exists and that you may write there.",
    ),
    "file is not a database": ("The database file is no SQLite database.", "Check DATABASE_URL and ENLIST_HOME."),
    "disk image is malformed": ("The database file is damaged; nothing was applied.", "Restore it from a backup."),
    "disk I/O error": ("The disk of the database cannot be read or written; nothing was applied.", "Check the disk."),
    "no such table": _SET_UP,
    "no such column": _SET_UP,
    # A connection that PostgreSQL refuses has no state either.
    "password authentication failed": _REFUSED,
    "no password supplied": _REFUSED,
    "does not exist": _MISSING,
}
# PostgreSQL's SQLSTATE classes and codes (its documentation, appendix A); the longer prefix is tried first.
_STATES: Final = {
    "53100": _FULL,
    "53": _BUSY,
    "25006": _READ_ONLY,
    "25P03": _STOOD_STILL,
    "3D000": _MISSING,
    "28": _REFUSED,
    "42P01": _SET_UP,
    "42703": _SET_UP,
    "42501": _FORBIDDEN,
    "55P03": _LOCKED,
    "40": _BUSY,
    "57": _GONE,
    "08": _GONE,
}

# A key that is taken, a row that is gone: SQLSTATE on PostgreSQL, the result code's name on SQLite.
_TAKEN: Final = ("23505", "23503", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_FOREIGNKEY")


@contextmanager
def clear_database_errors() -> Iterator[None]:
    """Turn what the database raises while a plan is applied into StalePlan, PlanError or DatabaseProblem.

    A key taken or a thing gone since the plan was made is StalePlan; a value the tables cannot hold is PlanError.
    """
    try:
        yield
    except IntegrityError as error:
        raise _broken_rule(error) from error
    except DataError as error:
        sentence = "The plan holds a value that the database cannot store; nothing was applied."
        raise PlanError(sentence, hint=_first_line(error)) from error
    except Error as error:
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from error


def problem_of(error: Exception) -> DatabaseProblem | None:
    """The problem behind an error, where it is one of the database or the disk that somebody can do something about."""
    if isinstance(error, OSError):
        found = _by_errno(error)
        return DatabaseProblem(found[0], hint=found[1]) if found else None
    driver: Any = connection
    if not isinstance(error, (Error, driver.Database.Error)):
        return None
    found = _by_state(error) or _by_saying(error) or _by_silence(error)
    if found is None:
        return None
    return _KINDS.get(found, DatabaseProblem)(found[0], hint=found[1])


def _by_errno(error: OSError) -> tuple[str, str] | None:
    """Polars raises an OSError without a number, which only says it."""
    known = {ENOSPC: _DISK_FULL, EDQUOT: _DISK_FULL, EIO: _DISK_BROKEN}
    said = next((number for number in known if f"os error {number})" in str(error)), None)
    return known.get(error.errno or said or 0)


def _by_state(error: Exception) -> tuple[str, str] | None:
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
    return next((_STATES[state[:n]] for n in (5, 2) if state[:n] in _STATES), None)


def _by_saying(error: Exception) -> tuple[str, str] | None:
    return next((words for saying, words in _SAYINGS.items() if saying in str(error)), None)


def _by_silence(error: Exception) -> tuple[str, str] | None:
    """A server that was never reached, or is no longer there, has no state to give."""
    return _GONE if connection.vendor == "postgresql" and type(error).__name__ == "OperationalError" else None


def _broken_rule(error: IntegrityError) -> EnlistError:
    cause: Any = error.__cause__
    if (getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)) in _TAKEN:
        return StalePlan(
            "A username, an address, a unique value or an enrolment was taken, or a course is gone, since this plan was"
            " made; nothing was applied.",
            hint="Make the plan anew.",
        )
    sentence = "The plan holds a value that the directory does not allow; nothing was applied."
    return PlanError(sentence, hint=_first_line(error))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
