"""Database settings from an address, and the router that assigns tables to our two databases."""

from pathlib import Path
from typing import Any, Final

import dj_database_url

# For every connection; `store/apps.py` sets what a new file needs.
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
    """The settings of the directory's database and of the operations' database.

    On PostgreSQL, these are two connections to one database: the progress of an apply must not wait for its commit. On
    SQLite, which allows one writer per file, they are two files in the same folder.

    Raises ValueError as `database` does.
    """
    directory, operations = database(address), database(address)
    if operations["ENGINE"] == SQLITE:
        operations["NAME"] = operations_file(operations["NAME"])
    else:
        operations["TEST"] = {"MIRROR": "default"}
    return {"default": directory, OPERATIONS: operations}


def operations_file(name: str) -> str:
    """The operations' file: `enlist-operations.sqlite3` for `enlist.sqlite3`."""
    path = Path(name)
    return str(path.with_name(f"{path.stem}-{OPERATIONS}{path.suffix}"))


class Router:
    """Assigns the operations' tables to their database, so that each table is created once."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        """The database of a table."""
        operated = model._meta.app_label in OPERATED
        # On PostgreSQL, models in a migration must use the connection that has just created their tables.
        of_migration = model.__module__ == "__fake__"
        return OPERATIONS if operated and (_is_apart() or not of_migration) else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        """Whether an app's tables are created in this database."""
        return (db == OPERATIONS) == (_is_apart() and app_label in OPERATED)


def _is_apart() -> bool:
    """Whether the operations have a separate database."""
    from django.conf import settings

    return bool(settings.DATABASES["default"]["ENGINE"] == SQLITE)


def database(address: str) -> dict[str, Any]:
    """Turn an address such as `postgres://user:password@host:port/name` into Django's settings.

    `sqlite:///FILE?timeout=SECONDS` says how long to wait for other programs that write to the file (20 without it).

    Raises:
        ValueError: the address isn't valid, or Enlist doesn't support this kind of database.
    """
    # Connections to a server are reused if they still work; opening a file takes no time.
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
