"""Bulk actions: an import that is previewed and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.apply import Choices, PendingAction, apply_with_progress, confirm_and_do
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import check_can_ask, progress
from enlist.core.errors import PolicyError

from .filters import Course, Group, Never, OfImport, Role, Source, State

if TYPE_CHECKING:
    from enlist.services.imports.commit import Done

app = typer.Typer()


@app.command("many")
def change_many(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="ACTION", help="deactivate, reactivate, join or enrol.")],
    usernames: Annotated[list[str] | None, typer.Argument(metavar="[USERNAME...]", help="The people.")] = None,
    into: Annotated[str, typer.Option(metavar="NAME", help="The group to join, or the course to enrol in.")] = "",
    with_role: Annotated[str, typer.Option(help="The role in the course; default: the course's own.")] = "",
    everybody: Annotated[bool, typer.Option("--everybody", help="All people.")] = False,
    state: State = "",
    role: Role = "",
    source: Source = "",
    group: Group = "",
    course: Course = "",
    of_import: OfImport = None,
    never: Never = False,
    people: Annotated[int, typer.Option("--people", min=0, help="How many people to show.")] = 10,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a bulk action would change, ask for confirmation, and do it.

    Name the people, or filter them as in `enlist people list`. A bulk action is an import: you can undo it, and changes
    above the limits need an administrator's approval.
    """
    check_can_ask(yes=yes)
    scope = session_of(context).scope()
    from enlist.services.imports.plan import import_plan
    from enlist.services.people import bulk
    from enlist.services.people.listing import Chosen, Wanted

    wanted = Wanted("username", "", state, role, source, group, course, of_import, never)
    if sum((bool(usernames), everybody, wanted != Wanted())) != 1:
        raise PolicyError("people_not_chosen_clearly")
    action = bulk.BulkAction(what, group=into, course=into, role=with_role)
    chosen = Chosen(usernames or (), wanted=None if usernames else wanted)
    request = bulk.many_request(scope, action=action, chosen=chosen)
    with progress() as tell:
        planned = import_plan(scope, request=request, progress=tell)

    def apply() -> Done:
        return apply_with_progress(scope, plan=bulk.many_stage(scope, action=action, planned=planned))

    pending = PendingAction(apply, awaiting=planned.awaiting)
    confirm_and_do(scope, plan=planned.plan, action=pending, choices=Choices(people, yes, as_json))
