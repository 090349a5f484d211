"""Orphans: jobs whose worker died are begun again, or it is said what became of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from enlist.core.errors import EnlistError, LeaseLost, LeaseTaken, NotAllowed, NotFound, error_from, error_record
from enlist.services.accounts.passwords import passwords_hand_over
from enlist.services.jobs.run import KIND, job_put_back
from enlist.store import apply, models
from enlist.store.imports import artifacts, expiry, records
from enlist.store.jobs import jobs
from enlist.store.operations.models import Job
from enlist.store.scope import scope_by_ids
from enlist.store.transactions import guarded

from .commit import done_by_others
from .spool import spools_sweep


@dataclass(frozen=True)
class Ended:
    """What a worker tells of a piece of work: the job's number, what it was, what became of it."""

    job: int
    work: str
    import_number: int | None
    state: str
    error: EnlistError | None


def orphans_settle() -> list[Ended]:
    """Have work begun again whose worker died, or say what became of it; remove what it left on the disk."""
    spools_sweep()
    return [ended_of(job) for orphan in jobs.orphans() if (job := _settled(orphan))]


def _settled(job: Job) -> Job | None:
    """The orphan as it is now; None where somebody else was quicker, or where it cannot be told yet."""
    with jobs.lease(job) as lease:
        try:
            lease.take()
        except LeaseTaken:
            return None
        job.refresh_from_db()
        if not apply.is_over(job.organization_id):
            return None
        # What was applied is begun again as well: something may follow upon it.
        again = job.background and not job.cancel and job.attempts < jobs.ATTEMPTS
        if not again:
            with suppress(LeaseLost), guarded(lease.guard):
                _end(job)
    if again:
        job_put_back(job, lease=lease)
    job.refresh_from_db()
    return job


def _end(job: Job) -> None:
    if _is_applied(job):
        # Where they may not act any more, somebody else has the passwords set.
        with suppress(NotAllowed):
            scope = scope_by_ids(job.organization_id, person=job.by)
            passwords_hand_over(scope, number=job.import_number or 0)
        jobs.done(job, result={})
    elif job.cancel:
        if job.kind == KIND:
            _discard(job)
        jobs.cancelled(job)
    else:
        jobs.failed(job, error=job.error or error_record(LeaseLost("job_died")))


def _discard(job: Job) -> None:
    """Who had it cancelled does not want the import any more; its worker did not come to say so."""
    with suppress(NotFound):
        record = records.get(scope_by_ids(job.organization_id, person=None), number=job.import_number or 0)
        records.cancelled(record)
        import_forget(record)


def import_forget(record: models.Import) -> None:
    """Nobody will ever carry it out: its file, with all edits, and its plan need no room any more."""
    for kind in (artifacts.STAGED, artifacts.PLAN):
        expiry.remove(record, kind=kind)


def _is_applied(job: Job) -> bool:
    """What the directory says of the import: what was applied is done, whatever its worker came to say."""
    if job.import_number is None:
        return False
    try:
        scope = scope_by_ids(job.organization_id, person=None)
        return done_by_others(records.get(scope, number=job.import_number)) is not None
    except NotFound:
        return False


def ended_of(job: Job) -> Ended:
    """What there is to say of a job."""
    return Ended(job.pk, job.kind, job.import_number, job.state, error_from(job.error) if job.error else None)
