"""What is written while an import is being applied: leases, jobs and their progress, the queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connections, transaction

# Its connection, which on SQLite leads to a file of its own.
OPERATIONS: Final = "operations"


@contextmanager
def in_passing() -> Iterator[None]:
    """A transaction of words about work, whose commit does not wait for a server's disk.

    A server that dies forgets them, half a second of them at most, and never one that stands before another's commit:
    then work is begun again that was begun or ended. For what nobody would find out, a commit has to wait.
    """
    with transaction.atomic(using=OPERATIONS):
        if connections[OPERATIONS].vendor == "postgresql":
            with connections[OPERATIONS].cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
        yield
