"""Background jobs: the queue, their progress and how they ended. Also work of the foreground, so that others see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl
from django.db import IntegrityError, connections, transaction
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Now
from django.utils import timezone

from enlist.store.leases import LeaseKeeper, is_free, is_past
from enlist.store.operations import OPERATIONS
from enlist.store.operations.models import OPEN_STATES, Job, Lease
from enlist.store.scope import Scope
from enlist.store.transactions import short_words

from . import states

# A job that killed as many workers is at fault itself.
ATTEMPTS: Final = 3
# Of a job's arguments: the work on the same import that is wanted when this one, asked to stop, has ended.
AFTER: Final = "after"
# A worker that has nothing to do draws a job within that time.
SOON: Final = timedelta(seconds=3)
_SAID: Final = ("error", "result", "arguments")


def new(
    scope: Scope, *, kind: str, import_number: int | None = None, arguments: Mapping[str, Any] | None = None
) -> tuple[Job, bool]:
    """Add a job for this process to do, and say that it is new; or find the open job of the same import."""
    return _added(scope, kind=kind, import_number=import_number, arguments=dict(arguments or {}), state="running")


def put(
    scope: Scope, *, kind: str, import_number: int | None = None, arguments: Mapping[str, Any] | None = None
) -> tuple[Job, bool]:
    """The same for workers: add it to the queue."""
    asked = {"kind": kind, "import_number": import_number, "arguments": dict(arguments or {})}
    return _added(scope, **asked, state="queued", background=True)


def _added(scope: Scope, **values: Any) -> tuple[Job, bool]:
    mine, by = Job.objects.filter(organization_id=scope.organization.pk), scope.actor.pk if scope.actor else None
    try:
        with transaction.atomic(using=OPERATIONS):
            return mine.create(organization_id=scope.organization.pk, by=by, **values), True
    except IntegrityError:
        found = mine.filter(import_number=values["import_number"], state__in=OPEN_STATES).first()
        # It ended between the two looks: now nobody has it.
        return (found, False) if found else _added(scope, **values)


def draw() -> Job | None:
    """The first job of the queue, which this worker begins; None where there is none."""
    while first := Job.objects.filter(state="queued").order_by("id").first():
        # Other workers saw the same job: only one of them changes its state.
        mine = Job.objects.filter(pk=first.pk, state="queued")
        if states.move(mine, by=states.BEGIN, started_at=Now(), attempts=F("attempts") + 1):
            return first
    return None


def put_back(job: Job, *, begun: bool = True) -> None:
    """Put it into the queue again, at its old place, unless it ended. begun: count this as one of its few attempts."""
    attempts = F("attempts") if begun else F("attempts") - 1
    with short_words():
        found = Job.objects.filter(pk=job.pk)
        states.move(found, by=states.QUEUE, phase="", done=0, total=0, attempts=attempts)


def get(pk: int) -> Job | None:
    """The job of this number."""
    return Job.objects.filter(pk=pk).first()


def latest(scope: Scope, *, limit: int) -> list[Job]:
    """The organisation's last jobs, the newest first."""
    return list(Job.objects.filter(organization_id=scope.organization.pk).order_by("-id")[:limit])


def of_imports(scope: Scope, *, numbers: list[int]) -> dict[int, Job]:
    """The last job of each of these imports that has one."""
    found = Job.objects.filter(organization_id=scope.organization.pk, import_number__in=numbers).order_by("id")
    return {job.import_number or 0: job for job in found}


def of_import(scope: Scope, *, number: int) -> Job | None:
    """The last job of this import (one query)."""
    return Job.objects.filter(organization_id=scope.organization.pk, import_number=number).order_by("-id").first()


def busy_imports(scope: Scope) -> tuple[int, ...]:
    """The numbers of the imports that are being worked on, or wait for it (one query)."""
    mine = Job.objects.filter(organization_id=scope.organization.pk, state__in=OPEN_STATES)
    return tuple(number for number in mine.values_list("import_number", flat=True) if number is not None)


def lease(job: Job) -> LeaseKeeper:
    """What whoever does the job must hold."""
    return LeaseKeeper(job.organization_id, subject=_subject(job.pk))


def begin(job: Job) -> bool:
    """It is being done from now on; whether there is still something to do."""
    with short_words():
        return bool(states.move(Job.objects.filter(pk=job.pk, cancel=False), by=states.BEGIN, started_at=Now()))


def tell(job: Job, *, phase: str, done: int, total: int) -> bool:
    """How far it is; whether it shall go on."""
    is_new = Case(When(phase=phase, then=F("phase_at")), default=Now())
    told = {"phase": phase, "done": done, "total": total, "phase_at": is_new, "told_at": Now()}
    with short_words():
        return bool(Job.objects.filter(pk=job.pk, cancel=False).update(**told))


def done(job: Job, *, result: Mapping[str, Any]) -> None:
    """It is done, and this is what it has to tell."""
    _end(job, by=states.FINISH, result=dict(result), error={})


def failed(job: Job, *, error: Mapping[str, Any]) -> None:
    """It failed, and will not be tried again; error: its code and fields."""
    _end(job, by=states.FAIL, error=dict(error))


def cancelled(job: Job) -> None:
    """It was cancelled before it did anything that lasts."""
    _end(job, by=states.CANCEL, error={})


def complain(job: Job, *, error: Mapping[str, Any]) -> None:
    """Keep why an attempt failed, for the day on which there is no further one."""
    with short_words():
        Job.objects.filter(pk=job.pk).update(error=dict(error))


