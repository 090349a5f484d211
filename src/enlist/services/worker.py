"""The worker: runs the jobs of the queue, one at a time, and recovers those of workers that died."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.utils import Error
from django.utils import timezone

from enlist.core.errors import DatabaseProblem, KeyMissing, NewerTables, OlderTables
from enlist.services.access import database_problem
from enlist.services.accounts import address_mail, inviting, password_reset, passwords
from enlist.services.accounts.outbox import mails_send_all, sending
from enlist.services.drafts.reading import draft_file_plan, draft_file_read
from enlist.services.drafts.replace import import_replace
from enlist.services.imports import notices, scheduled
from enlist.services.imports.approval import import_approve_work
from enlist.services.imports.background import import_carry_out
from enlist.services.imports.orphans import Ended, ended_of, orphans_settle
from enlist.services.jobs.run import LEAVING, Interrupted, JobFunction, job_do
from enlist.services.retention.expiry import expire_hand_over, expire_work
from enlist.store.accounts import accounts, throttling
from enlist.store.jobs import jobs
from enlist.store.setup import organization

# Seconds between two looks into an empty queue, and for a while after a job: a person who has planned something soon
# wants something else.
PAUSE: Final = 0.15
BRISK: Final = 0.03
WHILE: Final = 30.0
# Seconds before another attempt to use a database that failed.
TROUBLED: Final = 0.5
JOBS_ARE_KEPT: Final = timedelta(days=30)
# Seconds between two looks for data to remove: dates of expiry are days.
HOUR: Final = 3_600.0
# `jobs/permission.py` lists who may request each kind.
JOBS: Final[Mapping[str, JobFunction]] = {
    "imports.approve": import_approve_work,
    "imports.carry_out": import_carry_out,
    "imports.make_plan": draft_file_plan,
    "imports.read_file": draft_file_read,
    "imports.replace": import_replace,
    "passwords.settle": passwords.passwords_work,
    "keeping.expire": expire_work,
    scheduled.KIND: scheduled.departures_work,
}
# What the mails of each purpose say.
WRITERS: Final = {
    **inviting.WRITERS,
    **passwords.WRITERS,
    **password_reset.WRITERS,
    **address_mail.WRITERS,
    **notices.WRITERS,
}

_log = logging.getLogger("enlist")


def worker_run(report: Callable[[Ended], None], *, until_empty: bool = False) -> None:
    """Run jobs, and send mails, until LEAVING is set; with until_empty, until no job is queued or running anywhere.

    It waits for a database that is away; without until_empty, also for one that isn't set up. Raises OlderTables,
    NewerTables, KeyMissing.
    """
    with nullcontext() if until_empty else sending(WRITERS):
        _run(report, until_empty=until_empty)


def _run(report: Callable[[Ended], None], *, until_empty: bool) -> None:
    looked = expired = worked = -HOUR
    trouble = ""
    while not LEAVING.is_set():
        close_old_connections()
        try:
            if time.monotonic() - looked > settings.LEASE_SECONDS / 3:
                _look_after(report)
                looked = time.monotonic()
                password_reset.password_requests_queue()
                notices.notices_queue()
            if time.monotonic() - expired > HOUR:
                expired = time.monotonic()
                throttling.forget()
                accounts.forget_sessions()
                expire_hand_over()
                scheduled.departures_hand_over()
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
            report(ended)
        elif until_empty and not jobs.is_anything_queued():
            mails_send_all(WRITERS, stop=LEAVING)
            return
        else:
            LEAVING.wait(BRISK if time.monotonic() - worked < WHILE else PAUSE)


def _look_after(report: Callable[[Ended], None]) -> None:
    """Check that this worker fits the database, and recover the jobs of workers that died."""
    organization.check_site()
    jobs.forget(ended_before=timezone.now() - JOBS_ARE_KEPT)
    for job in orphans_settle():
        report(job)


def _troubled(error: Exception, *, before: str) -> str:
    """Wait a moment after an error; its sentence, which is logged if it differs from the one before."""
    problem = error if isinstance(error, DatabaseProblem) else database_problem(error)
    sentence = str(problem) if problem else f"The database can't be used: {type(error).__name__}."
    if isinstance(problem, OlderTables):
        # A worker that was started for another folder finds no tables either.
        sentence += f" Enlist keeps its files in {settings.HOME}."
    if sentence != before:
        _log.warning(sentence)
    connections.close_all()
    LEAVING.wait(TROUBLED)
    return sentence


def job_do_next() -> Ended | None:
    """Run the first job of the queue; None if there is none. Raises what the database raises."""
    drawn = jobs.draw()
    if drawn is None:
        return None
    # The job went back into the queue.
    with suppress(Interrupted):
        job_do(drawn.pk, work=JOBS[drawn.kind])
    # A restore may have removed it.
    job = jobs.get(drawn.pk)
    return ended_of(job) if job else None
