"""The queue of background jobs: add one, list them, see how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from enlist.core.errors import EnlistError, error_from
from enlist.services.access import Right, Scope, needs
from enlist.store.jobs import jobs
from enlist.store.operations.models import Job


@dataclass(frozen=True, kw_only=True)
class JobProgress:
    """How far a job is: done of total rows of a phase; rate in rows per second and left in seconds, if known.

    is_unattended: it waits, because no worker is running.
    """

    phase: str
    done: int
    total: int
    rate: float | None
    left: float | None
    is_unattended: bool


@dataclass(frozen=True, kw_only=True)
class JobSummary(JobProgress):
    """A job and how far it is. result: what it returned; error: why it failed."""

    job: int
    kind: str
    import_number: int | None = field(metadata={"json": "import"})
    state: str
    result: Mapping[str, Any]
    error: EnlistError | None
    created_at: datetime
    ended_at: datetime | None


@needs(Right.CHANGE_ORGANIZATION)
def job_put(scope: Scope, *, kind: str, arguments: Mapping[str, Any] | None = None) -> JobSummary:
    """Queue a job of this kind."""
    job, _ = jobs.put(scope, kind=kind, arguments=arguments)
    job.refresh_from_db()
    return _summary(job)


@needs(Right.SEE_IMPORTS)
def jobs_list(scope: Scope, *, limit: int = 20) -> list[JobSummary]:
    """The organisation's last jobs, the newest first."""
    return [_summary(job) for job in jobs.latest(scope, limit=limit)]


def job_progress(job: Job) -> JobProgress:
    """How far a job is."""
    rate, left = _speed(job)
    return JobProgress(
        phase="cancelling" if job.cancel and job.state == "running" else job.phase,
        done=job.done,
        total=job.total,
        rate=rate,
        left=left,
        is_unattended=jobs.is_unattended(job),
    )


def _summary(job: Job) -> JobSummary:
    return JobSummary(
        job=job.pk,
        kind=job.kind,
        import_number=job.import_number,
        state=job.state,
        **asdict(job_progress(job)),
        result=job.result,
        error=error_from(job.error) if job.error else None,
        created_at=job.created_at,
        ended_at=job.ended_at,
    )


def _speed(job: Job) -> tuple[float | None, float | None]:
    """Rows per second in this phase, and the seconds left at that rate."""
    if job.state != "running" or not job.done or not job.phase_at or not job.told_at or job.told_at <= job.phase_at:
        return None, None
    rate = job.done / (job.told_at - job.phase_at).total_seconds()
    return round(rate, 1), round(max(job.total - job.done, 0) / rate, 1) if job.total else None
