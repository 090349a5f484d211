"""Orphans: jobs whose worker died are queued again, or their result is stored."""

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
    """What a worker reports about a job. work: its kind."""

    job: int
    work: str
    import_number: int | None
    state: str
    error: EnlistError | None


def orphans_settle() -> list[Ended]:
    """Queue jobs again whose worker died, or store their result; remove the temporary files of dead workers."""
    spools_sweep()
    return [ended_of(job) for orphan in jobs.orphans() if (job := _settled(orphan))]


def _settled(job: Job) -> Job | None:
    """The orphan as it is now; None if another worker has it, or if its transaction may still be running."""
    with jobs.lease(job) as lease:
        try:
            lease.take()
        except LeaseTaken:
            return None
        job.refresh_from_db()
        if not apply.is_over(job.organization_id):
            return None
        # An applied import is queued again too: steps after the transaction may be missing.
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
        # If the person may no longer act, another person sets the passwords.
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
    """Cancel the import: its worker died before it could."""
    with suppress(NotFound):
        record = records.get(scope_by_ids(job.organization_id, person=None), number=job.import_number or 0)
        records.cancelled(record)
        import_forget(record)


def import_forget(record: models.Import) -> None:
    """Remove the file, edits and plan of an import that will never be applied."""
    for kind in (artifacts.STAGED, artifacts.PLAN):
        expiry.remove(record, kind=kind)


def _is_applied(job: Job) -> bool:
    """Whether the import was applied, even if its worker died before it stored that."""
    if job.import_number is None:
        return False
    try:
        scope = scope_by_ids(job.organization_id, person=None)
        return done_by_others(records.get(scope, number=job.import_number)) is not None
    except NotFound:
        return False


def ended_of(job: Job) -> Ended:
    """The report about a job."""
    return Ended(job.pk, job.kind, job.import_number, job.state, error_from(job.error) if job.error else None)
