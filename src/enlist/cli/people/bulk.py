"""Many: do something to many people at once, as an import that is shown first and can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.apply import applied, ask_and_do
from enlist.cli.imports.results import Manner, PendingAction
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import must_be_able_to_ask, progress
from enlist.core.errors import PolicyError

from .filters import Course, Group, Never, OfImport, Role, Source, State

if TYPE_CHECKING:
    from enlist.services.imports.commit import Done

app = typer.Typer()


@app.command("many")
def change_many(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="ACTION", help="deactivate, reactivate, join or enrol.")],
    usernames: Annotated[list[str] | None, typer.Argument(metavar="[USERNAME...]", help="Whom, by name.")] = None,
    into: Annotated[str, typer.Option(metavar="NAME", help="The group they join, or the course.")] = "",
    with_role: Annotated[str, typer.Option(help="Their role in the course; its own where nothing is said.")] = "",
    everybody: Annotated[bool, typer.Option("--everybody", help="All people there are.")] = False,
    state: State = "",
    role: Role = "",
    source: Source = "",
    group: Group = "",
    course: Course = "",
    of_import: OfImport = None,
    never: Never = False,
    people: Annotated[int, typer.Option("--people", min=0, help="How many people to show.")] = 10,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a change would do to many people, ask, and do it.

    They are named, or found by options as `enlist people list` does. It is an import: `enlist undo` takes it back, and
    what is over the limits waits for an administrator.
    """

    must_be_able_to_ask(yes=yes)
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

    def do() -> Done:
        return applied(scope, plan=bulk.many_stage(scope, action=action, planned=planned))

    work = PendingAction(do, awaiting=planned.awaiting)
    ask_and_do(scope, plan=planned.plan, work=work, manner=Manner(people, yes, as_json))
