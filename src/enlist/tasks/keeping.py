"""Keeping, in the background."""

from django_tasks import task

from enlist.services import keeping
from enlist.services.working import Run, job_do


@task
def expire(job: int) -> None:
    """Remove what is kept no longer."""

    def work(run: Run) -> dict[str, object]:
        return keeping.kept_json(keeping.expire(run.scope))

    job_do(job, work=work)
