"""Imports: plan a file, apply the plan, plan its undo, list and show imports.

`import_plan` writes nothing; `import_stage` stores a plan with its file; `import_apply` applies it; `import_undo_plan`
makes the plan that reverses an import, which is applied like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

import polars as pl
from django.utils import timezone

from enlist.core.clean import fold, fold_key
from enlist.core.clean.similarity.same_keys import same_keys
from enlist.core.directory.directory import Reference, hidden_in
from enlist.core.errors import NeedsApproval, PlanError, PolicyError
from enlist.core.headers.match import HeaderMatch, match_headers
from enlist.core.headers.requirements import require
from enlist.core.plan.plan import Head, Plan
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.people.passwords import uses_file
from enlist.core.planner.people.unlisted import applies
from enlist.core.policy import Macros, Policy
from enlist.core.rows.cleaners import settle
from enlist.core.rows.home_group import groups_in_scope, scope_words
from enlist.core.rows.left_out import roles_left_out
from enlist.core.rows.listing import Listing
from enlist.core.table.table import Table
from enlist.formats import read
from enlist.services.access import Right, Scope, check_right, may_touch, needs
from enlist.services.accounts.inviting import invite_check
from enlist.services.accounts.passwords import passwords_hand_over
from enlist.services.accounts.protection import check_undo
from enlist.services.jobs.run import Run, job_here
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.directory import snapshot, unlisted
from enlist.store.imports import approvals, artifacts, expiry, records, sealed_passwords, states
from enlist.store.imports import remembered_headers as remembered_headers
from enlist.store.jobs import jobs
from enlist.store.secrets import sealing
from enlist.store.setup import limits
from enlist.store.transactions import short_transaction

from .commit import Done, plan_commit
from .file_limits import within_limits
from .limits import counted, limits_of, plan_limited
from .planning import BATCH, Task
from .request import ImportRequest
from .staged_file import file_keep, twins_keep
from .summary import ALL, AT_WORK, LOOKED, STILL, ImportDetail, ImportSummary, Looked, Part, summary_of
from .undo import plan_undo


@dataclass(frozen=True, slots=True)
class PlannedAgain:
    """The result of a job that planned an import again, because the plan that a person saw was stale."""

    planned_again: bool = True


@dataclass(frozen=True)
class Planned:
    """A request, its table, the meaning of its headers, and the plan.

    awaiting: the plan of what needs approval, if anything does; awaiting_rows: its rows (Int64).
    """

    request: ImportRequest
    table: Table
    headers: HeaderMatch
    plan: Plan
    awaiting: Plan | None = None
    awaiting_rows: pl.Series | None = None

    @property
    def unknown_twins(self) -> list[str]:
        """Usernames that somebody decided about (`ImportRequest.twins`), but no row has."""
        header = self.headers.headers.get("username")
        have = set(fold_key(self.table.frame.get_column(header)).unique()) if self.request.twins and header else set()
        return sorted(name for name in self.request.twins if fold(name) not in have)


@dataclass(frozen=True)
class Understood:
    """A table with all that its plan depends on. policy: with stored values."""

    table: Table
    headers: HeaderMatch
    policy: Policy
    reference: Reference
    circumstances: Circumstances
    head: Head
    excluded: pl.Series
    twins: Mapping[str, str] = field(default_factory=dict)


@needs(Right.IMPORT)
def import_read(scope: Scope, *, request: ImportRequest, progress: Progress = silent) -> Understood:
    """Read a file and match its columns; nothing is written.

    Raises PolicyError before the file is opened, then FileError or HeaderError.
    """
    policy = _policy(scope, request=request)
    reference = snapshot.reference(scope.organization)
    policy = settle(policy, reference=reference)
    progress("reading", 0, 0)
    table = _table(request, policy=policy)
    headers = match_headers(
        table,
        reference=reference,
        overrides=request.columns,
        remembered=remembered_headers.remembered(scope.organization),
        left_out=policy.columns_left_out,
        unknown_columns=policy.unknown_columns,
    )
    out = pl.concat([request.excluded, roles_left_out(headers, policy=policy).get_column("row")]).unique()
    if not out.is_empty():
        headers = replace(headers, same_keys=same_keys(table, headers=headers.headers, excluded=out))
    require(table, headers=headers, policy=policy)
    named = [*headers.headers, *policy.defaults, *policy.fixed_values]
    # People who sign in elsewhere keep their password there.
    reference = replace(reference, hidden=hidden_in([*named, "auth"] if table.is_sealed else named))
    circumstances = _circumstances(scope, request=request)
    head = Head(
        organization=scope.organization.slug,
        preset=request.preset,
        policy=policy.to_dict(),
        file_name=table.source.name,
        file_sha256=table.source.sha256,
        reference_version=reference.version,
        hidden=reference.hidden,
        actor=circumstances.actor,
        rank=circumstances.role,
    )
    return Understood(table, headers, policy, reference, circumstances, head, request.excluded, request.twins)


def _policy(scope: Scope, *, request: ImportRequest) -> Policy:
    """The policy of a request, with the organisation's limits. Raises PolicyError."""
    own = limits.limits_of(scope.organization)
    if request.policy.limits not in (Policy().limits, own):
        raise PolicyError("limits_not_a_setting")
    return request.policy.check().replace(limits=own)


