"""Short transactions: they wait for an import that is being applied to an SQLite file, and check the job's lease.

A job that another worker has taken over writes nothing any more: its transactions begin with a check of the lease, and
no other worker writes for the job until they end.
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
from .operations import OPERATIONS, without_sync

_GUARD: Final[ContextVar[Callable[[str], None] | None]] = ContextVar("guard", default=None)
# Seconds that a short transaction waits for an import that is being applied.
_TIMEOUT: Final[ContextVar[float]] = ContextVar("timeout", default=600)


@contextmanager
def wait_at_most(seconds: float) -> Iterator[None]:
    """Inside, a short transaction waits only this long for an import that is being applied, not ten minutes."""
    before = _TIMEOUT.set(seconds)
    try:
        yield
    finally:
        _TIMEOUT.reset(before)


@contextmanager
def guarded(guard: Callable[[str], None]) -> Iterator[None]:
    """Inside, every short transaction begins with this check of its database; an exception rolls it back."""
    before = _GUARD.set(guard)
    try:
        yield
    finally:
        _GUARD.reset(before)


@contextmanager
def short_transaction() -> Iterator[None]:
    """A transaction for a few rows, which begins with the check of `guarded`.

    SQLite reports "locked" after its own timeout; while an import is being applied, that leads to another attempt. On
    PostgreSQL, writers wait for rows, not for files.
    """
    atomic, until = transaction.atomic(), time.monotonic() + _TIMEOUT.get()
    while not _entered(atomic):
        if time.monotonic() > until:
            raise DatabaseLocked("import_being_applied")
    try:
        if guard := _GUARD.get():
            guard(DEFAULT_DB_ALIAS)
        yield
    except BaseException as error:
        atomic.__exit__(type(error), error, error.__traceback__)
        raise
    atomic.__exit__(None, None, None)


@contextmanager
def job_transaction() -> Iterator[None]:
    """A short transaction in the operations database, for the state of jobs."""
    with without_sync():
        if guard := _GUARD.get():
            guard(OPERATIONS)
        yield


def _entered(atomic: transaction.Atomic) -> bool:
    try:
        atomic.__enter__()
    except OperationalError as error:
        if "locked" not in str(error) or not (_is_applying() or _can_be_written()):
            raise
        return False
    return True


def _is_applying() -> bool:
    """Whether a live process is applying an import."""
    return Lease.objects.filter(subject=APPLYING).exclude(is_free()).exists()


def _can_be_written() -> bool:
    """Whether SQLite's file can be written by now: the import may have ended since the failed attempt."""
    with connection.cursor() as cursor:
        timeout = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {timeout}")
    return True


def close_idle_connections() -> None:
    """Close every connection that is in no transaction, so that the next query opens a new one."""
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close()
