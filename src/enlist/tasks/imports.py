"""Imports, in the background."""

from django_tasks import task

from enlist.services.drafts.replace import import_replace
from enlist.services.imports.background import import_carry_out, import_make_plan
from enlist.services.jobs.run import job_do


@task
def carry_out(job: int) -> None:
    """Plan the file that was handed over and apply the plan."""
    job_do(job, work=import_carry_out)


@task
def make_plan(job: int) -> None:
    """Plan an import or an undo, to be looked at."""
    job_do(job, work=import_make_plan)


@task
def replace(job: int) -> None:
    """Replace cells in all rows of a draft, as one step."""
    job_do(job, work=import_replace)
