"""Imports in the background: a worker plans and applies them. The same key gives the same import."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from enlist.core.errors import (
    Cancelled,
    DatabaseProblem,
    EnlistError,
    LeaseLost,
    LeaseTaken,
    PlanError,
    PolicyError,
    StalePlan,
    error_from,
)
from enlist.core.plan.plan import Plan
from enlist.core.policy import NewPeople
from enlist.core.table.storable import is_storable
from enlist.services.access import Right, Scope, may_touch, needs
from enlist.services.accounts.inviting import invite_check
from enlist.services.accounts.passwords import Settled, passwords_check, passwords_hand_over, passwords_settle
from enlist.services.jobs.run import APPROVED, KIND, Run, job_do, job_finish_here
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.imports import artifacts, records, remembered_headers, uploads
from enlist.store.jobs import jobs
from enlist.store.leases import LeaseKeeper
from enlist.store.operations.models import OPEN_STATES, Job
from enlist.store.transactions import short_transaction

from .approval import import_approve_later
from .changes import change_of, change_plan
from .commit import Done, done_by_others, plan_commit
from .orphans import import_forget, orphans_settle
from .plan import PlannedAgain, import_plan, import_read, import_undo_plan, plan_keep, planned_keep
from .request import ImportRequest
from .staged_file import file_excluded, file_keep, file_meant, file_of, twins_keep, twins_of

# In a job's arguments: the fingerprint of the plan that a person saw and agreed to.
SHOWN: Final = "shown"
# Most characters of a key.
LONGEST_KEY: Final = 255
# Seconds between two looks at another process's job.
PAUSE: Final = 0.2
# Seconds after which waiting for another process is given up.
LONGEST_WAIT: Final = 3_600
# How often an import is planned if the directory changes meanwhile. Each time, another import or edit was applied: many
# imports of the same people must all get their turn. The limit is for changes that never end.
PLANS: Final = 50


@dataclass(frozen=True)
class Handed:
    """The import of a request. is_new: this request created it, not an earlier one with the same key."""

    number: int
    is_new: bool


@needs(Right.IMPORT)
def import_hand_over(scope: Scope, *, request: ImportRequest, progress: Progress = silent) -> Handed:
    """Read and store a file, and queue a job that plans and applies it.

    Raises what reading raises, and PolicyError if the key belongs to another file or other settings, or if the policy
    asks whether to invite and the request doesn't answer.
    """
    with import_keyed(scope, request=request) as earlier:
        if earlier:
            return Handed(earlier.number, is_new=False)
        # Whether it creates anybody isn't known yet.
        may_create = request.policy.new_people == NewPeople.CREATE
        invite_check(request.policy.to_dict(), new=may_create, answer=request.invite)
        read = import_read(scope, request=request, progress=progress)
        with short_transaction():
            record = records.new(scope, head=read.head, note=request.policy.note, key=request.key)
            file_keep(record, table=read.table, columns=request.columns)
            twins_keep(record, twins=request.twins)
            if request.invite is not None:
                records.keep_answer(record, invite=request.invite)
        remembered_headers.remember(scope, headers=read.headers.lessons)
        jobs.put(scope, kind=KIND, import_number=record.number)
        return Handed(record.number, is_new=True)


@contextmanager
def import_keyed(
    scope: Scope, *, request: ImportRequest, until_ended: Progress | None = None
) -> Iterator[models.Import | None]:
    """A block in which no other process uses this key. Gives the earlier import with this key, None if there is none.

    An import that failed, or whose worker died, doesn't count. until_ended: wait for a running one and report its
    progress; run a queued one here. Raises PolicyError if the key belongs to another file or other settings.
    """
    key = request.key
    if not key:
        yield None
        return
    with one_at_a_time(scope, key=key):
        orphans_settle()
        record = records.of_key(scope, key=key)
        if record and until_ended:
            _see_through(scope, record=record, progress=until_ended)
        if record and (record.state not in records.OPEN or _open_job(scope, record=record)):
            records.check_same(record, head=import_read(scope, request=request).head)
            yield record
        else:
            yield None


@contextmanager
def one_at_a_time(scope: Scope, *, key: str) -> Iterator[None]:
    """A block in which no other process uses this key. Raises PolicyError for an invalid key."""
    key_check(key)
    with LeaseKeeper(scope.organization.pk, subject=f"key {key}") as lease:
        for _ in pauses(f"another request with the key “{key}”"):
            if _is_taken(lease):
                break
        yield


def pauses(what: str) -> Iterator[None]:
    """Yield between pauses, for loops that wait. Raises LeaseTaken after an hour."""
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        yield
        time.sleep(PAUSE)
    raise LeaseTaken("waited_too_long", what=what)


def key_check(key: str) -> None:
    """Raise PolicyError for a key that can't be stored."""
    if len(key) > LONGEST_KEY or not is_storable(key):
        raise PolicyError("import_key_refused", limit=LONGEST_KEY)


def import_outcome(record: models.Import) -> Done:
    """The result of an import that ended. Raises Cancelled."""
    done = done_by_others(record)
    if done is None:
        raise Cancelled("import_cancelled", number=record.number)
    return done


def _see_through(scope: Scope, *, record: models.Import, progress: Progress) -> None:
    """Wait for the job of an import; run it here if it is queued."""
    for _ in pauses(f"the worker at import {record.number}"):
        orphans_settle()
        job = _open_job(scope, record=record)
        if job is None:
            break
        if job.state == "queued":
            job_do(job.pk, work=import_carry_out)
        else:
            progress(job.phase or "waiting", job.done, job.total)
    record.refresh_from_db()


