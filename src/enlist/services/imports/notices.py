"""Notices: tell people the results of imports that they requested, on pages or by e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from enlist.core.errors import error_from
from enlist.core.rights import TEAM
from enlist.services.access import Scope
from enlist.services.accounts.mail_text import Content
from enlist.services.accounts.outbox import Writer
from enlist.services.jobs.run import KIND
from enlist.store import models
from enlist.store.accounts import mails, tokens
from enlist.store.imports import records
from enlist.store.jobs import jobs
from enlist.store.models import Mail
from enlist.store.operations.models import Job
from enlist.store.transactions import short_transaction

from .summary import PLANNED_AGAIN

# A person who opened no page for this long has left.
LEFT: Final = timedelta(minutes=2)
# A mail that can't be sent for this long is given up; the notice stays on their pages.
GIVEN_UP: Final = timedelta(days=4)
# The statuses of rows that a notice counts.
_STATUSES: Final = ("created", "updated", "deactivated", "deleted", "unchanged", "failed")


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


def notices_queue() -> None:
    """Queue mails to people who left before the result was there, one at a time for each person.

    If it is interrupted, the next call continues.
    """
    now = timezone.now()
    for job in jobs.to_mail(kind=KIND, ended_before=now - LEFT, ended_after=now - GIVEN_UP):
        with short_transaction():
            is_queued = _queue(job)
        if is_queued:
            jobs.mailed(job)


def _queue(job: Job) -> bool:
    """Queue the mail of a job if its person gets one; False while an earlier mail waits."""
    person = tokens.active(job.by or 0)
    if person is None or not person.email or person.site_role not in TEAM or not jobs.is_to_mail(job):
        return True
    last = mails.of(person, purpose=mails.NOTICE)
    if last and last.about == job.pk:
        return True
    if last and last.state == "due":
        return False
    mails.request(person, purpose=mails.NOTICE, about=job.pk)
    return True


def _mail(mail: Mail) -> Content | None:
    """The result of an import; None if it was seen meanwhile."""
    job = jobs.get(mail.about or 0)
    if job is None or job.seen:
        return None
    notices = _notices(Scope(mail.organization, mail.person), found=[job])
    if not notices:
        return None
    address = f"{settings.SITE_ADDRESS}/imports/{notices[0].number}/"
    values = {"notice": notices[0].sentence}
    return Content(mail.person, mail.organization, "notice", address=address, values=values)


WRITERS: Final[Mapping[str, Writer]] = {mails.NOTICE: _mail}


def _notices(scope: Scope, *, found: Iterable[Job]) -> list[Notice]:
    last = {job.import_number: job for job in found if job.import_number is not None}
    found_records = records.numbered(scope, numbers=list(last)) if last else []
    return [_notice(record, job=last[record.number]) for record in found_records]


def _notice(record: models.Import, *, job: Job) -> Notice:
    what = f"Import {record.number}, {record.file_name or record.note},"
    if record.undoes:
        what = f"Undo of import {record.undoes.number}"
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
