"""The people that an import selects for the next step."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text, say
from enlist.core.table.printable import printable

app = typer.Typer()


@app.command("selected")
def list_selected(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="The import's number, as `enlist imports` lists it.")],
    as_json: AsJson = False,
) -> None:
    """List the people that an applied import selects (setting select_for_bulk), one username per line."""
    scope = session_of(context).scope()
    from enlist.services.imports import selection

    found = selection.import_selected(scope, number=number)
    if as_json:
        print_json({"number": number, "select_for_bulk": found.choice, "people": list(found.usernames)})
    elif found.usernames:
        print_text("\n".join(printable(name) for name in found.usernames))
    else:
        say("Nobody: its setting select_for_bulk is none." if found.choice == "none" else "Nobody.")
