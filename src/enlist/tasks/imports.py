"""Imports, in the background."""

from django_tasks import task

from enlist.services.handing_over import import_carry_out
from enlist.services.working import job_do


@task
def carry_out(job: int) -> None:
    """Plan the file that was handed over and apply the plan."""
    job_do(job, work=import_carry_out)
