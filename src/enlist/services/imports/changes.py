"""Changes without a file: of rules and options, and merges. Each is an import with preview, limits, history and undo.

Its order says what changes, and it is planned from that again whenever the plan is out of date.
"""

from __future__ import annotations

from enlist.core.plan.plan import Head, Plan
from enlist.services.access import Scope, check_right
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.imports import approvals, records
from enlist.store.transactions import short_transaction

from .commit import Done
from .merge import MergeChange, plan_merge
from .options import OptionChange, plan_option
from .plan import import_apply, plan_keep
from .rules import RuleChange, plan_rules

Change = RuleChange | MergeChange | OptionChange


def change_of(record: models.Import) -> Change | None:
    """The change that an import makes; None for imports of files, and undos."""
    for kind in (RuleChange, MergeChange, OptionChange):
        if (found := kind.of(record)) is not None:
            return found
    return None


def change_plan(scope: Scope, *, change: Change, progress: Progress = silent) -> Plan:
    """The plan of a change; over the limits, all of it needs approval (see its head).

    Raises PolicyError if it isn't possible (any more).
    """
    if isinstance(change, MergeChange):
        return plan_merge(scope, change=change)
    if isinstance(change, OptionChange):
        return plan_option(scope, change=change, progress=progress)
    return plan_rules(scope, change=change, progress=progress)


def change_new(scope: Scope, *, change: Change) -> models.Import:
    """A new import that makes a change, not planned yet."""
    check_right(scope, right=change.right)
    head = Head(organization=scope.organization.slug, kind="change", file_name=change.title)
    with short_transaction():
        record = records.new(scope, head=head, note=change.title)
        records.keep_order(record, order=change.order())
    return record


def change_apply(scope: Scope, *, change: Change, plan: Plan, progress: Progress = silent) -> Done:
    """Apply a plan of `change_plan`, or let it wait for approval if it is over the limits. Raises as `import_apply`."""
    record = change_new(scope, change=change)
    kept = plan_keep(record, plan=plan, progress=progress)
    if not kept.head.awaiting:
        return import_apply(scope, plan=kept, progress=progress)
    approvals.hold(record)
    people = kept.head.awaiting_people
    return Done(record.number, {}, nothing_to_do=False, waiting=record.number, waiting_people=people)
