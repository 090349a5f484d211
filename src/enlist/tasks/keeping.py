"""Keeping, in the background."""

from django_tasks import task

from enlist.services.jobs.run import Run, job_do
from enlist.services.retention import expiry


@task
def expire(job: int) -> None:
    """Remove what is kept no longer."""

    def work(run: Run) -> dict[str, object]:
        return expiry.kept_json(expiry.expire(run.scope))

    job_do(job, work=work)
