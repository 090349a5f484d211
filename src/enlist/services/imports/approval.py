"""Approve an import: plan it again on the current directory, and apply it if it does no more than was shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import PlanError, PolicyError, StalePlan
from enlist.core.plan import limits as plan_limits
from enlist.core.plan.active import ActiveLimit
from enlist.core.plan.people import touched
from enlist.core.plan.plan import Plan, head_from_json
from enlist.core.plan.unseen import unseen
from enlist.core.planner.circumstances import Circumstances
from enlist.core.policy import ChangeLimits, Policy
from enlist.services.access import Right, Scope, may_touch, needs
from enlist.services.accounts.passwords import passwords_hand_over
from enlist.services.jobs.run import APPROVING, Run
from enlist.services.progress import Progress, silent
from enlist.store import activity, models
from enlist.store.directory import active, snapshot
from enlist.store.imports import approvals, artifacts, records, sealed_passwords
from enlist.store.jobs import jobs
from enlist.store.setup import limits
from enlist.store.transactions import short_transaction

from .changes import change_of, change_plan
from .commit import Done, plan_commit
from .limits import limits_of, plan_awaiting
from .plan import import_apply, import_read, import_undo_plan, plan_keep, task_of
from .planning import Choice, prepare
from .rank import rank_by_now
from .request import ImportRequest
from .staged_file import file_excluded, file_meant, file_of, twins_of


def import_hold(scope: Scope, *, plan: Plan, progress: Progress = silent) -> Done:
    """Store an undo that needs approval; nothing is applied."""
    undone = records.get(scope, number=plan.head.undoes or 0)
    may_touch(scope, record=undone, others=Right.UNDO_IMPORTS)
    record = approvals.new(scope, head=plan.head, of=None, rows=None)
    stored = plan_keep(record, plan=plan, progress=progress, is_held=True)
    return Done(
        record.number, {}, nothing_to_do=False, waiting=record.number, waiting_people=stored.head.awaiting_people
    )


@needs(Right.APPROVE)
def import_approve(
    scope: Scope, *, number: int, confirm: int, shown: str | None = None, progress: Progress = silent
) -> Done:
    """Approve an import. confirm: the number of people it changes, as it was shown.

    shown: the fingerprint of the plan that the person saw, if known. Raises NotFound; PlanError if the import doesn't
    need approval or its file is gone; PolicyError for another number; StalePlan if the plan isn't the one that was
    shown, or would now do more: the new plan is stored, to be reviewed.
    """
    plan = _planned_again(scope, number=number, confirm=confirm, shown=shown, progress=progress)
    done = import_apply(scope, plan=plan, progress=progress, approved=True)
    _log(scope, number=number, people=confirm)
    return done


@needs(Right.APPROVE)
def import_approve_later(scope: Scope, *, number: int, confirm: int, shown: str) -> None:
    """Queue a job that approves an import. Raises what `import_approve` raises before it plans."""
    record = _waiting(scope, number=number)
    _check_shown(record, confirm=confirm, shown=shown)
    jobs.put(scope, kind=APPROVING, import_number=number, arguments={"confirm": confirm, "shown": shown})


@needs(Right.APPROVE)
def approval_ahead(scope: Scope, *, record: models.Import, confirm: int) -> dict[str, Any]:
    """The arguments of `import_approve_later` for what a draft's plan leaves to be approved, to call it afterwards.

    Raises PlanError if nothing needs approval, PolicyError for another number of people.
    """
    waiting = record if records.is_without_file(record) else approvals.planned_part(record)
    if waiting is None:
        raise PlanError("import_not_waiting", number=record.number)
    seen = _check_shown(waiting, confirm=confirm, shown=None)
    return {"number": waiting.number, "confirm": confirm, "shown": seen.fingerprint}


def import_approve_work(run: Run) -> Done | None:
    """The work of a job: approve an import, unless an earlier attempt did."""
    number, arguments = run.job.import_number or 0, run.job.arguments
    record = records.get(run.scope, number=number)
    if records.is_carried_out(run.job.organization_id, number=number):
        return None
    if not arguments:
        raise PlanError("approval_of_erased_person")
    plan = _planned_again(run.scope, number=number, **arguments, progress=run)
    done = plan_commit(run, record=record, plan=plan, approved=True)
    passwords_hand_over(run.scope, number=number)
    _log(run.scope, number=number, people=arguments["confirm"])
    return done


def _log(scope: Scope, *, number: int, people: int) -> None:
    activity.log(scope, action="approval_given", note=f"Import {number}: {plan_limits.people_text(people)}.")


def _check_shown(record: models.Import, *, confirm: int, shown: str | None) -> Plan:
    """The plan to approve. Raises StalePlan if the person saw another, PolicyError for another number of people."""
    seen = artifacts.plan_of(record)
    if shown is not None and seen.fingerprint != shown:
        raise StalePlan("approval_replanned", number=record.number, people=seen.head.awaiting_people)
    people = seen.head.awaiting_people
    if confirm != people:
        raise PolicyError("approval_number_wrong", number=record.number, people=people, confirm=confirm)
    return seen


def _planned_again(scope: Scope, *, number: int, confirm: int, shown: str | None, progress: Progress) -> Plan:
    """The import, planned on the current directory. Raises as `import_approve`."""
    record = _waiting(scope, number=number)
    seen = _check_shown(record, confirm=confirm, shown=shown)
    if change := change_of(record):
        plan = change_plan(scope, change=change, progress=progress)
    elif record.undoes is None:
        plan = _plan_rows_again(scope, record=record, progress=progress)
    else:
        plan = import_undo_plan(scope, number=record.undoes.number, progress=progress)
    goes_further = _goes_further(plan, shown=seen, reference=snapshot.reference(scope.organization))
    stored = _replace_plan(record, plan=plan)
    if goes_further:
        raise StalePlan("approval_goes_further", number=number, what=goes_further, people=stored.head.awaiting_people)
    return stored


def _replace_plan(record: models.Import, *, plan: Plan) -> Plan:
    """Replace the stored plan in one transaction."""
    with short_transaction():
        records.lock_open(record, states=(approvals.AWAITING,))
        approvals.forget_plan(record)
        return plan_keep(record, plan=plan, progress=silent, is_held=True)


@needs(Right.APPROVE)
def import_drop(scope: Scope, *, number: int) -> None:
    """Reject an import that needs approval. Raises NotFound, PlanError if it doesn't need approval."""
    if not approvals.drop(scope, record=_waiting(scope, number=number)):
        raise PlanError("import_not_waiting", number=number)


