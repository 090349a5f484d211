"""Working: a job is done under a lease, tells how far it is, and stops where it is asked to.

A job's work is a function of a `Run`. It may be begun again after a worker died in the middle of it, so it first looks
at what was done already. Each call of the run, `run(phase, done, total)`, may end the work by an exception.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Final, Protocol, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.utils import Error, IntegrityError

from enlist.core.errors import (
    Cancelled,
    DatabaseLocked,
    DatabaseProblem,
    EnlistError,
    LeaseLost,
    LeaseTaken,
    NotAllowed,
    OlderTables,
    error_record,
)
from enlist.services.access import Scope, database_problem
from enlist.services.progress import Progress, silent
from enlist.store.imports import records
from enlist.store.jobs import jobs
from enlist.store.leases import LeaseKeeper
from enlist.store.operations.models import Job
from enlist.store.scope import scope_by_ids
from enlist.store.transactions import guarded

from .permission import job_permit

# The kind of job that carries an import out.
KIND: Final = "imports.carry_out"
# The one that approves what waits.
APPROVING: Final = "imports.approve"
# The one that changes cells of a draft in all its rows: nobody else changes the draft meanwhile.
REPLACING: Final = "imports.replace"
# The one that reads the uploaded file of a draft.
READING: Final = "imports.read_file"
# The one that plans one, for somebody to look at.
PLANNING: Final = "imports.make_plan"
ON_DRAFTS: Final = (PLANNING, READING, REPLACING)
# Set when this process shall leave: what it does is put back into the queue.
LEAVING: Final = threading.Event()
# Seconds between two words about the same phase.
OFTEN: Final = 0.5


class Result(Protocol):
    """What a job returns: a dataclass, stored with the job."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


T = TypeVar("T", bound=Result)
R = TypeVar("R")

_log = logging.getLogger("enlist")


class Interrupted(Exception):
    """This process shall leave; the work goes back into the queue."""


