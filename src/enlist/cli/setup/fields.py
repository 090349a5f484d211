"""Commands that only profile fields have: order, and options."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.imports.apply import Choices, PendingAction, confirm_and_do
from enlist.cli.options import grouped
from enlist.cli.session import AsJson, session_of
from enlist.cli.setup.records import commands
from enlist.cli.terminal import check_can_ask, print_json, print_table, print_text, progress
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import PROFILE_KINDS, PROFILE_PREFIX
from enlist.core.setup_kinds import PROFILE_FIELDS

app = commands(PROFILE_FIELDS, is_pairs=False)

Shortname = Annotated[str, typer.Argument(help="The field's short name.")]


@app.command("add")
def add_field(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="Columns of files have the name profile_field_SHORTNAME.")],
    name: Annotated[str, typer.Option(help="The name on pages; default: the short name.")] = "",
    kind: Annotated[str, typer.Option(help=f"{', '.join(PROFILE_KINDS)}.")] = "text",
    options: Annotated[
        list[str] | None,
        typer.Option("--option", help="An option of the kinds choice and choices; one may be (blank). Repeatable."),
    ] = None,
    required: Annotated[bool, typer.Option("--required", help="New people need a value.")] = False,
    unique: Annotated[bool, typer.Option("--unique", help="No two people can have the same value.")] = False,
    locked: Annotated[bool, typer.Option("--locked", help="People can't change it themselves; files can.")] = False,
    default: Annotated[str, typer.Option(help="The value of new people if the file has none.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a profile field. Files can have a column for it from then on."""
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
        print_json(fields_list(scope)[-1])
    else:
        print_text(f"Added {shortname}. Files can now have a column {PROFILE_PREFIX}{shortname}.")


@app.command("option")
def add_option(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="The field's short name.")],
    option: Annotated[str, typer.Argument(help="The new option.")],
    as_json: AsJson = False,
) -> None:
    """Add an option to a choice.

    Earlier plans can't be applied any more; make them again.
    """
    scope = session_of(context).scope()
    from enlist.services.setup import fields, lists, records

    records.record_change(scope, kind=PROFILE_FIELDS, key=shortname, values=fields.option_of(option))
    if as_json:
        print_json(next(each for each in lists.fields_list(scope) if each.shortname == shortname))
    else:
        print_text(f"Added the option “{option.strip()}” to {shortname}.")


@app.command("options")
def list_options(context: typer.Context, shortname: Shortname, as_json: AsJson = False) -> None:
    """List the options of a choice, how many people have each, and the conditions that compare with it."""
    scope = session_of(context).scope()
    from enlist.services.imports.options import options_used

    found = options_used(scope, shortname=shortname)
    if as_json:
        print_json(found)
    else:
        print_table(
            [
                {
                    "option": each.option or "(blank)",
                    "people": f"{each.people:,}",
                    "conditions": ", ".join(each.conditions) or "-",
                }
                for each in found
            ]
        )


@app.command("rename-option")
@grouped
def rename_option(
    context: typer.Context,
    shortname: Shortname,
    option: Annotated[str, typer.Argument(help="The option.")],
    new: Annotated[str, typer.Argument(help="Its new name, or another option of the field.")],
    choices: Choices,
) -> None:
    """Give everybody who has an option another one: show who, ask for confirmation, and do it.

    Conditions that compare with the option follow. This is an import: you can undo it, and changes above the limits
    need an administrator's approval. The old option stays in the list until you remove it.
    """
    if not new.strip():
        raise PolicyError("option_name_blank", option=option)
    _replace(context, shortname=shortname, option=option, new=new, choices=choices)


@app.command("clear-option")
@grouped
def clear_option(
    context: typer.Context,
    shortname: Shortname,
    option: Annotated[str, typer.Argument(help="The option.")],
    choices: Choices,
) -> None:
    """Clear the field of everybody who has an option: show who, ask for confirmation, and do it. You can undo it."""
    _replace(context, shortname=shortname, option=option, new="", choices=choices)


@app.command("remove-option")
def remove_option(
    context: typer.Context,
    shortname: Shortname,
    option: Annotated[str, typer.Argument(help="An option that nobody has.")],
    as_json: AsJson = False,
) -> None:
    """Remove an option that neither people nor conditions use."""
    scope = session_of(context).scope()
    from enlist.services.imports.options import option_remove

    option_remove(scope, shortname=shortname, option=option)
    if as_json:
        print_json({"removed": option})
    else:
        print_text(f"Removed the option “{option}” of {shortname}.")


def _replace(context: typer.Context, *, shortname: str, option: str, new: str, choices: Choices) -> None:
    check_can_ask(yes=choices.yes)
    scope = session_of(context).scope()
    from enlist.services.imports.changes import change_apply
    from enlist.services.imports.options import option_replace, plan_option

    change = option_replace(scope, shortname=shortname, old=option, new=new)
    with progress() as tell:
        plan = plan_option(scope, change=change, progress=tell)
    question = "Send this for approval?" if plan.head.awaiting else "Apply this?"
    action = PendingAction(lambda: change_apply(scope, change=change, plan=plan), question=question)
    confirm_and_do(scope, plan=plan, action=action, choices=choices)


@app.command("move")
def move_field(
    context: typer.Context,
    shortname: Annotated[str, typer.Argument(help="The field's short name.")],
    to: Annotated[str, typer.Argument(metavar="up|down", help="One place up or down.")],
    as_json: AsJson = False,
) -> None:
    """Move a field one place up or down in the list."""
    if to not in ("up", "down"):
        raise PolicyError("direction_unknown", value=to)
    scope = session_of(context).scope()
    from enlist.services.setup import fields, lists

    fields.field_move(scope, shortname=shortname, by=-1 if to == "up" else 1)
    found = [each.shortname for each in lists.fields_list(scope)]
    if as_json:
        print_json(found)
    else:
        print_text(", ".join(found))
