"""What is written while an import is being applied: leases, jobs and their progress, the queue."""

from typing import Final

# Its connection, which on SQLite leads to a file of its own.
OPERATIONS: Final = "operations"
