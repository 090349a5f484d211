"""SQLite: one stream, the file of the directory as its online backup copies it."""

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
# Seconds to wait for whoever is writing.
PATIENCE: Final = 20.0
# Bytes 18 and 19 of a file say that it has a log beside it, which one without a name cannot have.
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
    """Have Django work on the copy, then copy it over the file in force, in one transaction of SQLite.

    The file of the operations is another: it belongs to no directory but the one it was made beside, and is emptied by
    whoever connects to it next.
    """
    live = connection.settings_dict["NAME"]
    try:
        with _nameless() as (image, file):
            file.writelines(blocks(NAME))
            file.flush()
            _check(image)
            _stand_in(belonging.NAMELESS)
            connection.ensure_connection()
            copy = connection.connection
            image.backup(copy)
        yield
        copy.execute(f"PRAGMA user_version = {belonging.new_mark()}")
        with closing(sqlite3.connect(live, timeout=PATIENCE)) as place:
            copy.backup(place)
    finally:
        _stand_in(live)
    connections[OPERATIONS].close()
    connections[OPERATIONS].ensure_connection()


@contextmanager
def _nameless() -> Iterator[tuple[sqlite3.Connection, BinaryIO]]:
    """A database and the file it is in, which lost its name before anything was in it.

    The system's own nameless files are of no use: SQLite opens a file by its name.
    """
    folder = Path(connection.settings_dict["NAME"]).parent
    for left in folder.glob(f"{_PREFIX}*"):
        # Of a process that died in the moment between; nothing is in it.
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


def _stand_in(name: Any) -> None:
    """Have Django work on another file of SQLite."""
    connection.close()
    connection.settings_dict["NAME"] = name


def _check(image: sqlite3.Connection) -> None:
    try:
        ((told, *_), *_) = image.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        told = str(error)
    if told != "ok":
        raise FileError("backup_damaged", reason=told)
