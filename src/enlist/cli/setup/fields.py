"""Profile fields: what they alone have beside the commands of every kind of record."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.setup.records import commands
from enlist.cli.terminal import give, give_json
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import PROFILE_KINDS, PROFILE_PREFIX
from enlist.core.setup_kinds import PROFILE_FIELDS

app = commands(PROFILE_FIELDS, is_pairs=False)


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
    from enlist.services.setup.lists import fields_list
    from enlist.services.setup.records import record_add

    flags = {"required": required, "unique": unique, "locked": locked}
    values = {
        "shortname": shortname,
        "name": name,
        "kind": kind,
        "default": default,
        "options": "\n".join(options or ()),
        **{flag: "yes" if is_set else "no" for flag, is_set in flags.items()},
    }
    record_add(scope, kind=PROFILE_FIELDS, values=values)
    if as_json:
        give_json(fields_list(scope)[-1])
    else:
        give(f"Files may have a column {PROFILE_PREFIX}{shortname} now.")


@app.command("option")
def add_option(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="The field, as `enlist fields list` names it.")],
    option: Annotated[str, typer.Argument(help="What people can have there from now on.")],
    as_json: AsJson = False,
) -> None:
    """Add an option to a choice; plans that were made before have to be made again."""
    scope = session_of(context).scope()
    from enlist.services.setup import fields, lists, records

    records.record_change(scope, kind=PROFILE_FIELDS, key=shortname, values=fields.option_of(option))
    if as_json:
        give_json(next(each for each in lists.fields_list(scope) if each.shortname == shortname))
    else:
        give(f"“{option.strip()}” is an option of {shortname} now.")


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
    found = [each.shortname for each in lists.fields_list(scope)]
    if as_json:
        give_json(found)
    else:
        give(", ".join(found))