def _circumstances(scope: Scope, *, request: ImportRequest) -> Circumstances:
    """Who imports, and the number of rows in the last such file, if the policy needs it."""
    rows = unlisted.last_rows(scope.organization, preset=request.preset) if applies(request.policy) else 0
    return Circumstances(actor=scope.actor.pk if scope.actor else None, role=scope.role, last_rows=rows)


@needs(Right.IMPORT)
def import_plan(scope: Scope, *, request: ImportRequest, progress: Progress = silent, batch: int = BATCH) -> Planned:
    """Read a file and plan it; nothing is written.

    Changes over the organisation's limits get a plan of their own. batch: rows planned at once. Raises PolicyError
    before the file is opened, then FileError or HeaderError.
    """
    understood = import_read(scope, request=request, progress=progress)
    task = task_of(scope, read=understood, progress=progress, batch=batch)
    limited = plan_limited(task, head=understood.head, allowed=limits_of(scope))
    return Planned(
        request=request,
        table=understood.table,
        headers=understood.headers,
        plan=limited.plan,
        awaiting=limited.awaiting,
        awaiting_rows=limited.rows,
    )


def task_of(scope: Scope, *, read: Understood, progress: Progress = silent, batch: int = BATCH) -> Task:
    """The task of planning a table on the organisation's current directory."""
    return Task(
        table=read.table,
        headers=read.headers,
        policy=read.policy,
        reference=read.reference,
        snapshot=lambda keys: snapshot.snapshot(scope.organization, reference=read.reference, keys=keys),
        absent=lambda listing: _presence(scope, listing=listing, read=read),
        namesakes=lambda names: snapshot.namesakes(scope.organization, names=names, reference=read.reference),
        circumstances=read.circumstances,
        progress=progress,
        batch=batch,
        excluded=read.excluded,
        twins=read.twins,
    )


def _presence(scope: Scope, *, listing: Listing, read: Understood) -> tuple[pl.DataFrame, str]:
    """`Task.absent`."""
    groups = groups_in_scope(read.policy, reference=read.reference)
    active = limits.active_people(scope.organization, groups=groups)
    words = scope_words(read.policy, reference=read.reference, active=active)
    return unlisted.absent(scope.organization, listing=listing, groups=groups), words


@needs(Right.IMPORT)
def import_stage(scope: Scope, *, planned: Planned, progress: Progress = silent) -> Plan:
    """Store a plan and its file, to be applied now or later; the plan, whose head names its import.

    The meaning of its columns is remembered for other files (EN-07). What needs approval is stored as an import of its
    own, which can be approved once the plan is applied. Raises LeaseTaken if there is an import with this key.
    """
    request = planned.request
    # An earlier import with this key loses its data only when the new file is stored.
    with short_transaction():
        record = records.new(scope, head=planned.plan.head, note=request.policy.note, key=request.key)
        file_keep(record, table=planned.table, columns=request.columns)
        twins_keep(record, twins=request.twins)
        if request.invite is not None:
            records.keep_answer(record, invite=request.invite)
    remembered_headers.remember(scope, headers=planned.headers.lessons)
    return planned_keep(scope, record=record, planned=planned, progress=progress)


