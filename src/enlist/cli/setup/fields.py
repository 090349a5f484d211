"""Profile fields: what the organisation keeps of its people beside what every site does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from enlist.cli.imports.results import shown
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, give_table, say
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import PROFILE_KINDS

from .pairs import pairs

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_fields(context: typer.Context, as_json: AsJson = False) -> None:
    """List the profile fields in their order."""
    scope = session_of(context).scope()
    from enlist.services.setup import lists

    found = lists.fields_list(scope)
    if as_json:
        give_json(found)
    elif found:
        give_table([{**each, "options": ", ".join(each["options"])} for each in found])
    else:
        say("There are none yet: `enlist fields add NAME` adds one.")


@app.command("add")
def add_field(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="What files call it: profile_field_SHORTNAME.")],
    name: Annotated[str, typer.Option(help="What people call it; the short name without.")] = "",
    kind: Annotated[str, typer.Option(help=f"{', '.join(PROFILE_KINDS)}.")] = "text",
    options: Annotated[
        list[str] | None, typer.Option("--option", help="For a choice, or choices of several; once for each.")
    ] = None,
    required: Annotated[bool, typer.Option("--required", help="A new person needs a value.")] = False,
    unique: Annotated[bool, typer.Option("--unique", help="Nobody has another's value.")] = False,
    locked: Annotated[bool, typer.Option("--locked", help="People cannot change it themselves; files can.")] = False,
    default: Annotated[str, typer.Option(help="What a new person has whose file says nothing.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a profile field; files may have a column for it from then on."""
    scope = session_of(context).scope()
    from enlist.core.directory.directory import ProfileField
    from enlist.services.setup import lists

    field = ProfileField(
        id=0,
        shortname=shortname,
        name=name or shortname,
        kind=kind,
        options=tuple(options or ()),
        required=required,
        unique=unique,
        locked=locked,
        default=default,
    )
    lists.field_add(scope, field=field)
    if as_json:
        give_json(lists.fields_list(scope)[-1])
    else:
        give(f"Files may have a column {field.slug} now.")


@app.command("option")
def add_option(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="The field, as `enlist fields list` names it.")],
    option: Annotated[str, typer.Argument(help="What people can have there from now on.")],
    as_json: AsJson = False,
) -> None:
    """Add an option to a choice; plans that were made before are made anew."""
    scope = session_of(context).scope()
    from enlist.services.setup import lists

    lists.option_add(scope, shortname=shortname, option=option)
    if as_json:
        give_json(next(each for each in lists.fields_list(scope) if each["shortname"] == shortname))
    else:
        give(f"“{option.strip()}” is an option of {shortname} now.")


@app.command("set")
def set_field(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="The field's short name.")],
    values: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="name=…, required=yes or no, locked=…, default=….")
    ],
    as_json: AsJson = False,
) -> None:
    """Change a field: what it is called, whether new people need it, its default.

    Its short name, kind and options stay: people have values in it.
    """
    wanted = pairs(values)
    scope = session_of(context).scope()
    from enlist.services.setup import fields

    cells = fields.field_change(scope, shortname=shortname, values=wanted)
    if as_json:
        give_json({"field": shortname, "cells": [asdict(cell) for cell in cells]})
    elif cells:
        give("\n".join(f"{cell.field}: {shown(cell.old)} → {shown(cell.new)}" for cell in cells))
    else:
        give("Nothing to do.")


@app.command("move")
def move_field(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="The field's short name.")],
    to: Annotated[str, typer.Argument(metavar="up|down", help="Where to, by one place.")],
    as_json: AsJson = False,
) -> None:
    """Move a field in the order of all."""
    if to not in ("up", "down"):
        raise PolicyError("direction_unknown", value=to)
    scope = session_of(context).scope()
    from enlist.services.setup import fields, lists

    fields.field_move(scope, shortname=shortname, by=-1 if to == "up" else 1)
    found = [each["shortname"] for each in lists.fields_list(scope)]
    if as_json:
        give_json(found)
    else:
        give(", ".join(found))
