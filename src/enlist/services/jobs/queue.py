"""Jobs: hand work over to the workers, see how far it is, cancel it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enlist.core.errors import error_from, error_json
from enlist.services.access import Right, Scope, needs
from enlist.store.jobs import jobs
from enlist.store.operations.models import Job


@needs(Right.CHANGE_ORGANIZATION)
def job_put(scope: Scope, *, kind: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Have a worker do a job of this kind; the job as plain values."""
    job, _ = jobs.put(scope, kind=kind, arguments=arguments)
    return job_json(job)


@needs(Right.SEE_IMPORTS)
def jobs_list(scope: Scope, *, limit: int = 20) -> list[dict[str, Any]]:
    """The organisation's last jobs, the newest first, as plain values."""
    return [job_json(job) for job in jobs.latest(scope, limit=limit)]


def job_json(job: Job) -> dict[str, Any]:
    """A job as plain values."""
    return {
        "job": job.pk,
        "kind": job.kind,
        "import": job.import_number,
        "state": job.state,
        **progress_json(job),
        "result": job.result,
        "error": error_json(error_from(job.error)) if job.error else None,
        "created_at": job.created_at.isoformat(timespec="seconds"),
        "ended_at": job.ended_at.isoformat(timespec="seconds") if job.ended_at else None,
    }


def progress_json(job: Job) -> dict[str, Any]:
    """How far a job is, as plain values; rate in rows a second and left in seconds, where they can be known."""
    rate, left = _speed(job)
    stopping = job.cancel and job.state == "running"
    told = {"phase": "cancelling" if stopping else job.phase, "done": job.done, "total": job.total}
    return {**told, "rate": rate, "left": left}


def _speed(job: Job) -> tuple[float | None, float | None]:
    """Rows a second in this phase, and the seconds it still takes at that rate."""
    if job.state != "running" or not job.done or not job.phase_at or not job.told_at or job.told_at <= job.phase_at:
        return None, None
    rate = job.done / (job.told_at - job.phase_at).total_seconds()
    return round(rate, 1), round(max(job.total - job.done, 0) / rate, 1) if job.total else None
