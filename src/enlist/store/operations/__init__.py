"""Operations: data that must be writable while an import is being applied, such as leases and jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connections, transaction

# The name of the connection; on SQLite it has a file of its own.
OPERATIONS: Final = "operations"


@contextmanager
def without_sync() -> Iterator[None]:
    """A transaction whose commit doesn't wait for PostgreSQL's disk.

    If the server crashes, it may lose the last half a second of these commits, but keeps their order: a job may then
    run again. Use a normal transaction for anything whose loss would go unnoticed.
    """
    with transaction.atomic(using=OPERATIONS):
        if connections[OPERATIONS].vendor == "postgresql":
            with connections[OPERATIONS].cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
        yield
