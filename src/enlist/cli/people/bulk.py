"""Bulk actions: an import that is previewed and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.apply import Choices, PendingAction, apply_with_progress, confirm_and_do
from enlist.cli.options import grouped
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import check_can_ask, print_json, print_text, progress

from .filters import Filters

if TYPE_CHECKING:
    from enlist.services.imports.commit import Done

app = typer.Typer()


@app.command("mark")
@grouped
def mark_people(
    context: typer.Context,
    usernames: Annotated[list[str] | None, typer.Argument(metavar="[USERNAME...]", help="The people.")] = None,
    *,
    manual: Annotated[bool, typer.Option("--manual/--not-manual", help="Created manually, or by an import.")],
    everybody: Annotated[bool, typer.Option("--everybody", help="All people.")] = False,
    filters: Filters,
    as_json: AsJson = False,
) -> None:
    """Mark people as created manually, so that they stay active if a file doesn't list them; or remove that mark.

    Name the people, or filter them as in `enlist people list`.
    """
    scope = session_of(context).scope()
    from enlist.core.plan.limits import people_text
    from enlist.services.people.marks import people_mark

    chosen = filters.chosen(usernames, everybody=everybody)
    count = people_mark(scope, chosen=chosen, source="manual" if manual else "import")
    if as_json:
        print_json({"marked": count})
    else:
        print_text(f"Marked {people_text(count)}." if count else "Nothing to do.")


@app.command("many")
@grouped
def change_many(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="ACTION", help="deactivate, reactivate, join or enrol.")],
    usernames: Annotated[list[str] | None, typer.Argument(metavar="[USERNAME...]", help="The people.")] = None,
    *,
    into: Annotated[str, typer.Option(metavar="NAME", help="The group to join, or the course to enrol in.")] = "",
    with_role: Annotated[str, typer.Option(help="The role in the course; default: the course's own.")] = "",
    everybody: Annotated[bool, typer.Option("--everybody", help="All people.")] = False,
    filters: Filters,
    choices: Choices,
) -> None:
    """Show what a bulk action would change, ask for confirmation, and do it.

    Name the people, or filter them as in `enlist people list`. A bulk action is an import: you can undo it, and changes
    above the limits need an administrator's approval.
    """
    check_can_ask(yes=choices.yes)
    scope = session_of(context).scope()
    from enlist.services.imports.plan import import_plan
    from enlist.services.people import bulk

    action = bulk.BulkAction(what, group=into, course=into, role=with_role)
    request = bulk.many_request(scope, action=action, chosen=filters.chosen(usernames, everybody=everybody))
    with progress() as tell:
        planned = import_plan(scope, request=request, progress=tell)

    def apply() -> Done:
        return apply_with_progress(scope, plan=bulk.many_stage(scope, action=action, planned=planned))

    pending = PendingAction(apply, awaiting=planned.awaiting)
    confirm_and_do(scope, plan=planned.plan, action=pending, choices=choices)
