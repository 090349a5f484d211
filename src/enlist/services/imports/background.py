"""Handing over: a worker plans a file and applies the plan; one key is one import, however often it is asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
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
from enlist.core.table.storable import is_storable
from enlist.services.access import Right, Scope, may_touch, needs
from enlist.services.accounts.passwords import Settled, passwords_check, passwords_hand_over, passwords_settle
from enlist.services.jobs.run import KIND, Run, job_do, job_finish_here
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.imports import artifacts, records, remembered_headers, uploads
from enlist.store.jobs import jobs
from enlist.store.leases import LeaseKeeper
from enlist.store.operations.models import OPEN_STATES, Job
from enlist.store.transactions import short_transaction

from .commit import Done, done_by_others, plan_commit
from .orphans import import_forget, orphans_settle
from .plan import PlannedAgain, import_plan, import_read, import_undo_plan, plan_keep, planned_keep
from .request import ImportRequest
from .staged_file import file_excluded, file_keep, file_meant, file_of

# Of a job's arguments: the fingerprint of the plan somebody was shown and agreed to.
SHOWN: Final = "shown"
# Characters of a key.
LONGEST_KEY: Final = 255
# Seconds between two looks at what others do.
PAUSE: Final = 0.2
# Seconds after which waiting for somebody else is given up.
LONGEST_WAIT: Final = 3_600
# So often is a plan made anew because the directory changed while it was made.
PLANS: Final = 5


@dataclass(frozen=True)
class Handed:
    """The import that will do what was asked for, and whether it was made now or by an earlier request."""

    number: int
    is_new: bool


@needs(Right.IMPORT)
def import_hand_over(scope: Scope, *, request: ImportRequest, progress: Progress = silent) -> Handed:
    """Read a file, store it, and have a worker plan and apply it.

    Raises what reading raises, and PolicyError where the key was given with another file or other settings.
    """
    with import_keyed(scope, request=request) as known:
        if known:
            return Handed(known.number, is_new=False)
        read = import_read(scope, request=request, progress=progress)
        with short_transaction():
            record = records.new(scope, head=read.head, note=request.policy.note, key=request.key)
            file_keep(record, table=read.table, columns=request.columns)
        remembered_headers.remember(scope, headers=read.headers.lessons)
        jobs.put(scope, kind=KIND, import_number=record.number)
        return Handed(record.number, is_new=True)


@contextmanager
def import_keyed(
    scope: Scope, *, request: ImportRequest, until_ended: Progress | None = None
) -> Iterator[models.Import | None]:
    """Inside, nobody else asks with this key: the import that does, or did, what is asked; None where it is yours.

    It is yours as well where it failed, or whoever did it died. until_ended: wait for one in work, and tell how far it
    is; one in the queue is done here. Raises PolicyError where the key was given with another file or other settings.
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
    """Inside, nobody else asks with this key. Raises PolicyError for one that cannot be kept."""
    key_check(key)
    with LeaseKeeper(scope.organization.pk, subject=f"key {key}") as lease:
        for _ in pauses(f"another request with the key “{key}”"):
            if _is_taken(lease):
                break
        yield


def pauses(what: str) -> Iterator[None]:
    """Yield between pauses, to look whether something is done. Raises LeaseTaken after an hour."""
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        yield
        time.sleep(PAUSE)
    raise LeaseTaken("waited_too_long", what=what)


def key_check(key: str) -> None:
    """Raise PolicyError for a key that cannot be kept."""
    if len(key) > LONGEST_KEY or not is_storable(key):
        raise PolicyError("import_key_refused", limit=LONGEST_KEY)


def import_outcome(record: models.Import) -> Done:
    """What became of an import that ended. Raises Cancelled."""
    done = done_by_others(record)
    if done is None:
        raise Cancelled("import_cancelled", number=record.number)
    return done


def _see_through(scope: Scope, *, record: models.Import, progress: Progress) -> None:
    """Wait for who does an import, or do it where it waits for somebody."""
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
    """Set the passwords of an import that was applied, or wait for the worker that does. Broken off, it goes on.

    Raises what `passwords_settle` raises.
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
    return result


def import_make_plan(run: Run) -> None:
    """The work of a job: plan the staged file of its import, or its undo, and keep the plan to be looked at."""
    record = records.get(run.scope, number=run.job.import_number or 0)
    if record.state in records.OPEN:
        try:
            _planned(run, record=record)
        except StalePlan:
            # Who changed the file had it stopped as well, and may want it planned as it is now.
            run.go_on("planning", done=0, total=0)
            raise


def import_cancel(scope: Scope, *, number: int, patience: float = 10) -> str:
    """Have an import stop before it is applied; its state after that many seconds at most: cancelled or cancelling.

    It is cancelling while a worker carries it out, who stops at the next step; whoever reads or plans it writes nothing
    more from now on.

    Raises NotFound, and EnlistError where it was applied, or ended otherwise, already.
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
        # Asked of the record: another attempt, or a job that lost its arguments, shows the plan as well.
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
    """Apply the plan as soon as no other import is being applied."""
    for _ in pauses("other imports that are being applied"):
        try:
            return plan_commit(run, record=record, plan=plan)
        except LeaseTaken:
            run("waiting for its turn", 0, 0)
    raise AssertionError("the last pause raises")


def _planned(run: Run, *, record: models.Import) -> Plan:
    run.go_on("reading", done=0, total=0)
    # What a worker left that died while it stored its plan.
    records.restart(record)
    if record.undoes is not None:
        return plan_keep(
            record,
            plan=import_undo_plan(run.scope, number=record.undoes.number, progress=run),
            progress=run,
        )
    planned = import_plan(run.scope, request=_request(record), progress=run)
    return planned_keep(run.scope, record=record, planned=planned, progress=run)


def _request(record: models.Import) -> ImportRequest:
    """The request as it was handed over. Raises PlanError where its file has expired."""
    table = file_of(record)
    columns, policy = file_meant(record, headers=table.headers)
    return ImportRequest(
        source=table,
        policy=policy,
        preset=record.preset,
        columns=columns,
        excluded=file_excluded(record),
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
