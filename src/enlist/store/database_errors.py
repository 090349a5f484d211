"""Translates database errors into errors of the catalogue."""

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

# Problems that callers handle in a way of their own.
_KINDS: Final[dict[str, type[DatabaseProblem]]] = {
    "database_gone": DatabaseGone,
    "database_locked": DatabaseLocked,
    "tables_older": OlderTables,
}

# Parts of messages: Django passes on no result code of SQLite.
_MESSAGES: Final = {
    "database is locked": "database_locked",
    "database table is locked": "database_locked",
    "database or disk is full": "database_full",
    "readonly database": "database_read_only",
    "unable to open database file": "database_file_unopened",
    "file is not a database": "database_file_foreign",
    "disk image is malformed": "database_file_damaged",
    "disk I/O error": "database_disk_broken",
    "no such table": "tables_older",
    "no such column": "tables_older",
    # A connection that PostgreSQL refuses has no SQLSTATE either.
    "password authentication failed": "database_refused",
    "no password supplied": "database_refused",
    "does not exist": "database_missing",
}
# PostgreSQL's SQLSTATE classes and codes (its documentation, appendix A); the longer prefix is tried first.
_STATES: Final = {
    "53100": "database_full",
    "53": "database_busy",
    "25006": "database_read_only",
    "25P03": "transaction_timed_out",
    "3D000": "database_missing",
    "28": "database_refused",
    "42P01": "tables_older",
    "42703": "tables_older",
    "42501": "database_forbidden",
    "55P03": "database_locked",
    "40": "database_busy",
    "57": "database_gone",
    "08": "database_gone",
}

# A key that is taken, or a row that is gone: the SQLSTATE on PostgreSQL, the result code's name on SQLite.
_TAKEN: Final = ("23505", "23503", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_FOREIGNKEY")


@contextmanager
def clear_database_errors() -> Iterator[None]:
    """Turn database errors raised while a plan is applied into StalePlan, PlanError or DatabaseProblem.

    StalePlan: a key was taken, or a row deleted, since the plan was made. PlanError: the tables can't hold a value.
    """
    try:
        yield
    except IntegrityError as error:
        raise _broken_rule(error) from error
    except DataError as error:
        raise PlanError("plan_value_unstorable", reason=_first_line(error)) from error
    except Error as error:
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from error


def problem_of(error: Exception) -> DatabaseProblem | None:
    """The database or disk problem behind an error, if it is one that a person can fix."""
    if isinstance(error, OSError):
        full_or_broken = _by_errno(error)
        return DatabaseProblem(full_or_broken) if full_or_broken else None
    driver: Any = connection
    if not isinstance(error, (Error, driver.Database.Error)):
        return None
    found = _by_state(error) or _by_message(error) or _by_missing_state(error)
    if found is None:
        return None
    return _KINDS.get(found, DatabaseProblem)(found)


def _by_errno(error: OSError) -> str | None:
    """Polars raises an OSError whose number is only in its message, tempfile one of a missing folder."""
    if (error.strerror or "").startswith("No usable temporary directory"):
        return "temporary_folder_missing"
    codes = {ENOSPC: "disk_full", EDQUOT: "disk_full", EIO: "disk_broken"}
    in_message = next((number for number in codes if f"os error {number})" in str(error)), None)
    return codes.get(error.errno or in_message or 0)


def _by_state(error: Exception) -> str | None:
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
    return next((_STATES[state[:n]] for n in (5, 2) if state[:n] in _STATES), None)


def _by_message(error: Exception) -> str | None:
    return next((code for message, code in _MESSAGES.items() if message in str(error)), None)


def _by_missing_state(error: Exception) -> str | None:
    """A server that can't be reached sends no SQLSTATE."""
    return "database_gone" if connection.vendor == "postgresql" and type(error).__name__ == "OperationalError" else None


def _broken_rule(error: IntegrityError) -> EnlistError:
    cause: Any = error.__cause__
    if (getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)) in _TAKEN:
        return StalePlan("plan_conflicts")
    return PlanError("plan_value_forbidden", reason=_first_line(error))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