def _waiting(scope: Scope, *, number: int) -> models.Import:
    record = records.get(scope, number=number)
    if record.state != approvals.AWAITING:
        waiting = approvals.of(record)
        if waiting:
            raise PlanError("import_part_waits", number=number, waiting=waiting.number)
        raise PlanError("import_not_waiting", number=number)
    return record


def _plan_rows_again(scope: Scope, *, record: models.Import, progress: Progress) -> Plan:
    """The plan of the rows that need approval, and of unlisted people, on the current directory."""
    origin = record.split_from
    if origin is None:
        raise PlanError("import_without_file", number=record.number)
    table = replace(file_of(origin), sealed=sealed_passwords.of(record))
    policy = Policy.from_dict(record.policy).replace(limits=Policy().limits)
    columns, _ = file_meant(origin, headers=table.headers)
    out = file_excluded(origin)
    request = ImportRequest(
        source=table, policy=policy, preset=record.preset, columns=columns, excluded=out, twins=twins_of(origin)
    )
    before = head_from_json(json.dumps(record.plan_head))
    read = import_read(scope, request=request, progress=progress)
    # The importer's rank counts, not the approver's.
    rank = rank_by_now(scope, head=before)
    circumstances = Circumstances(actor=before.actor, role=rank)
    head = replace(read.head, actor=before.actor, rank=rank)
    task = task_of(scope, read=replace(read, circumstances=circumstances), progress=progress)
    choice = Choice(
        only=approvals.rows_of(record), departures=not {"absent_deactivated", "absent_marked"}.isdisjoint(before.flags)
    )
    return plan_awaiting(task, prepared=prepare(task), head=head, choice=choice, exceeded=limits_of(scope).exceeded)


