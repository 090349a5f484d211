"""Doing: show a plan, ask, carry it out, and leave with the code that says how that went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from enlist.cli.session import ROWS_FAILED, WAITING
from enlist.cli.terminal import agreed, give, give_json, progress, say

from .passwords import settle_after
from .results import Manner, PendingAction, give_outcome, give_plans, outcome_json, plans_json, say_plan

if TYPE_CHECKING:
    from enlist.core.plan.plan import Plan
    from enlist.services.access import Scope
    from enlist.services.imports.commit import Done


def ask_and_do(scope: Scope, *, plan: Plan, work: PendingAction, manner: Manner) -> None:
    """Show a plan and what waits of it, ask, do the work, and leave."""
    if manner.as_json and not manner.yes:
        say_plan(scope, plan=plan, people=manner.people)
    elif not manner.as_json:
        give_plans(scope, plan=plan, awaiting=work.awaiting, people=manner.people)
    is_idle = plan.is_empty and not plan.head.awaiting
    if not is_idle and not agreed(work.question, yes=manner.yes):
        say("Nothing was applied.")
        raise typer.Exit(1)
    shown = plans_json(scope, plan=plan, awaiting=work.awaiting, people=manner.people) if manner.as_json else None
    done = None if is_idle else work.do()
    if shown:
        give_json({"plan": shown, "outcome": outcome_json(done)})
    elif done:
        give("")
        give_outcome(done)
    if done:
        settle_after(scope, done=done)
    leave(plan)


def applied(scope: Scope, *, plan: Plan) -> Done:
    """What carrying a plan out did, with a bar on stderr meanwhile."""
    from enlist.services.imports.plan import import_apply

    with progress() as tell:
        return import_apply(scope, plan=plan, progress=tell)


def leave(plan: Plan) -> None:
    """Leave with another code than 0 where part of a plan waits, or rows of its file have errors."""
    from enlist.core.flags.catalogue import NOT_IMPORTED

    if plan.head.awaiting:
        raise typer.Exit(WAITING)
    if plan.head.flags.keys() & set(NOT_IMPORTED):
        raise typer.Exit(ROWS_FAILED)
