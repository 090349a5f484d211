"""Apply a stored plan, and check whether it was applied if the database went away."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.utils import Error

from enlist.core.changes import VERBS
from enlist.core.errors import Cancelled, DatabaseGone, DatabaseProblem, EnlistError, LeaseLost, LeaseTaken, PolicyError
from enlist.core.plan.plan import Plan
from enlist.core.planner.conditions import changes_rules
from enlist.services.access import Right, check_right
from enlist.services.accounts.inviting import invitations_add, invite_asks
from enlist.services.accounts.protection import check_accounts, check_undo
from enlist.services.jobs.run import Interrupted, Run
from enlist.store import apply as actions
from enlist.store import models, transactions
from enlist.store.imports import approvals, records

from .limits import limits_of
from .rank import check_approval, check_role

# Seconds between two attempts to reach a server that doesn't answer.
PAUSE = 0.5


@dataclass(frozen=True)
class Done:
    """The result of applying an import: its number, and how many changes of each verb.

    waiting: the number of the import that holds the rest, which needs approval; waiting_people: how many it changes.
    """

    number: int
    verbs: Mapping[str, int]
    nothing_to_do: bool
    waiting: int | None = None
    waiting_people: int = 0


def plan_commit(run: Run, *, record: models.Import, plan: Plan, approved: bool = False) -> Done:
    """Apply the stored plan of an import: all changes in one transaction, or none.

    approved: limits don't apply. If the database goes away, it is asked for as long as a lease lasts whether the
    transaction was committed.

    Raises what `store.apply` and the run raise, and NeedsApproval; PolicyError if nobody said whether to invite;
    NotAllowed or StalePlan if the person's rights,
    checked again right before the commit, don't suffice for the plan. Then nothing was applied.
    """
    changes = sum(plan.head.verbs.values())
    if not approved:
        limits_of(run.scope).check(plan)
        if invite_asks(plan.head.policy, new=plan.head.new.get("person", 0)) and records.answer(record) is None:
            raise PolicyError("invite_unanswered")
    role = _role_checked(run, plan=plan)

    def last(outcome: actions.Outcome) -> None:
        run.permit()
        check_role(run.scope, before=role)
        if approved:
            check_approval(run.scope, head=plan.head)
        records.applied(run.scope, record=record, plan=plan, outcome=outcome)
        invitations_add(record, plan=plan, outcome=outcome)
        # From here on it can be undone, but not cancelled.
        run.go_on("committing", done=changes, total=changes)

    try:
        actions.apply(plan, organization=run.scope.organization, record=last, progress=run)
    except BaseException as error:
        if not _is_applied(record, error=error):
            with suppress(Error), run.ending():
                _mark(record, error=error)
            if isinstance(error, DatabaseGone) and _is_known(record):
                raise DatabaseProblem("database_lost") from error
            raise
    return done_of(record, verbs=_counts(plan))


def _role_checked(run: Run, *, plan: Plan) -> str:
    """Check the plan against the person's role; that role. Before applying: removed people aren't found later."""
    run.permit()
    check_accounts(run.scope, plan=plan)
    if changes_rules(plan.head.verbs):
        check_right(run.scope, right=Right.CHANGE_CONDITIONS)
    if plan.head.kind == "undo":
        check_undo(run.scope, plan=plan)
    return run.scope.role


def done_of(record: models.Import, *, verbs: Mapping[str, int]) -> Done:
    """The result of applying an import, with the import that needs approval."""
    done = Done(record.number, verbs=verbs, nothing_to_do=not any(verbs.values()))
    waiting = approvals.of(record)
    if waiting is None:
        return done
    return replace(done, waiting=waiting.number, waiting_people=waiting.plan_head["awaiting_people"])


def done_by_others(record: models.Import) -> Done | None:
    """The result of an import that was applied already; None if it wasn't."""
    if records.is_open(record) or record.state == "cancelled":
        return None
    return done_of(record, verbs=record.figures.get("verbs", {}))


def _is_applied(record: models.Import, *, error: BaseException) -> bool:
    """Whether the plan was applied all the same; False if the database doesn't answer."""
    until = time.monotonic() + (settings.LEASE_SECONDS if isinstance(error, DatabaseGone) else 0)
    while True:
        transactions.close_idle_connections()
        with suppress(Error, EnlistError):
            # A transaction that lost its client may still be running.
            if not isinstance(error, DatabaseGone) or actions.is_over(record.organization_id):
                return not records.is_open(record)
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)


def _is_known(record: models.Import) -> bool:
    with suppress(Error):
        return records.is_open(record)
    return False


def _mark(record: models.Import, *, error: BaseException) -> None:
    """Store that the import was cancelled or failed, unless another process goes on with it."""
    if isinstance(error, (Cancelled, KeyboardInterrupt)):
        records.cancelled(record)
    elif not isinstance(error, (LeaseLost, LeaseTaken, Interrupted)):
        records.failed(record)


def _counts(plan: Plan) -> dict[str, int]:
    return {verb: plan.head.verbs[verb] for verb in VERBS if plan.head.verbs.get(verb)}