def _goes_further(plan: Plan, *, shown: Plan, reference: Reference) -> str:
    """What a new plan does beyond the one that was shown, in words; "" for nothing."""
    before, now = plan_limits.measured(shown.parts), plan_limits.measured(plan.parts)
    if more := {name: count for name, count in now.items() if count > before[name]}:
        then = plan_limits.in_words({name: before[name] for name in more}) or "nobody"
        return f"{plan_limits.in_words(more)} now, {then} then"
    people = _people(plan)
    others = people.filter((people > 0) & ~people.is_in(_people(shown).implode()))
    if len(others):
        return f"others are among them ({len(others):,})"
    more = unseen(plan, shown=shown, reference=reference)
    return f"other changes are among them ({sum(more.values()):,})" if more else ""


def _people(plan: Plan) -> pl.Series:
    """The existing people that a plan touches (Int64, unique)."""
    found = [touched(part).get_column("person") for part in plan.parts]
    return pl.concat([pl.Series("person", [], dtype=pl.Int64), *found]).unique()


@needs(Right.SEE_SETUP)
def limits_show(scope: Scope) -> ChangeLimits:
    """The limits above which an import needs approval."""
    return limits.limits_of(scope.organization)


@dataclass(frozen=True)
class LimitShown:
    """A limit: the share and number of people that need no approval; most: how many that is now, of active people."""

    verb: str
    words: str
    share: float
    number: int
    most: int
    active: int


@needs(Right.SEE_SETUP)
def limits_list(scope: Scope) -> list[LimitShown]:
    """The limits one by one."""
    own, active = limits.limits_of(scope.organization), limits.active_people(scope.organization)
    shown = []
    for verb, words in plan_limits.WORDS.items():
        limit = getattr(own, verb)
        most = plan_limits.allowed(verb, limit=limit, active=active)
        shown.append(LimitShown(verb, words, share=limit.share, number=limit.number, most=most, active=active))
    return shown


@needs(Right.APPROVE)
def limits_change(scope: Scope, *, settings: Iterable[str]) -> ChangeLimits:
    """Change limits by settings such as `deactivate=0.05,20`; the new limits. Raises PolicyError."""
    policy = Policy(limits=limits.limits_of(scope.organization))
    for setting in settings:
        verb, equals, text = setting.partition("=")
        if not equals:
            raise PolicyError("limit_misspelled", value=setting)
        policy = policy.parse(f"limits.{verb.strip()}", text=text)
    limits.change_limits(scope, limits=policy.limits)
    return policy.limits


@dataclass(frozen=True)
class ActiveShown:
    """A limit of active people: how many are allowed (null: any number), and how many are active now."""

    name: str
    words: str
    allowed: int | None
    active: int

    @property
    def over(self) -> int:
        """How many more are active than allowed; until they are fewer, nobody can be added."""
        return 0 if self.allowed is None else max(0, self.active - self.allowed)


@needs(Right.SEE_SETUP)
def active_limits_list(scope: Scope, *, also: Iterable[str] = ()) -> list[ActiveShown]:
    """The limits of active people. also: roles to show even if they have no limit of their own."""
    organization = scope.organization.pk
    found = active.active_limits(organization)
    named = {each.name for each in found}
    shown = [ActiveLimit((role,), allowed=0) for role in also if role not in named]
    return [
        ActiveShown(
            each.name,
            each.words,
            allowed=each.allowed if each.name in named else None,
            active=active.active_people(organization, limit=each),
        )
        for each in (*shown, *found)
    ]


@needs(Right.APPROVE)
def active_limits_change(scope: Scope, *, settings: Iterable[str]) -> list[ActiveShown]:
    """Change limits of active people by settings such as `learner=500` (blank: none); the new ones. Raises PolicyError.

    A limit may be lower than the number of people who are active: then nobody can be added.
    """
    limits.change_active_limits(scope, settings=settings)
    return active_limits_list(scope)
