"""Approving: what waits is planned anew on the directory as it is by now, and applied if it is still what was shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import PlanError, PolicyError, StalePlan
from enlist.core.plan import limits as plan_limits
from enlist.core.plan.people import touched
from enlist.core.plan.plan import Head, Plan, head_from_json
from enlist.core.plan.unseen import unseen
from enlist.core.planner.circumstances import Circumstances
from enlist.core.policy import ChangeLimits, Policy
from enlist.services.access import Right, Scope, may_touch, needs
from enlist.services.accounts.passwords import passwords_hand_over
from enlist.services.jobs.run import APPROVING, Run
from enlist.services.progress import Progress, silent
from enlist.store import activity, models
from enlist.store.directory import snapshot
from enlist.store.imports import approvals, artifacts, records, sealed_passwords
from enlist.store.jobs import jobs
from enlist.store.setup import limits
from enlist.store.transactions import short_transaction

from .commit import Done, plan_commit
from .limits import plan_awaiting
from .plan import import_apply, import_read, import_undo_plan, plan_keep, task_of
from .planning import Choice, prepare
from .rank import rank_by_now
from .request import ImportRequest
from .staged_file import file_excluded, file_meant, file_of


def import_hold(scope: Scope, *, plan: Plan, progress: Progress = silent) -> Done:
    """Record an undo that is over the limits, to be approved; nothing is applied."""
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
    """Approve what waits, planned anew; `confirm` is the number of people it is about, as it was shown.

    shown: the fingerprint of the plan that was looked at, where that is known. Raises NotFound; PlanError where the
    import does not wait or its file is gone; PolicyError for another number; StalePlan where another plan waits than
    the one that was shown, or where it would do anything else by now: what it would do is stored, to be looked at.
    """
    plan = _planned_anew(scope, number=number, confirm=confirm, shown=shown, progress=progress)
    done = import_apply(scope, plan=plan, progress=progress, approved=True)
    _log(scope, number=number, people=confirm)
    return done


@needs(Right.APPROVE)
def import_approve_later(scope: Scope, *, number: int, confirm: int, shown: str) -> None:
    """Have a worker approve what waits. Raises as `import_approve` what is known before it is planned anew."""
    record = _waiting(scope, number=number)
    _check_shown(record, confirm=confirm, shown=shown)
    asked = {"confirm": confirm, "shown": shown}
    jobs.put(scope, kind=APPROVING, import_number=number, arguments=asked)


def import_approve_work(run: Run) -> Done | None:
    """The work of a job: approve what waits, unless that was done in an earlier attempt."""
    number, asked = run.job.import_number or 0, run.job.arguments
    record = records.get(run.scope, number=number)
    if records.is_carried_out(run.job.organization_id, number=number):
        return None
    if not asked:
        raise PlanError("approval_of_erased_person")
    plan = _planned_anew(run.scope, number=number, **asked, progress=run)
    done = plan_commit(run, record=record, plan=plan, approved=True)
    passwords_hand_over(run.scope, number=number)
    _log(run.scope, number=number, people=asked["confirm"])
    return done


def _log(scope: Scope, *, number: int, people: int) -> None:
    activity.log(scope, action="approval_given", note=f"Import {number}: {plan_limits.people_text(people)}.")


def _check_shown(record: models.Import, *, confirm: int, shown: str | None) -> Plan:
    """The plan that waits. Raises StalePlan where another was looked at, PolicyError for another number of people."""
    seen = artifacts.plan_of(record)
    if shown is not None and seen.fingerprint != shown:
        raise StalePlan("approval_replanned", number=record.number, people=seen.head.awaiting_people)
    _check_number(seen.head, number=record.number, confirm=confirm)
    return seen


def _planned_anew(scope: Scope, *, number: int, confirm: int, shown: str | None, progress: Progress) -> Plan:
    """What waits, planned on the directory as it is. Raises as `import_approve`."""
    record = _waiting(scope, number=number)
    seen = _check_shown(record, confirm=confirm, shown=shown)
    if record.undoes is None:
        plan = _plan_rows_again(scope, record=record, progress=progress)
    else:
        plan = import_undo_plan(scope, number=record.undoes.number, progress=progress)
    goes_further = _goes_further(plan, shown=seen, reference=snapshot.reference(scope.organization))
    stored = _kept(record, plan=plan)
    if goes_further:
        raise StalePlan("approval_goes_further", number=number, what=goes_further, people=stored.head.awaiting_people)
    return stored


def _kept(record: models.Import, *, plan: Plan) -> Plan:
    """Put a plan in the place of the one that waits: whoever dies meanwhile leaves either of them whole."""
    with short_transaction():
        records.lock_open(record, states=(approvals.AWAITING,))
        approvals.forget_plan(record)
        return plan_keep(record, plan=plan, progress=silent, is_held=True)


@needs(Right.APPROVE)
def import_drop(scope: Scope, *, number: int) -> None:
    """Let what waits never happen. Raises NotFound, and PlanError where it does not wait."""
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


def _check_number(head: Head, *, number: int, confirm: int) -> None:
    if confirm != head.awaiting_people:
        raise PolicyError("approval_number_wrong", number=number, people=head.awaiting_people, confirm=confirm)


def _plan_rows_again(scope: Scope, *, record: models.Import, progress: Progress) -> Plan:
    """The plan of the rows that wait, and of whom the file does not name, on the directory as it is."""
    origin = record.split_from
    if origin is None:
        raise PlanError("import_without_file", number=record.number)
    table = replace(file_of(origin), sealed=sealed_passwords.of(record))
    policy = Policy.from_dict(record.policy).replace(limits=Policy().limits)
    columns, _ = file_meant(origin, headers=table.headers)
    out = file_excluded(origin)
    request = ImportRequest(source=table, policy=policy, preset=record.preset, columns=columns, excluded=out)
    before = head_from_json(json.dumps(record.plan_head))
    known = import_read(scope, request=request, progress=progress)
    # Whoever imported it, not whoever approves it, is the one whose rank counts.
    rank = rank_by_now(scope, head=before)
    circumstances = Circumstances(actor=before.actor, role=rank)
    head = replace(known.head, actor=before.actor, rank=rank)
    task = task_of(scope, known=replace(known, circumstances=circumstances), progress=progress)
    choice = Choice(only=approvals.rows_of(record), departures="absent_deactivated" in before.flags)
    return plan_awaiting(task, prepared=prepare(task), head=head, choice=choice)


def _goes_further(plan: Plan, *, shown: Plan, reference: Reference) -> str:
    """What a plan made anew does beyond the one that was shown, in words; "" where nothing."""
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
    """The existing people whom a plan touches (Int64, unique)."""
    found = [touched(part).get_column("person") for part in plan.parts]
    return pl.concat([pl.Series("person", [], dtype=pl.Int64), *found]).unique()


@needs(Right.SEE_SETUP)
def limits_show(scope: Scope) -> ChangeLimits:
    """How much an import of the organisation may do without approval."""
    return limits.limits_of(scope.organization)


@dataclass(frozen=True)
class LimitShown:
    """A limit: the share and number of people that need no approval; how many people that is now, of how many."""

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
    told = []
    for verb, words in plan_limits.WORDS.items():
        limit = getattr(own, verb)
        most = plan_limits.allowed(verb, limit=limit, active=active)
        told.append(LimitShown(verb, words, share=limit.share, number=limit.number, most=most, active=active))
    return told


@needs(Right.APPROVE)
def limits_change(scope: Scope, *, settings: Iterable[str]) -> ChangeLimits:
    """Change limits by settings such as `deactivate=0.05,20`; what they are then. Raises PolicyError."""
    policy = Policy(limits=limits.limits_of(scope.organization))
    for setting in settings:
        verb, equals, text = setting.partition("=")
        if not equals:
            raise PolicyError("limit_misspelled", value=setting)
        policy = policy.parse(f"limits.{verb.strip()}", text=text)
    limits.change_limits(scope, limits=policy.limits)
    return policy.limits
