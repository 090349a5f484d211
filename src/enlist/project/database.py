"""A database address and the options each kind of database needs."""

from typing import Any

import dj_database_url

# auto_vacuum stands first: it only takes on a file without pages, and WAL writes the first one.
SQLITE_PRAGMAS = "; ".join(
    (
        "PRAGMA auto_vacuum = INCREMENTAL",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = NORMAL",
        "PRAGMA secure_delete = ON",
        "PRAGMA foreign_keys = ON",
    )
)

KINDS = ("django.db.backends.postgresql", "django.db.backends.sqlite3")


def database(address: str) -> dict[str, Any]:
    """Turn an address such as `postgres://user:password@host:port/name` into Django's settings.

    Raises:
        ValueError: the address is no database's, or one's of a kind that Enlist does not run on.
    """
    settings: dict[str, Any] = {**dj_database_url.parse(address, conn_health_checks=True)}
    if settings["ENGINE"] not in KINDS:
        raise ValueError("Enlist runs on PostgreSQL and SQLite.")
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS,
        }
    return settings
