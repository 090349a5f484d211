"""SQLite: one stream, the directory's file as copied by SQLite's online backup."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.db import connection, connections

from enlist.core.errors import FileError
from enlist.store.operations import OPERATIONS, belonging

from .dump import Blocks, Dump

NAME: Final = "default.sqlite3"
# Seconds to wait for another writer.
TIMEOUT: Final = 20.0
# Bytes 18 and 19 of a file say whether it has a log next to it, which a file without a name can't have.
_WITHOUT_LOG: Final = (b"\1\1", 18)
_BLOCK: Final = 1 << 20
_PREFIX: Final = ".enlist-nameless-"
_LONG_AGO: Final = 3_600.0


@contextmanager
def dumping() -> Iterator[Dump]:
    """A copy that has no name."""
    connection.ensure_connection()
    with _nameless() as (copy, file):
        copy.execute("PRAGMA journal_mode = OFF")
        connection.connection.backup(copy)
        copy.close()
        os.pwrite(file.fileno(), *_WITHOUT_LOG)
        yield Dump((NAME,), blocks=lambda _: iter(lambda: file.read(_BLOCK), b""))


@contextmanager
def restoring(blocks: Blocks) -> Iterator[None]:
    """Let Django work on the copy, then copy that over the current file, in one transaction of SQLite.

    The operations have a file of their own, which belongs to the previous directory: the next connection empties it.
    """
    live = connection.settings_dict["NAME"]
    try:
        with _nameless() as (image, file):
            file.writelines(blocks(NAME))
            file.flush()
            _check(image)
            _switch_to(belonging.NAMELESS)
            connection.ensure_connection()
            copy = connection.connection
            image.backup(copy)
        yield
        copy.execute(f"PRAGMA user_version = {belonging.new_mark()}")
        with closing(sqlite3.connect(live, timeout=TIMEOUT)) as current:
            copy.backup(current)
    finally:
        _switch_to(live)
    connections[OPERATIONS].close()
    connections[OPERATIONS].ensure_connection()


@contextmanager
def _nameless() -> Iterator[tuple[sqlite3.Connection, BinaryIO]]:
    """A database and its file, whose name was removed before anything was written to it.

    The system's own nameless files won't do: SQLite opens a file by its name.
    """
    folder = Path(connection.settings_dict["NAME"]).parent
    for left in folder.glob(f"{_PREFIX}*"):
        # An empty file of a process that died before it could remove the name.
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - _LONG_AGO:
                left.unlink()
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=_PREFIX)
    try:
        database = sqlite3.connect(name)
    finally:
        Path(name).unlink()
    with os.fdopen(descriptor, "w+b") as file, closing(database):
        yield database, file


def _switch_to(name: Any) -> None:
    """Let Django work on another SQLite file."""
    connection.close()
    connection.settings_dict["NAME"] = name


def _check(image: sqlite3.Connection) -> None:
    try:
        ((result, *_), *_) = image.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        result = str(error)
    if result != "ok":
        raise FileError("backup_damaged", reason=result)
