"""Errors about background jobs."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import Cancelled, LeaseLost

from .kind import ErrorKind

JOBS: Final = (
    ErrorKind("job_cancelled", Cancelled, "It was cancelled. Nothing was applied."),
    ErrorKind("job_lost", LeaseLost,
              "This process didn't respond for too long, so another one took over its job. It wrote nothing more."),
)  # fmt: skip
