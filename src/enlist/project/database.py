"""A database address, the options each kind of database needs, and which tables stand in which of our two."""

from pathlib import Path
from typing import Any, Final

import dj_database_url

# What a file is made with stands in `store/apps.py`.
SQLITE_PRAGMAS = "; ".join(
    (
        "PRAGMA synchronous = NORMAL",
        "PRAGMA secure_delete = ON",
        "PRAGMA foreign_keys = ON",
    )
)

KINDS = ("django.db.backends.postgresql", "django.db.backends.sqlite3")
SQLITE: Final = KINDS[1]
OPERATIONS: Final = "operations"
# The apps whose tables must be writable while an import is being applied.
OPERATED: Final = (OPERATIONS, "sessions")


def databases(address: str) -> dict[str, dict[str, Any]]:
    """The directory's database and that of the operations.

    On PostgreSQL both are the same, by connections of their own: what is written of an apply must not wait for its
    commit. On SQLite, which has one writer a file, they are two files side by side.

    Raises ValueError as `database` does.
    """
    directory, operations = database(address), database(address)
    if operations["ENGINE"] == SQLITE:
        operations["NAME"] = beside(operations["NAME"])
    else:
        operations["TEST"] = {"MIRROR": "default"}
    return {"default": directory, OPERATIONS: operations}


def beside(name: str) -> str:
    """The file of the operations: `enlist-operations.sqlite3` for `enlist.sqlite3`."""
    path = Path(name)
    return str(path.with_name(f"{path.stem}-{OPERATIONS}{path.suffix}"))


class Router:
    """Sends the operations' tables to their database, and makes each table once."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        """The database of a table."""
        operated = model._meta.app_label in OPERATED
        # On a server, a migration's own models would not see, by another connection, what it has just made.
        of_migration = model.__module__ == "__fake__"
        return OPERATIONS if operated and (_is_apart() or not of_migration) else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        """Whether an app's tables are made in this database."""
        return (db == OPERATIONS) == (_is_apart() and app_label in OPERATED)


def _is_apart() -> bool:
    """Whether the operations have a database of their own."""
    from django.conf import settings

    return bool(settings.DATABASES["default"]["ENGINE"] == SQLITE)


def database(address: str) -> dict[str, Any]:
    """Turn an address such as `postgres://user:password@host:port/name` into Django's settings.

    `sqlite:///FILE?timeout=SECONDS` says how long to wait for other programs that write to the file (20 without it).

    Raises:
        ValueError: the address is no database's, or one's of a kind that Enlist does not run on.
    """
    # A server is asked again on the same line, and only whether that still stands; a file is opened at once.
    settings: dict[str, Any] = {**dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)}
    if settings["ENGINE"] not in KINDS:
        raise ValueError("Enlist runs on PostgreSQL and SQLite.")
    if settings["ENGINE"] == SQLITE:
        settings["CONN_MAX_AGE"] = 0
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": settings.get("OPTIONS", {}).get("timeout", 20),
            "init_command": SQLITE_PRAGMAS,
        }
    return settings
