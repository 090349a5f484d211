"""Errors about background jobs."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import Cancelled, EnlistError, LeaseLost, NotAllowed

from .kind import ErrorKind

JOBS: Final = (
    ErrorKind("job_cancelled", Cancelled, "It was cancelled. Nothing was applied."),
    ErrorKind("job_lost", LeaseLost,
              "This process didn't respond for too long, so another one took over its job. It wrote nothing more."),
    ErrorKind("job_died", LeaseLost, "The process that ran this job stopped. Nothing was applied.", "Try again."),
    ErrorKind("job_kind_forbidden", NotAllowed, "Nobody may run the job “{kind}”. Nothing was done."),
    ErrorKind("passwords_cancelled", Cancelled, "Setting the passwords was cancelled.", "Start it again."),
    ErrorKind("unforeseen", EnlistError, "An unexpected error occurred: {kind}.", "The log of the worker has more."),
    ErrorKind("error_of_other_version", EnlistError, "This failed in another version of Enlist: {code}."),
)  # fmt: skip
