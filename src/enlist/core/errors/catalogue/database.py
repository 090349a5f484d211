"""Errors about the database, its disk and its tables."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import DatabaseGone, DatabaseLocked, DatabaseProblem, NewerTables, OlderTables

from .kind import ErrorKind

DATABASE: Final = (
    ErrorKind("tables_older", OlderTables, "The database isn't set up, or is older than this version of Enlist.",
              "Set up its tables again. Data stays as it is."),
    ErrorKind("tables_newer", NewerTables, "The database is newer than this version of Enlist.",
              "Use the version of Enlist that the database was set up with, or a later one."),
    ErrorKind("import_being_applied", DatabaseLocked,
              "An import is being applied, so nothing else can be written. Nothing was changed.",
              "Try again when it is done."),
    ErrorKind("database_locked", DatabaseLocked,
              "The database is locked, because another program is writing to it. Nothing was applied.",
              "Try again when it is done."),
    ErrorKind("database_gone", DatabaseGone, "The database server doesn't answer.",
              "Check the server and its address (DATABASE_URL). Then look whether an import was applied."),
    ErrorKind("database_lost", DatabaseProblem, "The connection to the database broke. Nothing was applied.",
              "Try again."),
    ErrorKind("database_conflict", DatabaseProblem,
              "Somebody else wrote to the database at the same time. Nothing was applied.", "Try again."),
    ErrorKind("database_full", DatabaseProblem, "The disk of the database is full. Nothing was applied.",
              "Free some space and try again."),
    ErrorKind("database_read_only", DatabaseProblem,
              "The database can be read but not written. Nothing was applied.",
              "Check who may write to it, and that it isn't a stand-by."),
    ErrorKind("database_refused", DatabaseProblem, "The database server refuses this user or password.",
              "Check DATABASE_URL."),
    ErrorKind("database_forbidden", DatabaseProblem, "The database user isn't allowed to do that. Nothing was applied.",
              "Give it the rights to the tables."),
    ErrorKind("database_missing", DatabaseProblem, "The database or user that DATABASE_URL names doesn't exist.",
              "Create it, or check DATABASE_URL."),
    ErrorKind("database_busy", DatabaseProblem, "The database is too busy. Nothing was applied.", "Try again later."),
    ErrorKind("database_file_unopened", DatabaseProblem, "The database file can't be opened.",
              "Check that its folder exists and that you may write there."),
    ErrorKind("database_file_foreign", DatabaseProblem, "The database file isn't an SQLite database.",
              "Check DATABASE_URL and ENLIST_HOME."),
    ErrorKind("database_file_damaged", DatabaseProblem, "The database file is damaged. Nothing was applied.",
              "Restore it from a backup."),
    ErrorKind("database_disk_broken", DatabaseProblem,
              "The disk of the database can't be read or written. Nothing was applied.", "Check the disk."),
    ErrorKind("transaction_timed_out", DatabaseProblem,
              "This process stopped for too long while it wrote, so the database server undid that. "
              "Nothing was applied.", "Try again."),
    ErrorKind("numbers_not_drawn", DatabaseProblem,
              "Other programs keep adding to {table}, so {count} numbers in a row couldn't be reserved. "
              "Nothing was applied.", "Try again when the database is less busy."),
    ErrorKind("disk_full", DatabaseProblem, "The disk for temporary files is full. Nothing was applied.",
              "Free some space, or name another folder by TMPDIR, and try again."),
    ErrorKind("temporary_folder_missing", DatabaseProblem,
              "No folder for temporary files can be written to: their disk may be full or broken. "
              "Nothing was applied.",
              "Check the disk, or name another folder by TMPDIR, and try again."),
    ErrorKind("disk_broken", DatabaseProblem, "The disk can't be read or written. Nothing was applied.",
              "Check the disk."),
)  # fmt: skip
