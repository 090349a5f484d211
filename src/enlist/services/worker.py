"""The worker: draws work from the queue, one piece at a time, and looks after what dead workers left."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.utils import Error
from django.utils import timezone
from django.utils.module_loading import import_string

from enlist.core.errors import DatabaseProblem, NewerTables, OlderTables
from enlist.services.access import database_problem
from enlist.services.imports.notices import notices_mail
from enlist.services.imports.orphans import Ended, ended_of, orphans_settle
from enlist.services.jobs.run import LEAVING, Interrupted
from enlist.services.retention.expiry import expire_hand_over
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

_log = logging.getLogger("enlist")


def worker_run(told: Callable[[Ended], None], *, until_empty: bool = False) -> None:
    """Work until LEAVING is set, or until nothing is left to do, by others neither.

    A database that is away is waited for, and one that is not set up yet, unless it shall leave. Raises OlderTables,
    NewerTables.
    """
    name = f"{socket.gethostname()}:{os.getpid()}"
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
            ended = task_do(name)
        except (Error, DatabaseProblem) as error:
            if isinstance(error, NewerTables) or (until_empty and isinstance(error, OlderTables)):
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
    organization.check_tables()
    jobs.forget(ended_before=timezone.now() - JOBS_ARE_KEPT)
    for job in orphans_settle():
        told(job)


def _troubled(error: Exception, *, before: str) -> str:
    """Wait a moment, because of an error; its sentence, which is logged unless it was logged just before."""
    problem = error if isinstance(error, DatabaseProblem) else database_problem(error)
    said = str(problem) if problem else f"The database cannot be used: {type(error).__name__}."
    if said != before:
        _log.warning(said)
    connections.close_all()
    LEAVING.wait(TROUBLED)
    return said


def task_do(worker: str) -> Ended | None:
    """Draw one task from the queue and do it; None where there is none. Raises what the database does."""
    ticket = jobs.draw(worker)
    if ticket is None:
        return None
    failed = ""
    try:
        import_string(ticket.task_path).call(*ticket.args_kwargs["args"])
    except Interrupted:
        return _ended(ticket.args_kwargs["args"][0])
    except Exception as error:
        failed = f"{type(error).__module__}.{type(error).__qualname__}"
        raise
    finally:
        jobs.drawn_done(ticket, failed=failed)
    return _ended(ticket.args_kwargs["args"][0])


def _ended(number: int) -> Ended | None:
    job = jobs.get(number)
    return ended_of(job) if job else None
