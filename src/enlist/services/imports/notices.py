"""Notices: what became of imports that workers carried out, told to whoever asked for it: on pages, or by mail."""

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

from .plan import MADE_ANEW

# Whoever saw no page with the notice for so long has left.
LEFT: Final = timedelta(minutes=2)
# A mail that could not be sent for so long is not tried again; the notice stays on their pages.
GIVEN_UP: Final = timedelta(days=4)
# What rows became, in the words of a notice.
_FATES: Final = ("created", "updated", "deactivated", "deleted", "unchanged", "failed")

_log = logging.getLogger("enlist")


@dataclass(frozen=True)
class Mailed:
    """How many notices were mailed, and whether mails have to wait: how many failed that are tried again."""

    sent: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Notice:
    """What became of an import: its number and file, how it went (done, held, failed, anew), and a sentence."""

    number: int
    file: str
    how: str
    sentence: str


def notices_list(scope: Scope) -> list[Notice]:
    """What whoever acts was not told of yet (one query where there is nothing)."""
    return _notices(scope, found=jobs.unseen(scope, kind=KIND))


def notice_see(scope: Scope, *, number: int) -> None:
    """Whoever acts has seen what became of an import."""
    jobs.mark_seen(scope, number=number)


def notices_mail() -> Mailed:
    """Write to those who left before they could be told. What cannot be sent now waits for another call."""
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
    to, told = scope.actor, _notices(scope, found=[job])
    if not told or to is None or not to.email or to.site_role not in TEAM:
        return False
    with suppress(LeaseTaken), jobs.lease(job) as lease:
        # Of several workers one sends it. One that dies before it says so is followed by another, which sends the
        # same Message-ID.
        lease.take()
        if jobs.is_to_mail(job):
            is_taken = notice_mail(scope, job=job.pk, to=to, notice=told[0].sentence)
            jobs.mailed(job)
            return is_taken
    return False


def _notices(scope: Scope, *, found: Iterable[Job]) -> list[Notice]:
    last = {job.import_number: job for job in found if job.import_number is not None}
    known = records.numbered(scope, numbers=list(last)) if last else []
    return [_notice(record, job=last[record.number]) for record in known]


def _notice(record: models.Import, *, job: Job) -> Notice:
    what = f"Undo of import {record.undoes.number}" if record.undoes else f"Import {record.number}, {record.file_name},"
    if job.state == "failed":
        how = "failed"
        said = f"{what} failed: {error_from(job.error).message}" if job.error else f"{what} failed."
    elif job.result.get(MADE_ANEW):
        how, said = "anew", f"{what} was not applied: people, courses or the import itself changed. Look at it again."
    elif record.state == "awaiting":
        how, said = "awaiting", f"{what} waits for an approval."
    elif waiting := job.result.get("waiting"):
        how, said = "awaiting", f"{what} is done{_counted(record)}. Part of it waits for an approval: import {waiting}."
    else:
        how, said = "done", f"{what} is done{_counted(record)}."
    return Notice(record.number, record.file_name, how, said)


def _counted(record: models.Import) -> str:
    statuses = record.figures.get("statuses", {})
    told = ", ".join(f"{statuses[row_status]:,} {row_status}" for row_status in _FATES if statuses.get(row_status))
    return f": {told}" if told else ""
