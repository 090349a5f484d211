"""Errors about backups, and the file of erasures that belongs to them."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import FileError

from .kind import ErrorKind

BACKUPS: Final = (
    ErrorKind("backup_damaged", FileError, "The backup is damaged. Nothing was changed.", "SQLite says: {reason}."),
    ErrorKind("erasures_damaged", FileError, "{file} is damaged, or isn't a file of erasures."),
)  # fmt: skip
