"""Running a job: under a lease, with reports of progress, until it ends or is cancelled.

A job is a function of a `Run`. It may start again after a worker died, so it first checks what is done already. Each
call of the run, `run(phase, done, total)`, may raise an exception that ends the job.
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

# Kinds of jobs. This one plans and applies an import.
KIND: Final = "imports.carry_out"
# In its arguments: the approval, given together with the import, of the part that needs one.
APPROVED: Final = "approved"
# Approves an import.
APPROVING: Final = "imports.approve"
# Changes cells of a draft in all its rows. Nobody else can change the draft meanwhile.
REPLACING: Final = "imports.replace"
# Reads the uploaded file of a draft.
READING: Final = "imports.read_file"
# Plans a draft, to be reviewed.
PLANNING: Final = "imports.make_plan"
ON_DRAFTS: Final = (PLANNING, READING, REPLACING)
# Set when this process must stop: it puts its job back into the queue.
LEAVING: Final = threading.Event()
# Seconds between two reports about the same phase.
OFTEN: Final = 0.5


class Result(Protocol):
    """What a job returns: a dataclass, stored with the job."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


T = TypeVar("T", bound=Result)
R = TypeVar("R")

_log = logging.getLogger("enlist")


class Interrupted(Exception):
    """This process must stop; its job goes back into the queue."""


@dataclass
class Run:
    """A job that this process runs, and the scope of the person who requested it. also: gets its progress too."""

    job: Job
    scope: Scope
    lease: LeaseKeeper
    also: Progress = silent
    _phase: str = field(default="", init=False)
    _reported: float = field(default=0.0, init=False)

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Report how far it is. Raises Cancelled, LeaseLost or Interrupted, to roll back the open transaction."""
        self.also(phase, done, total)
        now = time.monotonic()
        if phase == self._phase and now - self._reported < OFTEN:
            return
        self._phase, self._reported = phase, now
        self.go_on(phase, done=done, total=total)

    def go_on(self, phase: str, *, done: int, total: int) -> None:
        """The same, however recent the last report is."""
        if LEAVING.is_set() and self.job.background:
            raise Interrupted
        if not jobs.report(self.job, phase=phase, done=done, total=total):
            raise Cancelled("job_cancelled")

    def permit(self) -> None:
        """Load the person's rights again. Raises NotAllowed if they may no longer have this job run."""
        self.scope = job_permit(self.scope, job=self.job)

    def ending(self) -> AbstractContextManager[None]:
        """A block that stores how the job ended, even if the person may no longer have it run."""
        return guarded(self.lease.guard)

    def guard(self, using: str) -> None:
        """Start of every transaction of the job. Raises LeaseLost, NotAllowed, Cancelled (jobs on drafts)."""
        self.lease.guard(using)
        if using == DEFAULT_DB_ALIAS:
            # The person who stopped it continues at once, so nothing may be written after that.
            if self.job.kind in ON_DRAFTS and jobs.is_cancel_requested(self.job):
                raise Cancelled("job_cancelled")
            self.permit()


JobFunction = Callable[[Run], Result | None]


def job_do(number: int, *, work: JobFunction) -> None:
    """Run a job and store its result, unless it has ended or another worker runs it.

    Raises Interrupted if the process must stop, and DatabaseProblem; the lease is then free, and `orphans_settle`
    queues the job again.
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
        # The new holder of the lease stores its result.
        return
    except (Interrupted, DatabaseLocked, OlderTables) as error:
        job_put_back(job, lease=lease, begun=isinstance(error, Interrupted))
        raise


def job_put_back(job: Job, *, lease: LeaseKeeper, begun: bool = True) -> None:
    """Queue a job again, unless another worker runs it. Call it without the lease: the next worker takes that.

    begun: counts as an attempt.
    """
    with suppress(LeaseLost), guarded(lease.guard):
        jobs.put_back(job, begun=begun)


def job_here(scope: Scope, *, import_number: int, work: Callable[[Run], T], progress: Progress = silent) -> T:
    """Run the work of an import in this process, as a job that others can see and cancel.

    Raises what the work raises; LeaseTaken if a job of that import is open already.
    """
    job, made = jobs.new(scope, kind=KIND, import_number=import_number)
    if not made:
        raise LeaseTaken("import_in_work", number=import_number)
    return job_finish_here(job, scope=scope, work=work, progress=progress)


def job_finish_here(job: Job, *, scope: Scope, work: Callable[[Run], T], progress: Progress = silent) -> T:
    """Run a job in this process, even if it is queued.

    Raises what the work raises; LeaseTaken if a worker runs it, Cancelled if it has ended.
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
    # Its changes are committed: an error here must not look like a failure of the work.
    with suppress(Error, LeaseLost):
        jobs.done(job, result=asdict(done))
    return done


def _permitted(run: Run, *, work: Callable[[Run], R]) -> R:
    """Run the work with the rights of the person who requested it."""
    run.permit()
    with guarded(run.guard):
        return work(run)


def _ended_badly(job: Job, *, error: BaseException) -> None:
    if isinstance(error, (Cancelled, KeyboardInterrupt)):
        jobs.cancelled(job)
    else:
        known = error if isinstance(error, EnlistError) else unforeseen(error)
        jobs.failed(job, error=error_record(known))


def unforeseen(error: BaseException) -> EnlistError:
    """The error shown for an unexpected exception, whose own text may contain personal data."""
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
    """The person may no longer have it run; an import that is applied is done all the same."""
    if job.kind == KIND and records.is_carried_out(job.organization_id, number=job.import_number):
        jobs.done(job, result={})
    else:
        jobs.failed(job, error=error_record(error))


def _failed(job: Job, *, error: Exception) -> None:
    """Store why it failed. Raises DatabaseProblem if another attempt may succeed."""
    problem = database_problem(error) or (error if isinstance(error, EnlistError) else None)
    if isinstance(error, IntegrityError):
        # Another transaction changed the records that the job refers to.
        problem = DatabaseProblem("database_conflict")
    if problem is None:
        _log.exception("Enlist did not foresee this")
        problem = unforeseen(error)
    if isinstance(problem, DatabaseProblem):
        jobs.keep_error(job, error=error_record(problem))
        raise problem from error
    jobs.failed(job, error=error_record(problem))