@dataclass
class Run:
    """A job being done by this process, whose it is, who else hears of it, and the last thing said of it."""

    job: Job
    scope: Scope
    lease: LeaseKeeper
    also: Progress = silent
    _phase: str = field(default="", init=False)
    _told: float = field(default=0.0, init=False)

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Tell how far it is. Raises Cancelled, LeaseLost, or Interrupted; then whatever is open is to be undone."""
        self.also(phase, done, total)
        now = time.monotonic()
        if phase == self._phase and now - self._told < OFTEN:
            return
        self._phase, self._told = phase, now
        self.go_on(phase, done=done, total=total)

    def go_on(self, phase: str, *, done: int, total: int) -> None:
        """The same, whenever the last word was."""
        if LEAVING.is_set() and self.job.background:
            raise Interrupted
        if not jobs.report(self.job, phase=phase, done=done, total=total):
            raise Cancelled("job_cancelled")

    def permit(self) -> None:
        """Know who asked for it as they are now. Raises NotAllowed where they may not have it done any more."""
        self.scope = job_permit(self.scope, job=self.job)

    def ending(self) -> AbstractContextManager[None]:
        """Inside, how the work ended is said, whether or not who asked for it may still have it done."""
        return guarded(self.lease.guard)

    def guard(self, using: str) -> None:
        """What every transaction of the work begins with. Raises LeaseLost, NotAllowed, Cancelled (work on drafts)."""
        self.lease.guard(using)
        if using == DEFAULT_DB_ALIAS:
            # Whoever had it stopped goes on at once, and finds nothing written afterwards.
            if self.job.kind in ON_DRAFTS and jobs.is_cancel_requested(self.job):
                raise Cancelled("job_cancelled")
            self.permit()


JobFunction = Callable[[Run], Result | None]


def job_do(number: int, *, work: JobFunction) -> None:
    """Do a job, unless it has ended or somebody does it already; what became of it is kept with it.

    Raises Interrupted when the process shall leave, and DatabaseProblem: then the lease is free, and whoever looks
    after orphans has the work begun again.
    """
    job = jobs.get(number)
    if job is None:
        return
    lease = jobs.lease(job)
    try:
        with lease:
            lease.take()
            with guarded(lease.guard):
                if jobs.begin(job):
                    _do(job, lease=lease, work=work)
                else:
                    jobs.cancelled(job)
    except (LeaseTaken, LeaseLost):
        # Whoever has it now says what becomes of it.
        return
    except (Interrupted, DatabaseLocked, OlderTables) as error:
        job_put_back(job, lease=lease, begun=isinstance(error, Interrupted))
        raise


def job_put_back(job: Job, *, lease: LeaseKeeper, begun: bool = True) -> None:
    """Have others do it, unless somebody does already: only now, for who draws it takes the lease.

    begun: that this came to nothing counts against the job.
    """
    with suppress(LeaseLost), guarded(lease.guard):
        jobs.put_back(job, begun=begun)


def job_here(scope: Scope, *, import_number: int, work: Callable[[Run], T], progress: Progress = silent) -> T:
    """Do the work of an import in this process, as a job that others can see and cancel.

    Raises what the work raises; LeaseTaken where somebody is at work on that import already.
    """
    job, made = jobs.new(scope, kind=KIND, import_number=import_number)
    if not made:
        raise LeaseTaken("import_in_work", number=import_number)
    return job_finish_here(job, scope=scope, work=work, progress=progress)


def job_finish_here(job: Job, *, scope: Scope, work: Callable[[Run], T], progress: Progress = silent) -> T:
    """Do a job in this process, be it in the queue.

    Raises what the work raises; LeaseTaken where somebody does it already, Cancelled where it has ended.
    """
    with jobs.lease(job) as lease:
        lease.take()
        with guarded(lease.guard):
            if not jobs.begin(job):
                raise Cancelled("job_cancelled")
            return _done_here(Run(job, scope, lease, progress), work=work)


def _done_here(run: Run, *, work: Callable[[Run], T]) -> T:
    job = run.job
    try:
        done = _permitted(run, work=work)
    except LeaseLost:
        raise
    except BaseException as error:
        with suppress(Error, LeaseLost):
            _ended_badly(job, error=error)
        raise
    # It stands in the tables: that this cannot be said must not make it look as if it did not.
    with suppress(Error, LeaseLost):
        jobs.done(job, result=asdict(done))
    return done


def _permitted(run: Run, *, work: Callable[[Run], R]) -> R:
    """Do the work as far as who asked for it may have it done."""
    run.permit()
    with guarded(run.guard):
        return work(run)


def _ended_badly(job: Job, *, error: BaseException) -> None:
    if isinstance(error, (Cancelled, KeyboardInterrupt)):
        jobs.cancelled(job)
    else:
        told = error if isinstance(error, EnlistError) else unforeseen(error)
        jobs.failed(job, error=error_record(told))


def unforeseen(error: BaseException) -> EnlistError:
    """What is told of an error that nobody foresaw: what it says itself may be somebody's data."""
    return EnlistError("unforeseen", kind=type(error).__name__)


def _do(job: Job, *, lease: LeaseKeeper, work: JobFunction) -> None:
    try:
        run = Run(job, scope_by_ids(job.organization_id, person=job.by), lease)
        result = _permitted(run, work=work)
    except (Interrupted, LeaseLost):
        raise
    except NotAllowed as error:
        _refused(job, error=error)
    except Cancelled:
        jobs.cancelled(job)
    except Exception as error:
        _failed(job, error=error)
    else:
        jobs.done(job, result=asdict(result) if result else {})


def _refused(job: Job, *, error: NotAllowed) -> None:
    """Who asked for it may not any more; what was applied before that is done."""
    if job.kind == KIND and records.is_carried_out(job.organization_id, number=job.import_number):
        jobs.done(job, result={})
    else:
        jobs.failed(job, error=error_record(error))


def _failed(job: Job, *, error: Exception) -> None:
    """It failed for good, or the database is in the way and another attempt may help."""
    problem = database_problem(error) or (error if isinstance(error, EnlistError) else None)
    if isinstance(error, IntegrityError):
        # Nobody else writes for the job; but somebody wrote what it builds on.
        problem = DatabaseProblem("database_conflict")
    if problem is None:
        _log.exception("Enlist did not foresee this")
        problem = unforeseen(error)
    if isinstance(problem, DatabaseProblem):
        jobs.keep_error(job, error=error_record(problem))
        raise problem from error
    jobs.failed(job, error=error_record(problem))
