"""Groups: list them, add one, change one, take one away that nobody is in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from enlist.cli.imports.results import shown
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, give_table, say

from .pairs import pairs

app = typer.Typer(no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="GROUP", help="Its ID number or name, or #17 for its id.")]
Values = Annotated[
    list[str] | None, typer.Argument(metavar="[FIELD=VALUE...]", help="idnumber=…, above=… (the group it is in).")
]


@app.command("list")
def list_groups(context: typer.Context, as_json: AsJson = False) -> None:
    """List them, with how many people are in each."""
    scope = session_of(context).scope()
    from enlist.services.setup import lists

    found = lists.groups_list(scope)
    if as_json:
        give_json(found)
    elif found:
        give_table([{**each, "above": each["above"] or "-"} for each in found])
    else:
        say("There are none yet: `enlist groups add NAME` adds one.")


@app.command("add")
def add_group(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """Add one; files may name it from then on."""
    wanted = pairs(values or ())
    scope = session_of(context).scope()
    from enlist.services.setup import groups

    made = groups.group_add(scope, values={**wanted, "name": name})
    if as_json:
        give_json(groups.group_show(scope, group=made))
    else:
        give(f"The group {name} is added.")


@app.command("set")
def set_group(
    context: typer.Context,
    said: Named,
    values: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="name=…, idnumber=…, above=… (the group it is in).")
    ],
    as_json: AsJson = False,
) -> None:
    """Change one."""
    wanted = pairs(values)
    scope = session_of(context).scope()
    from enlist.services.setup import groups

    group = groups.group_named(scope, name=said)
    cells = groups.group_change(scope, group=group, values=wanted)
    if as_json:
        give_json({"group": said, "cells": [asdict(cell) for cell in cells]})
    elif cells:
        give("\n".join(f"{cell.field}: {shown(cell.old)} → {shown(cell.new)}" for cell in cells))
    else:
        give("Nothing to do.")


@app.command("remove")
def remove_group(context: typer.Context, said: Named, as_json: AsJson = False) -> None:
    """Take one away in which nobody is."""
    scope = session_of(context).scope()
    from enlist.services.setup import groups

    gone = groups.group_drop(scope, group=groups.group_named(scope, name=said))
    if as_json:
        give_json({"removed": gone})
    else:
        give(f"The group {gone} is gone.")
