"""The worker: does the jobs of the queue, one at a time, and looks after those of workers that died."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.utils import Error
from django.utils import timezone

from enlist.core.errors import DatabaseProblem, KeyMissing, NewerTables, OlderTables
from enlist.services.access import database_problem
from enlist.services.accounts.passwords import passwords_work
from enlist.services.drafts.reading import draft_file_plan, draft_file_read
from enlist.services.drafts.replace import import_replace
from enlist.services.imports.approval import import_approve_work
from enlist.services.imports.background import import_carry_out
from enlist.services.imports.notices import notices_mail
from enlist.services.imports.orphans import Ended, ended_of, orphans_settle
from enlist.services.jobs.run import LEAVING, Interrupted, JobFunction, job_do
from enlist.services.retention.expiry import expire_hand_over, expire_work
from enlist.store.accounts import accounts, throttling
from enlist.store.jobs import jobs
from enlist.store.setup import organization

# Seconds between two looks into an empty queue, and for a while after there was something in it: whoever has one thing
# planned soon wants another.
PAUSE: Final = 0.15
BRISK: Final = 0.03
WHILE: Final = 30.0
# Seconds until a database is asked again that could not be used.
TROUBLED: Final = 0.5
JOBS_ARE_KEPT: Final = timedelta(days=30)
# Seconds between two looks for what is kept no longer: time enough on the day on which it goes.
HOUR: Final = 3_600.0
# Seconds until mails are tried again that could not be sent: a server that hangs keeps a worker from its work.
MAIL_PAUSE: Final = 300.0
# Who may have each kind done stands in `jobs/permission.py`.
JOBS: Final[Mapping[str, JobFunction]] = {
    "imports.approve": import_approve_work,
    "imports.carry_out": import_carry_out,
    "imports.make_plan": draft_file_plan,
    "imports.read_file": draft_file_read,
    "imports.replace": import_replace,
    "passwords.settle": passwords_work,
    "keeping.expire": expire_work,
}

_log = logging.getLogger("enlist")


def worker_run(told: Callable[[Ended], None], *, until_empty: bool = False) -> None:
    """Work until LEAVING is set, or until nothing is left to do, by others neither.

    A database that is away is waited for, and one that is not set up yet, unless it shall leave. Raises OlderTables,
    NewerTables, KeyMissing.
    """
    looked = expired = worked = -HOUR
    trouble, mail_from = "", 0.0
    while not LEAVING.is_set():
        close_old_connections()
        try:
            if time.monotonic() - looked > settings.LEASE_SECONDS / 3:
                _look_after(told)
                looked = time.monotonic()
                if time.monotonic() >= mail_from and notices_mail().waiting:
                    mail_from = time.monotonic() + MAIL_PAUSE
            if time.monotonic() - expired > HOUR:
                expired = time.monotonic()
                throttling.forget()
                accounts.forget_sessions()
                expire_hand_over()
            ended = job_do_next()
        except (Error, DatabaseProblem) as error:
            if isinstance(error, NewerTables) or (until_empty and isinstance(error, OlderTables | KeyMissing)):
                raise
            trouble = _troubled(error, before=trouble)
            looked = -HOUR
            continue
        trouble = ""
        if ended:
            worked = time.monotonic()
            told(ended)
        elif until_empty and not jobs.is_anything_queued():
            return
        else:
            LEAVING.wait(BRISK if time.monotonic() - worked < WHILE else PAUSE)


def _look_after(told: Callable[[Ended], None]) -> None:
    """Look whether this worker fits the database, and after what others left."""
    organization.check_site()
    jobs.forget(ended_before=timezone.now() - JOBS_ARE_KEPT)
    for job in orphans_settle():
        told(job)


def _troubled(error: Exception, *, before: str) -> str:
    """Wait a moment, because of an error; its sentence, which is logged unless it was logged just before."""
    problem = error if isinstance(error, DatabaseProblem) else database_problem(error)
    said = str(problem) if problem else f"The database can't be used: {type(error).__name__}."
    if isinstance(problem, OlderTables):
        # A worker of another folder finds no tables either.
        said += f" Enlist keeps its files in {settings.HOME}."
    if said != before:
        _log.warning(said)
    connections.close_all()
    LEAVING.wait(TROUBLED)
    return said


def job_do_next() -> Ended | None:
    """Do the first job of the queue; None where there is none. Raises what the database does."""
    drawn = jobs.draw()
    if drawn is None:
        return None
    # The job went back into the queue.
    with suppress(Interrupted):
        job_do(drawn.pk, work=JOBS[drawn.kind])
    # A restore removes it.
    job = jobs.get(drawn.pk)
    return ended_of(job) if job else None
