"""`enlist conditions`: named conditions, and the groups that use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from enlist.cli.imports.apply import Choices, PendingAction, confirm_and_do
from enlist.cli.options import grouped
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import check_can_ask, print_json, print_table, progress, say

if TYPE_CHECKING:
    from enlist.services.access import Scope
    from enlist.services.imports.rules import RuleChange

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the condition.")]
Clauses = Annotated[list[str], typer.Argument(metavar="REQUIREMENT...", help="Such as “department is Biology”.")]
NewClauses = Annotated[
    list[str] | None, typer.Option("--requirement", help="Replace the requirements by this one. Repeatable.")
]
Removal = Annotated[
    bool | None,
    typer.Option(
        "--automatic-removal/--no-automatic-removal", help="Remove people who no longer meet it from its groups."
    ),
]


@app.command("list")
def list_conditions(context: typer.Context, as_json: AsJson = False) -> None:
    """List all conditions, and the groups that use them."""
    scope = session_of(context).scope()
    from enlist.services.imports.conditions import conditions_list

    found = conditions_list(scope)
    if as_json:
        print_json(found)
    elif found:
        print_table(
            [
                {
                    "name": each.name,
                    "requirements": f" {'and' if each.match == 'all' else 'or'} ".join(each.clauses),
                    "automatic removal": "yes" if each.automatic_removal else "no",
                    "groups": ", ".join(each.groups) or "-",
                }
                for each in found
            ]
        )
    else:
        say("There are no conditions yet. Add one with `enlist conditions add NAME REQUIREMENT`.")


@app.command("add")
@grouped
def add_condition(
    context: typer.Context,
    name: Name,
    clauses: Clauses,
    *,
    match_any: Annotated[bool, typer.Option("--any", help="One requirement is enough; default: all of them.")] = False,
    removal: Removal = None,
    choices: Choices,
) -> None:
    """Add a condition. Nobody joins a group until a group uses it."""
    values = {
        "name": name,
        "clauses": tuple(clauses),
        "match": "any" if match_any else "all",
        "automatic_removal": bool(removal),
    }
    _save(context, key=None, values=values, choices=choices)


@app.command("set")
@grouped
def set_condition(
    context: typer.Context,
    condition: Name,
    *,
    name: Annotated[str | None, typer.Option(help="Its new name.")] = None,
    clauses: NewClauses = None,
    match: Annotated[str | None, typer.Option(help="Whether all or any of the requirements must hold.")] = None,
    removal: Removal = None,
    choices: Choices,
) -> None:
    """Show who would join and leave groups if a condition changed, ask for confirmation, and change it."""
    values = {
        "name": name,
        "clauses": tuple(clauses) if clauses else None,
        "match": match,
        "automatic_removal": removal,
    }
    given = {field: value for field, value in values.items() if value is not None}
    _save(context, key=condition, values=given, choices=choices)


@app.command("remove")
@grouped
def remove_condition(context: typer.Context, condition: Name, choices: Choices) -> None:
    """Remove a condition that no group uses."""
    scope = asking(context, choices=choices)
    from enlist.services.imports.conditions import condition_remove

    plan_and_do(scope, change=condition_remove(scope, key=condition), choices=choices)


@app.command("use")
@grouped
def use_conditions(
    context: typer.Context,
    group: Annotated[str, typer.Argument(help="The group: its ID number or name, or #17 for its id.")],
    conditions: Annotated[list[str] | None, typer.Argument(metavar="[CONDITION...]", help="Default: none.")] = None,
    *,
    choices: Choices,
) -> None:
    """Let a group use exactly these conditions: show who would join and leave, ask for confirmation, and do it."""
    scope = asking(context, choices=choices)
    from enlist.services.imports.conditions import group_conditions_set

    plan_and_do(scope, change=group_conditions_set(scope, group=group, conditions=conditions or ()), choices=choices)


def _save(context: typer.Context, *, key: str | None, values: dict[str, Any], choices: Choices) -> None:
    scope = asking(context, choices=choices)
    from enlist.services.imports.conditions import condition_save

    plan_and_do(scope, change=condition_save(scope, key=key, values=values), choices=choices)


def asking(context: typer.Context, *, choices: Choices) -> Scope:
    """The scope of a command that asks before it applies a plan."""
    check_can_ask(yes=choices.yes)
    return session_of(context).scope()


def plan_and_do(scope: Scope, *, change: RuleChange, choices: Choices) -> None:
    """Show what a change of rules would do, ask, and apply it."""
    from enlist.services.imports.conditions import rules_apply
    from enlist.services.imports.rules import plan_rules

    with progress() as tell:
        plan = plan_rules(scope, change=change, progress=tell)
    question = "Send this for approval?" if plan.head.awaiting else "Apply this?"
    action = PendingAction(lambda: rules_apply(scope, change=change, plan=plan), question=question)
    confirm_and_do(scope, plan=plan, action=action, choices=choices)
