"""Patience: who writes a few rows to an SQLite file waits until the import that is being applied is done with it.

And who writes them for a job writes nothing once the job was taken over: its transaction begins with a look at the
lease, and nobody else writes for the job before it ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.utils import OperationalError

from enlist.core.errors import DatabaseLocked
from enlist.store.apply.turn import APPLYING
from enlist.store.operations.models import Lease

from .leases import is_free
from .operations import OPERATIONS, in_passing

_GUARD: Final[ContextVar[Callable[[str], None] | None]] = ContextVar("guard", default=None)
# Seconds that a short transaction waits for an import that is being applied.
_PATIENCE: Final[ContextVar[float]] = ContextVar("patience", default=600)


@contextmanager
def impatient(seconds: float) -> Iterator[None]:
    """Inside, a short transaction waits so many seconds for an import that is being applied, not ten minutes."""
    before = _PATIENCE.set(seconds)
    try:
        yield
    finally:
        _PATIENCE.reset(before)


@contextmanager
def guarded(guard: Callable[[str], None]) -> Iterator[None]:
    """Inside, every short transaction begins with this question to its database, whose exception undoes it."""
    before = _GUARD.set(guard)
    try:
        yield
    finally:
        _GUARD.reset(before)


@contextmanager
def short_transaction() -> Iterator[None]:
    """A transaction for a few rows, which begins with the question of `guarded`.

    SQLite tells "locked" after the seconds of its own patience; here that is an answer only while no import is being
    applied. PostgreSQL has writers wait for rows, not for files.
    """
    begun, until = transaction.atomic(), time.monotonic() + _PATIENCE.get()
    while not _entered(begun):
        if time.monotonic() > until:
            raise DatabaseLocked("import_being_applied")
    try:
        if guard := _GUARD.get():
            guard(DEFAULT_DB_ALIAS)
        yield
    except BaseException as error:
        begun.__exit__(type(error), error, error.__traceback__)
        raise
    begun.__exit__(None, None, None)


@contextmanager
def short_words() -> Iterator[None]:
    """The same for words about work, in the operations' database."""
    with in_passing():
        if guard := _GUARD.get():
            guard(OPERATIONS)
        yield


def _entered(begun: transaction.Atomic) -> bool:
    try:
        begun.__enter__()
    except OperationalError as error:
        if "locked" not in str(error) or not (_is_applying() or _can_be_written()):
            raise
        return False
    return True


def _is_applying() -> bool:
    """Whether an import is being applied by somebody who is alive."""
    return Lease.objects.filter(subject=APPLYING).exclude(is_free()).exists()


def _can_be_written() -> bool:
    """Whether nobody holds SQLite's file any more: who applied an import may have ended since it was asked."""
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
    return True


def hang_up() -> None:
    """Leave every connection that is in no transaction: whatever happened to it, the next question is on a new one."""
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close()