def is_anything_queued() -> bool:
    """Whether work was handed over that has not ended, whoever does it."""
    return Job.objects.filter(state__in=OPEN_STATES, background=True).exists()


def open_everywhere() -> int:
    """How many jobs of all organisations have not ended; none where there are no tables yet."""
    if Job._meta.db_table not in connections[OPERATIONS].introspection.table_names():
        return 0
    return Job.objects.filter(state__in=OPEN_STATES).count()


def open_job(organization: int, *, kind: str, arguments: Mapping[str, Any] | None = None) -> Job | None:
    """The organisation's work of this kind, about this, that has not ended."""
    mine = Job.objects.filter(organization_id=organization, kind=kind, state__in=OPEN_STATES)
    return mine.filter(arguments=dict(arguments or {})).order_by("id").first()


def cancel(job: Job) -> None:
    """Ask whoever does it to stop; what nobody has begun is cancelled at once."""
    Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(cancel=True)
    states.move(Job.objects.filter(pk=job.pk), by=states.CANCEL_QUEUED, ended_at=Now())


def is_to_stop(job: Job) -> bool:
    """Whether somebody asked that it stop (one query)."""
    return Job.objects.filter(pk=job.pk, cancel=True).exists()


def kind_by_now(job: Job) -> str:
    """What is done, or is wanted next where that is asked to stop; "" for nothing."""
    return str(job.arguments[AFTER]["kind"]) if AFTER in job.arguments else "" if job.cancel else job.kind


def is_unattended(job: Job) -> bool:
    """Whether it waits in the queue, and has for some seconds, while no worker is heard of (one query at most)."""
    if job.state != "queued" or timezone.now() - job.created_at < SOON:
        return False
    return not Lease.objects.exclude(is_free()).filter(subject__startswith=_subject("")).exists()


def follow(scope: Scope, *, job: Job, kind: str, arguments: Mapping[str, Any] | None = None) -> bool:
    """Have this done for the same import when a job that is asked to stop has ended; False where it has already."""
    by = scope.actor.pk if scope.actor else None
    after = {"kind": kind, "arguments": dict(arguments or {}), "by": by}
    with transaction.atomic(using=OPERATIONS):
        still = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES)
        return bool(still.update(arguments={**job.arguments, AFTER: after}))


def orphans() -> list[Job]:
    """Jobs that somebody began and nobody does any more."""
    alive = set(Lease.objects.exclude(is_free()).values_list("subject", flat=True))
    # A job that began a moment ago has no lease yet.
    begun = Job.objects.filter(is_past("started_at"), state="running")
    return [job for job in begun if _subject(job.pk) not in alive]


def forget(*, ended_before: datetime) -> int:
    """Remove jobs that ended before, and their leases; how many."""
    old = list(Job.objects.filter(ended_at__lt=ended_before).values_list("pk", flat=True))
    if old:
        Lease.objects.filter(subject__in=[_subject(pk) for pk in old]).delete()
        Job.objects.filter(pk__in=old).delete()
    return len(old)


def unseen(scope: Scope, *, kind: str) -> list[Job]:
    """What workers did for whoever acts and they were not told of yet, the oldest first (one query)."""
    return list(_news(kind).filter(organization_id=scope.organization.pk, by=scope.actor.pk)) if scope.actor else []


def see(scope: Scope, *, number: int) -> None:
    """Whoever acts knows what became of an import."""
    if scope.actor:
        mine = Job.objects.filter(organization_id=scope.organization.pk, import_number=number, by=scope.actor.pk)
        mine.filter(seen=False, ended_at__isnull=False).update(seen=True)


def to_mail(*, kind: str, ended_before: datetime, ended_after: datetime) -> list[Job]:
    """What nobody saw in a while, and no mail told of yet."""
    return list(_news(kind).filter(mailed=False, ended_at__lt=ended_before, ended_at__gt=ended_after))


def is_to_mail(job: Job) -> bool:
    """Whether nobody has mailed or seen it meanwhile."""
    return Job.objects.filter(pk=job.pk, mailed=False, seen=False).exists()


def mailed(job: Job) -> None:
    """A mail told of it, or never will."""
    Job.objects.filter(pk=job.pk).update(mailed=True)


def _news(kind: str) -> QuerySet[Job]:
    # Who had it done in the foreground saw how it ended.
    told = Job.objects.filter(kind=kind, seen=False, state__in=("done", "failed"), background=True)
    return told.exclude(by=None).order_by("id")


def silence(organization: int, *, named: Callable[[pl.Series], pl.Series]) -> None:
    """Take out of the organisation's jobs what they say, where `named` finds somebody in it."""
    said = Job.objects.filter(organization_id=organization).exclude(error={}, result={}, arguments={})
    texts = pl.DataFrame(
        [(pk, "\n".join(_texts(words))) for pk, *words in said.values_list("pk", *_SAID)],
        schema={"pk": pl.Int64, "text": pl.String},
        orient="row",
    )
    found = texts.filter(named(texts.get_column("text"))).get_column("pk")
    Job.objects.filter(pk__in=found.to_list()).update(error={}, result={}, arguments={})


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value of JSON, names of fields among them."""
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
    with short_words():
        if states.move(Job.objects.filter(pk=job.pk), by=by, **values, ended_at=Now()):
            after = Job.objects.values_list("arguments", flat=True).get(pk=job.pk).get(AFTER)
            if after:
                same = {"organization_id": job.organization_id, "import_number": job.import_number}
                Job.objects.create(**same, **after, state="queued", background=True)
