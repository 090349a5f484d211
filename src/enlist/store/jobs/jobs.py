"""Jobs: the queue, their progress and results. Foreground work is a job too, so that others can see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl
from django.db import IntegrityError, connections, transaction
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Now
from django.utils import timezone

from enlist.store.leases import LeaseKeeper, has_expired, is_free
from enlist.store.operations import OPERATIONS
from enlist.store.operations.models import OPEN_STATES, Job, Lease
from enlist.store.scope import Scope
from enlist.store.transactions import job_transaction

from . import states

# After killing this many workers, a job isn't tried again.
ATTEMPTS: Final = 3
# Key in a job's arguments: the next job for the same import, after this one was asked to stop.
AFTER: Final = "after"
# An idle worker takes a job within this time.
SOON: Final = timedelta(seconds=3)
_TEXT_FIELDS: Final = ("error", "result", "arguments")


def new(
    scope: Scope, *, kind: str, import_number: int | None = None, arguments: Mapping[str, Any] | None = None
) -> tuple[Job, bool]:
    """Add a job that this process runs; or find the open job of the same import. Returns it and whether it is new."""
    return _added(scope, kind=kind, import_number=import_number, arguments=dict(arguments or {}), state="running")


def put(
    scope: Scope, *, kind: str, import_number: int | None = None, arguments: Mapping[str, Any] | None = None
) -> tuple[Job, bool]:
    """The same, but add the job to the queue for workers."""
    values = {"kind": kind, "import_number": import_number, "arguments": dict(arguments or {})}
    return _added(scope, **values, state="queued", background=True)


def _added(scope: Scope, **values: Any) -> tuple[Job, bool]:
    mine, by = Job.objects.filter(organization_id=scope.organization.pk), scope.actor.pk if scope.actor else None
    try:
        with transaction.atomic(using=OPERATIONS):
            return mine.create(organization_id=scope.organization.pk, by=by, **values), True
    except IntegrityError:
        found = mine.filter(import_number=values["import_number"], state__in=OPEN_STATES).first()
        # The other job ended between the two queries, so try again.
        return (found, False) if found else _added(scope, **values)


def draw() -> Job | None:
    """Take the first job of the queue; None if the queue is empty."""
    while first := Job.objects.filter(state="queued").order_by("id").first():
        # Other workers may see the same job; only one can change its state.
        mine = Job.objects.filter(pk=first.pk, state="queued")
        if states.move(mine, by=states.BEGIN, started_at=Now(), attempts=F("attempts") + 1):
            return first
    return None


def put_back(job: Job, *, begun: bool = True) -> None:
    """Put a job back at its old place in the queue, unless it has ended. begun: count the run as an attempt."""
    attempts = F("attempts") if begun else F("attempts") - 1
    with job_transaction():
        found = Job.objects.filter(pk=job.pk)
        states.move(found, by=states.QUEUE, phase="", done=0, total=0, attempts=attempts)


def get(pk: int) -> Job | None:
    """The job with this id."""
    return Job.objects.filter(pk=pk).first()


def latest(scope: Scope, *, limit: int) -> list[Job]:
    """The organisation's latest jobs, newest first."""
    return list(Job.objects.filter(organization_id=scope.organization.pk).order_by("-id")[:limit])


def of_imports(scope: Scope, *, numbers: list[int]) -> dict[int, Job]:
    """The latest job of each of these imports that has one."""
    found = Job.objects.filter(organization_id=scope.organization.pk, import_number__in=numbers).order_by("id")
    return {job.import_number or 0: job for job in found}


def of_import(scope: Scope, *, number: int) -> Job | None:
    """The latest job of this import (one query)."""
    return Job.objects.filter(organization_id=scope.organization.pk, import_number=number).order_by("-id").first()


def busy_imports(scope: Scope) -> tuple[int, ...]:
    """The numbers of the imports with a running or queued job (one query)."""
    mine = Job.objects.filter(organization_id=scope.organization.pk, state__in=OPEN_STATES)
    return tuple(number for number in mine.values_list("import_number", flat=True) if number is not None)


def lease(job: Job) -> LeaseKeeper:
    """The lease that a process needs to run the job."""
    return LeaseKeeper(job.organization_id, subject=_subject(job.pk))


def begin(job: Job) -> bool:
    """Mark the job as running; False if it has ended or should stop."""
    with job_transaction():
        return bool(states.move(Job.objects.filter(pk=job.pk, cancel=False), by=states.BEGIN, started_at=Now()))


def report(job: Job, *, phase: str, done: int, total: int) -> bool:
    """Store the job's progress; False if it should stop."""
    phase_at = Case(When(phase=phase, then=F("phase_at")), default=Now())
    progress = {"phase": phase, "done": done, "total": total, "phase_at": phase_at, "told_at": Now()}
    with job_transaction():
        return bool(Job.objects.filter(pk=job.pk, cancel=False).update(**progress))


def done(job: Job, *, result: Mapping[str, Any]) -> None:
    """Mark the job as done, with its result."""
    _end(job, by=states.FINISH, result=dict(result), error={})


def failed(job: Job, *, error: Mapping[str, Any]) -> None:
    """Mark the job as failed for good; error: its code and fields."""
    _end(job, by=states.FAIL, error=dict(error))


def cancelled(job: Job) -> None:
    """Mark the job as cancelled; it has changed nothing."""
    _end(job, by=states.CANCEL, error={})


def keep_error(job: Job, *, error: Mapping[str, Any]) -> None:
    """Store why an attempt failed, in case there is no further one."""
    with job_transaction():
        Job.objects.filter(pk=job.pk).update(error=dict(error))


