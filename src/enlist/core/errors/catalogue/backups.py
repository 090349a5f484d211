"""Errors about backups, and the file of erasures that belongs to them."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import FileError, PolicyError

from .kind import ErrorKind

BACKUPS: Final = (
    ErrorKind("backup_damaged", FileError, "The backup is damaged. Nothing was changed.", "SQLite says: {reason}."),
    ErrorKind("erasures_damaged", FileError, "{file} is damaged, or isn't a file of erasures."),
    ErrorKind("backup_foreign", FileError,
              "{path} isn't a signed backup made by Enlist, or it was cut short. Nothing was changed.",
              "Make a new backup."),
    ErrorKind("backup_changed", FileError, "{path} was changed since it was made. Nothing was changed here."),
    ErrorKind("backup_other_key", PolicyError,
              "This backup was made under another key ({key}) than this site's ({own}). Nothing was changed.",
              "Put the data_key that belongs to it into ENLIST_HOME, or name it in ENLIST_KEY."),
    ErrorKind("backup_newer", PolicyError,
              "This backup was made by a newer version of Enlist ({version}). This is {own}. Nothing was changed.",
              "Restore it with that version or a later one."),
    ErrorKind("backup_other_database", PolicyError,
              "This is a backup of {kind}, but DATABASE_URL names {own}. Nothing was changed."),
    ErrorKind("erasures_missing", PolicyError,
              "The file of erasures that belongs to this backup ({ledger}) isn't here, so people who were erased since "
              "would come back. Nothing was changed.",
              "Name that file (erased.jsonl beside the database), or confirm that nobody was erased."),
    ErrorKind("erasures_other_key", PolicyError,
              "The file of erasures was written under another key, so nobody in it can be found. Nothing was changed.",
              "Put the data_key that belongs to it into ENLIST_HOME, or into ENLIST_KEY."),
)  # fmt: skip