def passwords_see_through(scope: Scope, *, number: int, progress: Progress = silent) -> Settled:
    """Set the passwords of an applied import here, or wait for the worker that does.

    An interrupted call can be repeated. Raises what `passwords_settle` raises.
    """

    def work(run: Run) -> Settled:
        return passwords_settle(scope, number=number, progress=run)

    passwords_check(scope, number=number)
    job = passwords_hand_over(scope, number=number)
    for _ in pauses(f"the worker that sets the passwords of import {number}"):
        if job is None or job.state not in OPEN_STATES:
            break
        try:
            return job_finish_here(job, scope=scope, work=work, progress=progress)
        except LeaseTaken:
            progress(job.phase or "waiting", job.done, job.total)
            orphans_settle()
            job.refresh_from_db()
    if job and job.state != "done":
        raise error_from(job.error) if job.error else Cancelled("passwords_cancelled")
    return Settled(**job.result) if job else Settled()


def import_carry_out(run: Run) -> Done | PlannedAgain:
    """The work of a job: plan the staged file of its import and apply the plan, unless that is done already.

    If a person reviews the plan first, only the plan they saw is applied; any other is left for them to review.
    """
    record = records.get(run.scope, number=run.job.import_number or 0)
    try:
        result = done_by_others(record) or _carried_out(run, record=record)
    except Cancelled:
        with run.ending():
            records.cancelled(record)
            import_forget(record)
        raise
    except (LeaseLost, DatabaseProblem):
        raise
    except EnlistError:
        with run.ending():
            records.failed(record)
        raise
    if isinstance(result, Done):
        uploads.drop(record)
        passwords_hand_over(run.scope, number=record.number)
        if approved := run.job.arguments.get(APPROVED):
            # If that part has changed, or the right is gone, it waits for somebody to look at it.
            with suppress(EnlistError):
                import_approve_later(run.scope, **approved)
    return result


def import_make_plan(run: Run) -> None:
    """The work of a job: plan an import or undo, and store the plan for review."""
    record = records.get(run.scope, number=run.job.import_number or 0)
    if record.state in records.OPEN:
        try:
            _planned(run, record=record)
        except StalePlan:
            # The person who changed the draft cancelled this job too, and may want the draft planned as it is now.
            run.go_on("planning", done=0, total=0)
            raise


def import_cancel(scope: Scope, *, number: int, patience: float = 10) -> str:
    """Cancel an import before it is applied; its state after at most `patience` seconds: cancelled or cancelling.

    It is cancelling until a worker that applies it stops at the next step. Workers that read or plan it write nothing
    more from now on.

    Raises NotFound, and PlanError if the import has ended.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    if job := _open_job(scope, record=record):
        jobs.cancel(job)
        until = time.monotonic() + patience
        while time.monotonic() < until and (_open_job(scope, record=record)):
            orphans_settle()
            time.sleep(PAUSE)
        job = _open_job(scope, record=record)
        if job and job.kind == KIND:
            return "cancelling"
    records.cancelled(record)
    record.refresh_from_db()
    if record.state != "cancelled":
        state = record.state.replace("_", " ")
        code = "import_applied_already" if record.state == "applied" else "import_ended_already"
        raise PlanError(code, number=number, state=state)
    import_forget(record)
    return "cancelled"


def _carried_out(run: Run, *, record: models.Import) -> Done | PlannedAgain:
    for left in reversed(range(PLANS)):
        plan = artifacts.plan_of(record) if record.state == "planned" else _planned(run, record=record)
        # The record decides, because another attempt or a job without its arguments must not apply the plan either.
        if records.is_shown_first(record) and plan.fingerprint != run.job.arguments.get(SHOWN):
            return PlannedAgain()
        try:
            return _in_turn(run, record=record, plan=plan)
        except StalePlan:
            if not left:
                raise
        record.state = "staged"
    raise AssertionError("the last attempt returns or raises")


def _in_turn(run: Run, *, record: models.Import, plan: Plan) -> Done:
    """Apply the plan once no other import is being applied."""
    for _ in pauses("other imports that are being applied"):
        try:
            return plan_commit(run, record=record, plan=plan)
        except LeaseTaken:
            run("waiting for its turn", 0, 0)
    raise AssertionError("the last pause raises")


def _planned(run: Run, *, record: models.Import) -> Plan:
    run.go_on("reading", done=0, total=0)
    # A worker that died may have left parts of a plan.
    records.restart(record)
    if record.undoes is not None:
        return plan_keep(
            record,
            plan=import_undo_plan(run.scope, number=record.undoes.number, progress=run),
            progress=run,
        )
    if change := change_of(record):
        return plan_keep(record, plan=change_plan(run.scope, change=change, progress=run), progress=run)
    planned = import_plan(run.scope, request=_request(record), progress=run)
    return planned_keep(run.scope, record=record, planned=planned, progress=run)


def _request(record: models.Import) -> ImportRequest:
    """The request of a stored import. Raises PlanError if its file has expired."""
    table = file_of(record)
    columns, policy = file_meant(record, headers=table.headers)
    return ImportRequest(
        source=table,
        policy=policy,
        preset=record.preset,
        columns=columns,
        excluded=file_excluded(record),
        twins=twins_of(record),
    )


def _open_job(scope: Scope, *, record: models.Import) -> Job | None:
    job = jobs.of_import(scope, number=record.number)
    return job if job and job.state in OPEN_STATES else None


def _is_taken(lease: LeaseKeeper) -> bool:
    try:
        lease.take()
    except LeaseTaken:
        return False
    return True
