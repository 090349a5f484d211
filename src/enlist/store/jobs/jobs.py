"""Jobs: work that is told about while it is done, in the process that made it or by a worker from the queue."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db import IntegrityError, connections, transaction
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from enlist.store.leases import LeaseKeeper, is_free, is_past
from enlist.store.operations import OPERATIONS, in_passing
from enlist.store.operations.models import OPEN_STATES, Job, Lease
from enlist.store.scope import Scope
from enlist.store.transactions import short_words

# So often is work begun again whose worker died; then it is at fault itself.
ATTEMPTS: Final = 3
_SAID: Final = ("message", "hint", "result", "arguments")


def new(
    scope: Scope, *, kind: str, import_number: int | None = None, arguments: Mapping[str, Any] | None = None
) -> tuple[Job, bool]:
    """A job that the process itself will do; or the open one of the same import: whether it was made now."""
    place = {"organization_id": scope.organization.pk, "import_number": import_number}
    try:
        with transaction.atomic(using=OPERATIONS):
            by = scope.actor.pk if scope.actor else None
            made = Job.objects.create(**place, kind=kind, by=by, arguments=dict(arguments or {}), state="running")
    except IntegrityError:
        found = Job.objects.filter(**place, state__in=OPEN_STATES).first()
        # It ended between the two looks: now nobody has it.
        return (found, False) if found else new(scope, kind=kind, import_number=import_number, arguments=arguments)
    return made, True


def put(job: Job) -> None:
    """Into the queue with it."""
    with transaction.atomic(using=OPERATIONS):
        ticket = import_string(f"enlist.tasks.{job.kind}").enqueue(job.pk)
        Job.objects.filter(pk=job.pk).update(task_id=uuid.UUID(ticket.id), state="queued")


def put_back(job: Job, *, begun: bool = True) -> None:
    """Into the queue again, at its old place, unless it ended. begun: this was an attempt, of which there are few."""
    with short_words():
        still = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES)
        if still.update(state="queued", phase="", done=0, total=0):
            for ticket in _ticket(job).select_for_update():
                ticket.status, ticket.started_at = TaskResultStatus.READY, None
                ticket.worker_ids = ticket.worker_ids if begun else ticket.worker_ids[:-1]
                ticket.save(update_fields=["status", "started_at", "worker_ids"])


def take_out(job: Job) -> None:
    """Out of the queue with it, if nobody drew it: somebody does it without."""
    _ticket(job).filter(status=TaskResultStatus.READY).delete()


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
        return bool(Job.objects.filter(pk=job.pk, state__in=OPEN_STATES, cancel=False).update(state="running"))


def tell(job: Job, *, phase: str, done: int, total: int) -> bool:
    """How far it is; whether it shall go on."""
    is_new = Case(When(phase=phase, then=F("phase_at")), default=Now())
    told = {"phase": phase, "done": done, "total": total, "phase_at": is_new, "told_at": Now()}
    with short_words():
        return bool(Job.objects.filter(pk=job.pk, cancel=False).update(**told))


def done(job: Job, *, result: Mapping[str, Any]) -> None:
    """It is done, and this is what it has to tell."""
    _end(job, state="done", result=dict(result), message="", hint="")


def failed(job: Job, *, message: str, hint: str) -> None:
    """It failed, and will not be tried again."""
    _end(job, state="failed", message=message, hint=hint)


def cancelled(job: Job) -> None:
    """It was cancelled before it did anything that lasts."""
    _end(job, state="cancelled", message="", hint="")


def complain(job: Job, *, message: str, hint: str) -> None:
    """Keep why an attempt failed, for the day on which there is no further one."""
    with short_words():
        Job.objects.filter(pk=job.pk).update(message=message, hint=hint)


def is_anything_queued() -> bool:
    """Whether work was handed over that has not ended, whoever does it."""
    return Job.objects.filter(state__in=OPEN_STATES).exclude(task_id=None).exists()


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
    Job.objects.filter(pk=job.pk, state="queued").update(state="cancelled", ended_at=Now())


def attempts(job: Job) -> int:
    """How many workers have begun it."""
    return sum(len(workers) for workers in _ticket(job).values_list("worker_ids", flat=True))


def orphans() -> list[Job]:
    """Open jobs that somebody began and nobody does any more."""
    alive = set(Lease.objects.exclude(is_free()).values_list("subject", flat=True))
    found = [job for job in Job.objects.filter(state__in=OPEN_STATES) if _subject(job.pk) not in alive]
    # What was drawn or made a moment ago has no lease yet.
    made = Job.objects.filter(is_past("created_at"), pk__in=[j.pk for j in found], state="running", task_id=None)
    drawn = DBTaskResult.objects.filter(is_past("started_at"), pk__in=[j.task_id for j in found if j.task_id])
    old = {*made.values_list("pk", flat=True)}, {*drawn.values_list("pk", flat=True)}
    return [job for job in found if job.pk in old[0] or job.task_id in old[1]]


def draw(worker: str) -> DBTaskResult[Any, Any] | None:
    """The next task in the queue, marked as this worker's."""
    with transaction.atomic(using=OPERATIONS):
        ticket = DBTaskResult.objects.ready().get_locked()
        if ticket:
            ticket.claim(worker)
        return ticket


