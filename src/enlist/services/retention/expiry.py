"""How long files and plans of imports are kept, and the removal of expired ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from enlist.core.policy.retention import Retention
from enlist.services.access import MACHINE, Right, Scope, needs
from enlist.services.jobs.run import Run
from enlist.store import activity
from enlist.store.accounts import mails
from enlist.store.engine import engine
from enlist.store.imports import expiry, sealed_passwords
from enlist.store.imports.expiry import Removed
from enlist.store.jobs import jobs
from enlist.store.scope import organizations
from enlist.store.transactions import short_transaction

__all__ = [
    "Expired",
    "Removed",
    "expire",
    "expire_hand_over",
    "expire_work",
    "retention_change",
    "retention_show",
]

# The kind of job that removes expired data.
KIND: Final = "keeping.expire"


@dataclass(frozen=True)
class Expired:
    """What was, or would be, removed.

    bytes: size as stored. actions: manual changes whose values go. passwords: those that were never handed out.
    """

    imports: tuple[Removed, ...]
    bytes: int
    actions: int
    passwords: int


@needs(Right.SEE_SETUP)
def retention_show(scope: Scope) -> Retention:
    """How long the organisation keeps files and plans."""
    return expiry.retention_of(scope.organization)


@needs(Right.CHANGE_ORGANIZATION)
def retention_change(
    scope: Scope, *, files: int | None = None, plans: int | None = None, links: int | None = None
) -> Retention:
    """Change how many days files and plans are kept, and activation links work, including existing ones.

    Raises PolicyError.
    """
    return expiry.change_retention(scope, new={"files": files, "plans": plans, "links": links})


@needs(Right.CHANGE_ORGANIZATION)
def expire(scope: Scope, *, dry_run: bool = False, now: datetime | None = None) -> Expired:
    """Remove expired data; with `dry_run` only count it.

    If it is interrupted, the next call removes the rest.
    """
    now = now or timezone.now()
    retention = expiry.retention_of(scope.organization)
    over = list(expiry.expired(scope.organization, retention=retention, now=now))
    actions = expiry.expired_actions(scope.organization, retention=retention, now=now)
    before = now - timedelta(days=retention.files)
    passwords = sealed_passwords.expired(scope.organization, before=before)
    unsent = mails.unsent_passwords(scope.organization, before=before)
    if dry_run:
        found = tuple(expiry.count(record, kind=kind) for record, kind in over)
        return Expired(
            found, bytes=_bytes(found), actions=actions.count(), passwords=passwords.count() + unsent.count()
        )
    removed = tuple(expiry.remove(record, kind=kind, now=now) for record, kind in over)
    done = Expired(
        removed,
        bytes=_bytes(removed),
        actions=expiry.forget_values(actions),
        passwords=sealed_passwords.drop(passwords) + mails.forget_passwords(unsent),
    )
    if done.imports or done.actions or done.passwords:
        with short_transaction():
            activity.log(scope, action="expired", note=_note(done))
    engine().free_space()
    return done


def expire_hand_over() -> None:
    """Queue a job that removes expired data, for each organisation that has some and no such job yet."""
    for each in organizations():
        scope = Scope(each, MACHINE)
        over = expire(scope, dry_run=True)
        if (over.imports or over.actions or over.passwords) and not jobs.open_job(each.pk, kind=KIND):
            jobs.put(scope, kind=KIND)


def expire_work(run: Run) -> Expired:
    """`expire` as a job."""
    return expire(run.scope)


def _bytes(removed: tuple[Removed, ...]) -> int:
    return sum(each.bytes for each in removed)


def _note(done: Expired) -> str:
    files = [str(each.number) for each in done.imports if each.what == "file"]
    plans = [str(each.number) for each in done.imports if each.what == "plan"]
    parts = [
        f"files of imports {', '.join(files)}" if files else "",
        f"plans of imports {', '.join(plans)}" if plans else "",
        f"the values of {done.actions} actions" if done.actions else "",
        f"{done.passwords} passwords that nobody received" if done.passwords else "",
    ]
    return f"Removed {done.bytes:,} bytes: {'; '.join(filter(None, parts))}."
