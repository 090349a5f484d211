"""Show a plan, ask, apply it, and exit with the code for its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.session import AWAITING, ROWS_FAILED, AsJson
from enlist.cli.terminal import confirm, print_json, print_text, progress, say

from .passwords import set_new_passwords
from .results import outcome_json, plan_text, plans_json, print_outcome, print_plan

if TYPE_CHECKING:
    from enlist.core.plan.plan import Plan
    from enlist.services.access import Scope
    from enlist.services.imports.commit import Done


People = Annotated[int, typer.Option("--people", min=0, help="How many people to show.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation.")]


@dataclass(frozen=True)
class Choices:
    """The options of commands that ask before they apply a plan."""

    people: People = 10
    yes: Yes = False
    as_json: AsJson = False


@dataclass(frozen=True)
class PendingAction:
    """What is done after confirmation; awaiting: the plan of the changes that need approval."""

    do: Callable[[], Done]
    question: str = "Apply this?"
    awaiting: Plan | None = None


def confirm_and_do(scope: Scope, *, plan: Plan, action: PendingAction, choices: Choices) -> None:
    """Show a plan, ask, do the action, and exit."""
    if choices.as_json and not choices.yes:
        say(*plan_text(scope, plan=plan, people=choices.people).splitlines())
    elif not choices.as_json:
        print_plan(scope, plan=plan, awaiting=action.awaiting, people=choices.people)
    is_idle = plan.is_empty and not plan.head.awaiting
    if not is_idle and not confirm(action.question, yes=choices.yes):
        say("Nothing was applied.")
        raise typer.Exit(1)
    shown = plans_json(scope, plan=plan, awaiting=action.awaiting, people=choices.people) if choices.as_json else None
    done = None if is_idle else action.do()
    if shown:
        print_json({"plan": shown, "outcome": outcome_json(done)})
    elif done:
        print_text("")
        print_outcome(done)
    if done:
        set_new_passwords(scope, done=done)
    exit_after(plan)


def apply_with_progress(scope: Scope, *, plan: Plan, invite: bool | None = None) -> Done:
    """Apply a plan and show its progress. invite: as in `import_apply`."""
    from enlist.services.imports.plan import import_apply

    with progress() as tell:
        return import_apply(scope, plan=plan, progress=tell, invite=invite)


def exit_after(plan: Plan) -> None:
    """Exit with a code other than 0 if changes need approval or rows have errors."""
    from enlist.core.flags.catalogue import NOT_IMPORTED

    if plan.head.awaiting:
        raise typer.Exit(AWAITING)
    if plan.head.flags.keys() & set(NOT_IMPORTED):
        raise typer.Exit(ROWS_FAILED)