def planned_keep(scope: Scope, *, record: models.Import, planned: Planned, progress: Progress) -> Plan:
    """Store the plan of an import, and what needs approval as an import of its own."""
    if planned.awaiting is not None:
        waiting = approvals.new(scope, head=planned.awaiting.head, of=record, rows=planned.awaiting_rows)
        if planned.awaiting_rows is not None:
            lines = planned.table.lines.gather(planned.awaiting_rows)
            sealed_passwords.keep(waiting, sealed=planned.table.sealed.filter(pl.col("line").is_in(lines.implode())))
        plan_keep(waiting, plan=planned.awaiting, progress=progress)
    return plan_keep(record, plan=planned.plan, progress=progress)


def import_apply(
    scope: Scope, *, plan: Plan, progress: Progress = silent, approved: bool = False, invite: bool | None = None
) -> Done:
    """Apply a plan: all of it in one transaction, or nothing.

    approved: limits don't apply (`approval.import_approve`). invite: the answer if the policy asks, unless the request
    had one. Raises NeedsApproval for a plan over a limit, PlanError for a plan of another organisation or one that has
    been applied, PolicyError if an answer is missing, StalePlan if the directory has changed since the plan was made,
    LeaseTaken while another import is being applied, Cancelled, LeaseLost, DatabaseProblem.
    """
    if plan.head.organization != scope.organization.slug:
        raise PlanError(
            "plan_of_other_organization",
            plan=plan.head.organization or "no organisation",
            organization=scope.organization.slug,
        )
    check_right(scope, right=Right.APPROVE if approved else Right.IMPORT)
    number = plan.head.staged
    if invite is not None or number is None:
        invite_check(plan.head.policy, new=plan.head.new.get("person", 0), answer=invite)
    record = records.new(scope, head=plan.head) if number is None else records.get(scope, number=number)
    if invite is not None:
        records.keep_answer(record, invite=invite)
    if number is not None:
        if not approved:
            may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
        _check_is_open(record, plan=plan, approved=approved)

    def work(run: Run) -> Done:
        whole = plan_keep(record, plan=plan, progress=run) if number is None else plan
        done = plan_commit(run, record=record, plan=whole, approved=approved)
        # While this job is open: otherwise `orphans_settle` queues them.
        passwords_hand_over(scope, number=record.number)
        return done

    return job_here(scope, import_number=record.number, work=work, progress=progress)


