"""Passwords, in the background."""

from django_tasks import task

from enlist.services.accounts.passwords import passwords_work
from enlist.services.jobs.run import job_do


@task
def settle(job: int) -> None:
    """Hash the passwords of an applied import, and mail those that were made."""
    job_do(job, work=passwords_work)
