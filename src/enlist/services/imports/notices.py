"""Notices: tell people the results of imports that they requested, on pages or by e-mail."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from enlist.core.errors import LeaseTaken, MailProblem, NotAllowed, error_from
from enlist.core.rights import TEAM
from enlist.services.access import Scope
from enlist.services.accounts.mail import notice_mail
from enlist.services.jobs.run import KIND
from enlist.store import models
from enlist.store.imports import records
from enlist.store.jobs import jobs
from enlist.store.operations.models import Job
from enlist.store.scope import scope_by_ids

from .summary import PLANNED_AGAIN

# A person who opened no page for this long has left.
LEFT: Final = timedelta(minutes=2)
# A mail that can't be sent for this long is given up; the notice stays on their pages.
GIVEN_UP: Final = timedelta(days=4)
# The statuses of rows that a notice counts.
_STATUSES: Final = ("created", "updated", "deactivated", "deleted", "unchanged", "failed")

_log = logging.getLogger("enlist")


@dataclass(frozen=True)
class Mailed:
    """How many notices were mailed, and how many couldn't be sent yet."""

    sent: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Notice:
    """The result of an import. how: done, awaiting, failed or stale."""

    number: int
    file: str
    how: str
    sentence: str


def notices_list(scope: Scope) -> list[Notice]:
    """Results that the acting person hasn't seen yet (one query if there are none)."""
    return _notices(scope, found=jobs.unseen(scope, kind=KIND))


def notice_see(scope: Scope, *, number: int) -> None:
    """Mark the result of an import as seen by the acting person."""
    jobs.mark_seen(scope, number=number)


def notices_mail() -> Mailed:
    """Mail people who left before the result was there. The next call tries again what can't be sent now."""
    now = timezone.now()
    sent = waiting = 0
    for job in jobs.to_mail(kind=KIND, ended_before=now - LEFT, ended_after=now - GIVEN_UP):
        try:
            sent += _mailed(job)
        except MailProblem as error:
            _log.warning("A notice could not be mailed yet: %s", error.message)
            waiting += 1
            if error.is_away:
                break
    return Mailed(sent, waiting)


def _mailed(job: Job) -> bool:
    try:
        scope = scope_by_ids(job.organization_id, person=job.by)
    except NotAllowed:
        return False
    to, notices = scope.actor, _notices(scope, found=[job])
    if not notices or to is None or not to.email or to.site_role not in TEAM:
        return False
    with suppress(LeaseTaken), jobs.lease(job) as lease:
        # Only one worker sends it. If that dies before it is marked as sent, another sends the same Message-ID.
        lease.take()
        if jobs.is_to_mail(job):
            is_taken = notice_mail(scope, job=job.pk, to=to, notice=notices[0].sentence)
            jobs.mailed(job)
            return is_taken
    return False


def _notices(scope: Scope, *, found: Iterable[Job]) -> list[Notice]:
    last = {job.import_number: job for job in found if job.import_number is not None}
    found_records = records.numbered(scope, numbers=list(last)) if last else []
    return [_notice(record, job=last[record.number]) for record in found_records]


def _notice(record: models.Import, *, job: Job) -> Notice:
    what = f"Undo of import {record.undoes.number}" if record.undoes else f"Import {record.number}, {record.file_name},"
    if job.state == "failed":
        how = "failed"
        sentence = f"{what} failed: {error_from(job.error).message}" if job.error else f"{what} failed."
    elif job.result.get(PLANNED_AGAIN):
        changed = "people, courses or the import itself changed"
        how, sentence = "stale", f"{what} wasn’t applied: {changed}. Review it again."
    elif record.state == "awaiting":
        how, sentence = "awaiting", f"{what} needs approval."
    elif waiting := job.result.get("waiting"):
        how, sentence = "awaiting", f"{what} is done{_counted(record)}. Part of it needs approval: import {waiting}."
    else:
        how, sentence = "done", f"{what} is done{_counted(record)}."
    return Notice(record.number, record.file_name, how, sentence)


def _counted(record: models.Import) -> str:
    statuses = record.figures.get("statuses", {})
    counts = ", ".join(f"{statuses[row_status]:,} {row_status}" for row_status in _STATUSES if statuses.get(row_status))
    return f": {counts}" if counts else ""
