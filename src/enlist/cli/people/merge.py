"""`enlist people merge`: two people who are one become one."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.imports.apply import Choices, PendingAction, confirm_and_do
from enlist.cli.imports.results import plan_text, plans_json
from enlist.cli.options import grouped
from enlist.cli.session import session_of
from enlist.cli.terminal import check_can_ask, print_json, print_text

app = typer.Typer()


@app.command("merge")
@grouped
def merge_people(
    context: typer.Context,
    kept: Annotated[str, typer.Argument(help="The username of the person who stays.")],
    other: Annotated[str, typer.Argument(help="The username of the person who is merged into them.")],
    *,
    take: Annotated[
        list[str] | None,
        typer.Option("--take", metavar="FIELD", help="Take this field's value from the other person. Repeatable."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    choices: Choices,
) -> None:
    """Merge two people who are one: show what would change, ask for confirmation, and do it.

    The person who stays gets the courses, groups, roles and links of the other, who becomes inactive. A merge is an
    import: you can undo it, and changes above the limits need an administrator's approval.
    """
    check_can_ask(yes=choices.yes or dry_run)
    scope = session_of(context).scope()
    from enlist.services.imports.changes import change_apply
    from enlist.services.imports.merge import merge_between, plan_merge

    change = merge_between(scope, kept=kept, other=other, take=tuple(take or ()))
    plan = plan_merge(scope, change=change)
    if dry_run and choices.as_json:
        print_json(plans_json(scope, plan=plan, awaiting=None, people=choices.people))
    elif dry_run:
        print_text(plan_text(scope, plan=plan, people=choices.people))
    else:
        question = "Send this for approval?" if plan.head.awaiting else "Apply this?"
        action = PendingAction(lambda: change_apply(scope, change=change, plan=plan), question=question)
        confirm_and_do(scope, plan=plan, action=action, choices=choices)