def drawn_done(ticket: DBTaskResult[Any, Any], *, failed: str = "") -> None:
    """The task is through, well or with an exception of this class, unless it was put back into the queue meanwhile.

    What an exception says and where it happened may hold somebody's data: it is not kept.
    """
    status = TaskResultStatus.FAILED if failed else TaskResultStatus.SUCCESSFUL
    mine = DBTaskResult.objects.filter(pk=ticket.pk, status=TaskResultStatus.RUNNING, started_at=ticket.started_at)
    with in_passing():
        mine.update(status=status, finished_at=timezone.now(), exception_class_path=failed)


def forget(*, ended_before: datetime) -> int:
    """Remove jobs that ended before, with their places in the queue and their leases; how many."""
    old = list(Job.objects.filter(ended_at__lt=ended_before).values_list("pk", "task_id"))
    if old:
        DBTaskResult.objects.filter(pk__in=[task for _, task in old if task]).delete()
        Lease.objects.filter(subject__in=[_subject(pk) for pk, _ in old]).delete()
        Job.objects.filter(pk__in=[pk for pk, _ in old]).delete()
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
    told = Job.objects.filter(kind=kind, seen=False, state__in=("done", "failed"))
    # Whoever did it in a process of their own knows.
    return told.exclude(task_id=None).exclude(by=None).order_by("id")


def silence(organization: int, *, named: Callable[[pl.Series], pl.Series]) -> None:
    """Take out of the organisation's jobs what they say, where `named` finds somebody in it."""
    said = Job.objects.filter(organization_id=organization).exclude(message="", hint="", result={}, arguments={})
    texts = pl.DataFrame(
        [(pk, "\n".join(_texts(words))) for pk, *words in said.values_list("pk", *_SAID)],
        schema={"pk": pl.Int64, "text": pl.String},
        orient="row",
    )
    found = texts.filter(named(texts.get_column("text"))).get_column("pk")
    Job.objects.filter(pk__in=found.to_list()).update(message="", hint="", result={}, arguments={})


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value of JSON, names of fields among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _ticket(job: Job) -> QuerySet[DBTaskResult[Any, Any]]:
    """The job's place in the queue, where it has one."""
    return DBTaskResult.objects.filter(pk=job.task_id) if job.task_id else DBTaskResult.objects.none()


def _subject(pk: int) -> str:
    return f"job {pk}"


def _end(job: Job, **values: Any) -> None:
    with short_words():
        Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(**values, ended_at=Now())
