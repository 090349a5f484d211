"""The team: who looks after the organisation."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.plain import values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, give_table, say

app = typer.Typer(no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="Whom it is about.")]
Role = Annotated[str, typer.Argument(help="owner, admin, manager, vendor_manager or viewer.")]


@app.command("list")
def list_team(context: typer.Context, as_json: AsJson = False) -> None:
    """List who is in the team, the highest first."""
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    found = team.team_list(scope)
    if as_json:
        give_json(found)
    elif found:
        give_table([values_of(each) for each in found])
    else:
        say("Nobody is in the team yet: `enlist team add USERNAME owner` changes that.")


@app.command("add")
def add_to_team(
    context: typer.Context,
    username: Username,
    role: Role,
    firstname: Annotated[str, typer.Option("--firstname", help="For somebody new.")] = "",
    lastname: Annotated[str, typer.Option("--lastname", help="For somebody new.")] = "",
    email: Annotated[str, typer.Option("--email", help="For somebody new.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take somebody into the team: a person who is there, or a new one with these names."""
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    names = {"firstname": firstname, "lastname": lastname, "email": email}
    is_new = team.team_add(scope, username=username, role=role, names=names if any(names.values()) else None)
    if as_json:
        give_json({"username": username, "role": role, "is_new": is_new})
    else:
        give(f"{username} {'was made and ' if is_new else ''}is {role.replace('_', ' ')} now.")


@app.command("role")
def change_role(context: typer.Context, username: Username, role: Role, as_json: AsJson = False) -> None:
    """Give somebody another role in the team."""
    _change(context, username=username, role=role, as_json=as_json)


@app.command("remove")
def remove_from_team(context: typer.Context, username: Username, as_json: AsJson = False) -> None:
    """Take somebody out of the team: they stay, as a learner."""
    _change(context, username=username, role=None, as_json=as_json)


@app.command("password")
def make_password(
    context: typer.Context,
    username: Username,
    keep: Annotated[bool, typer.Option("--keep", help="It need not be changed at the first sign-in.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a password to sign in to the web application with, and show it once.

    Whatever password they had is void.
    """
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    password = team.team_password(scope, username=username, keep=keep)
    if as_json:
        give_json({"username": username, "password": password})
    else:
        give(f"{username} signs in with {password}")


def _change(context: typer.Context, *, username: str, role: str | None, as_json: bool) -> None:
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    before = team.team_change(scope, username=username, role=role)
    now = role or team.NOBODY
    if as_json:
        give_json({"username": username, "role": now, "before": before})
    else:
        give(f"{username} is {now.replace('_', ' ')} now, and was {before.replace('_', ' ')}.")