def is_anything_queued() -> bool:
    """Whether a background job has not ended."""
    return Job.objects.filter(state__in=OPEN_STATES, background=True).exists()


def open_everywhere() -> int:
    """How many jobs of all organisations have not ended; 0 if there are no tables yet."""
    if Job._meta.db_table not in connections[OPERATIONS].introspection.table_names():
        return 0
    return Job.objects.filter(state__in=OPEN_STATES).count()


def open_job(organization: int, *, kind: str, arguments: Mapping[str, Any] | None = None) -> Job | None:
    """The organisation's open job of this kind with these arguments."""
    mine = Job.objects.filter(organization_id=organization, kind=kind, state__in=OPEN_STATES)
    return mine.filter(arguments=dict(arguments or {})).order_by("id").first()


def cancel(job: Job) -> None:
    """Ask a running job to stop; a queued one is cancelled at once."""
    Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(cancel=True)
    states.move(Job.objects.filter(pk=job.pk), by=states.CANCEL_QUEUED, ended_at=Now())


def is_cancel_requested(job: Job) -> bool:
    """Whether the job was asked to stop (one query)."""
    return Job.objects.filter(pk=job.pk, cancel=True).exists()


def current_kind(job: Job) -> str:
    """The job's kind, or the next job's if this one was asked to stop; "" for none."""
    return str(job.arguments[AFTER]["kind"]) if AFTER in job.arguments else "" if job.cancel else job.kind


def is_unattended(job: Job) -> bool:
    """Whether it has been in the queue for some seconds while no worker is alive (at most one query)."""
    if job.state != "queued" or timezone.now() - job.created_at < SOON:
        return False
    return not Lease.objects.exclude(is_free()).filter(subject__startswith=_subject("")).exists()


def follow(scope: Scope, *, job: Job, kind: str, arguments: Mapping[str, Any] | None = None) -> bool:
    """Queue another job for the same import when this one, asked to stop, ends; False if it already has."""
    by = scope.actor.pk if scope.actor else None
    after = {"kind": kind, "arguments": dict(arguments or {}), "by": by}
    with transaction.atomic(using=OPERATIONS):
        still = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES)
        return bool(still.update(arguments={**job.arguments, AFTER: after}))


def orphans() -> list[Job]:
    """Jobs that were started but are no longer run by a live process."""
    alive = set(Lease.objects.exclude(is_free()).values_list("subject", flat=True))
    # A job that has just started has no lease yet.
    begun = Job.objects.filter(has_expired("started_at"), state="running")
    return [job for job in begun if _subject(job.pk) not in alive]


def forget(*, ended_before: datetime) -> int:
    """Delete jobs that ended before then, and their leases; how many."""
    old = list(Job.objects.filter(ended_at__lt=ended_before).values_list("pk", flat=True))
    if old:
        Lease.objects.filter(subject__in=[_subject(pk) for pk in old]).delete()
        Job.objects.filter(pk__in=old).delete()
    return len(old)


def unseen(scope: Scope, *, kind: str) -> list[Job]:
    """Ended background jobs of who asks that they haven't seen yet, oldest first (one query)."""
    return list(_news(kind).filter(organization_id=scope.organization.pk, by=scope.actor.pk)) if scope.actor else []


def mark_seen(scope: Scope, *, number: int) -> None:
    """Note that who asks has seen the result of an import."""
    if scope.actor:
        mine = Job.objects.filter(organization_id=scope.organization.pk, import_number=number, by=scope.actor.pk)
        mine.filter(seen=False, ended_at__isnull=False).update(seen=True)


def to_mail(*, kind: str, ended_before: datetime, ended_after: datetime) -> list[Job]:
    """Ended jobs that weren't seen for a while, and that no mail was sent about yet."""
    return list(_news(kind).filter(mailed=False, ended_at__lt=ended_before, ended_at__gt=ended_after))


def is_to_mail(job: Job) -> bool:
    """Whether it still has been neither mailed nor seen."""
    return Job.objects.filter(pk=job.pk, mailed=False, seen=False).exists()


def mailed(job: Job) -> None:
    """Note that a mail about it was sent, or never will be."""
    Job.objects.filter(pk=job.pk).update(mailed=True)


def _news(kind: str) -> QuerySet[Job]:
    # Nobody has to be notified of a foreground job.
    ended = Job.objects.filter(kind=kind, seen=False, state__in=("done", "failed"), background=True)
    return ended.exclude(by=None).order_by("id")


def clear_texts(organization: int, *, named: Callable[[pl.Series], pl.Series]) -> None:
    """Delete error, result and arguments of the organisation's jobs in whose texts `named` finds somebody."""
    with_texts = Job.objects.filter(organization_id=organization).exclude(error={}, result={}, arguments={})
    texts = pl.DataFrame(
        [(pk, "\n".join(_texts(values))) for pk, *values in with_texts.values_list("pk", *_TEXT_FIELDS)],
        schema={"pk": pl.Int64, "text": pl.String},
        orient="row",
    )
    found = texts.filter(named(texts.get_column("text"))).get_column("pk")
    Job.objects.filter(pk__in=found.to_list()).update(error={}, result={}, arguments={})


def _texts(value: Any) -> Iterator[str]:
    """The texts in a JSON value, including names of fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _subject(pk: int | str) -> str:
    return f"job {pk}"


def _end(job: Job, *, by: states.Transition, **values: Any) -> None:
    with job_transaction():
        if states.move(Job.objects.filter(pk=job.pk), by=by, **values, ended_at=Now()):
            after = Job.objects.values_list("arguments", flat=True).get(pk=job.pk).get(AFTER)
            if after:
                same = {"organization_id": job.organization_id, "import_number": job.import_number}
                Job.objects.create(**same, **after, state="queued", background=True)