def import_undo_plan(scope: Scope, *, number: int, progress: Progress = silent) -> Plan:
    """The plan that undoes an import, except where others have changed its results since; nothing is written.

    If it is over the organisation's limits, all of it needs approval (see its head). Raises NotFound; PlanError if the
    import wasn't applied, is undone already, or its plan has expired.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    if record.state != "applied":
        raise PlanError("import_not_undoable", number=number, state=record.state.replace("_", " "))
    _check_is_kept(scope, record=record)
    plan = plan_undo(scope, record=record, progress=progress)
    check_undo(scope, plan=plan)
    limits_of(scope).check_active(plan)
    return counted(plan) if limits_of(scope).over(plan) else plan


@needs(Right.SEE_IMPORTS)
def imports_list(
    scope: Scope, *, limit: int = 20, looked: Looked = ALL, before: int | None = None
) -> list[ImportSummary]:
    """The last imports, the newest first; before: only lower numbers. Raises PolicyError for an unknown state."""
    if looked.state and looked.state not in LOOKED:
        raise PolicyError("import_filter_unknown", value=looked.state, filters=", ".join(LOOKED))
    states = LOOKED.get(looked.state, ())
    is_busy = None if looked.state not in (AT_WORK, *STILL) else looked.state == AT_WORK
    among = records.Among(
        text=looked.text, preset=looked.preset, states=states, by=looked.by, since=looked.since,
        before=before, is_busy=is_busy, busy=jobs.busy_imports(scope) if is_busy is not None else (),
    )  # fmt: skip
    found = records.latest(scope, limit=limit, among=among)
    working, undos = jobs.of_imports(scope, numbers=[record.number for record in found]), records.undos_of(found)
    return [summary_of(each, job=working.get(each.number), undo=undos.get(each.pk)) for each in found]


@needs(Right.SEE_IMPORTS)
def importers_list(scope: Scope) -> list[str]:
    """The usernames of people who have started an import."""
    return records.starters(scope)


def import_show(scope: Scope, *, number: int) -> tuple[ImportDetail, Plan | None]:
    """An import, and its plan if it is kept. Raises NotFound."""
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    until = expiry.kept_until(record, retention=expiry.retention_of(scope.organization))
    is_kept = record.plan_head and not record.plan_removed_at
    undo = records.undos_of([record]).get(record.pk)
    summary = summary_of(record, job=jobs.of_import(scope, number=number), undo=undo)
    plan = artifacts.plan_of(record) if is_kept else None
    detail = ImportDetail(
        **{each.name: getattr(summary, each.name) for each in fields(summary)} | _kept(record, until=until),
        part=_part(scope, record=record),
        fingerprint=plan.fingerprint if plan and record.state == approvals.AWAITING else None,
    )
    return detail, plan


def _table(request: ImportRequest, *, policy: Policy) -> Table:
    if isinstance(request.source, Table):
        return request.source
    options = replace(request.reading, macros=policy.macros == Macros.LET_IN, password=request.password)
    if uses_file(policy) and request.passwords:
        options = replace(options, seal=sealing.seal)
    return read(request.source, name=request.name, options=within_limits(options))


def _part(scope: Scope, *, record: models.Import) -> Part | None:
    part = approvals.part_of(record)
    if part is None:
        return None
    shown = summary_of(part, job=jobs.of_import(scope, number=part.number), undo=None)
    return Part(part.number, "approving" if shown.is_approving else part.state)


def _kept(record: models.Import, *, until: Mapping[str, datetime]) -> dict[str, str]:
    """The dates of ImportDetail."""
    gone = {"file": record.file_removed_at, "plan": record.plan_removed_at}
    had = {"file": record.kind == "import", "plan": bool(record.plan_head)}
    return {
        f"{what}_removed" if gone[what] else f"{what}_kept_until": f"{gone[what] or until[what]:%Y-%m-%d}"
        for what in gone
        if had[what]
    }


def _check_is_kept(scope: Scope, *, record: models.Import) -> None:
    """Raise PlanError from the announced day on, even if the plan hasn't been removed yet."""
    until = expiry.kept_until(record, retention=expiry.retention_of(scope.organization))["plan"]
    if record.plan_removed_at or until <= timezone.now():
        raise PlanError(
            "import_undo_expired", number=record.number, date=f"{min(until, record.plan_removed_at or until):%Y-%m-%d}"
        )


def _check_is_open(record: models.Import, *, plan: Plan, approved: bool) -> None:
    if not approved and (record.split_from or record.state == approvals.AWAITING):
        raise NeedsApproval("import_needs_approval", number=record.number)
    if record.state not in (records.NOT_ENDED if approved else records.OPEN):
        state = record.state.replace("_", " ")
        raise PlanError("import_carried_out", number=record.number, state=state)
    if record.plan_removed_at:
        raise PlanError("import_plan_removed", number=record.number, date=f"{record.plan_removed_at:%Y-%m-%d}")
    if artifacts.plan_of(record).fingerprint != plan.fingerprint:
        raise PlanError("plan_not_recorded", number=record.number)


def plan_keep(record: models.Import, *, plan: Plan, progress: Progress, is_held: bool = False) -> Plan:
    """Store the parts of an import's plan. is_held: it needs approval."""
    keep = artifacts.PlanKeeper(record)
    for number, part in enumerate(plan.parts):
        keep(number, part, part.to_blobs())
        progress("saving", number + 1, len(plan.parts))
    whole = replace(plan, head=replace(plan.head, staged=record.number))
    records.planned(record, plan=whole, by=states.HOLD if is_held else states.PLAN)
    return whole
