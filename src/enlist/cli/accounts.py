"""`enlist team`: the people who manage the organisation, their roles and passwords."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.plain import values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_table, print_text, say

app = typer.Typer(no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="The person's username.")]
Role = Annotated[str, typer.Argument(help="owner, admin, manager, vendor_manager or viewer.")]


@app.command("list")
def list_team(context: typer.Context, as_json: AsJson = False) -> None:
    """List the team, highest role first."""
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    found = team.team_list(scope)
    if as_json:
        print_json(found)
    elif found:
        print_table([values_of(each) for each in found])
    else:
        say("The team is empty. Add somebody with `enlist team add USERNAME owner`.")


@app.command("add")
def add_to_team(
    context: typer.Context,
    username: Username,
    role: Role,
    firstname: Annotated[str, typer.Option("--firstname", help="First name of a new person.")] = "",
    lastname: Annotated[str, typer.Option("--lastname", help="Last name of a new person.")] = "",
    email: Annotated[str, typer.Option("--email", help="E-mail address of a new person.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a person to the team: an existing one, or a new one with these names."""
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    names = {"firstname": firstname, "lastname": lastname, "email": email}
    is_new = team.team_add(scope, username=username, role=role, names=names if any(names.values()) else None)
    if as_json:
        print_json({"username": username, "role": role, "is_new": is_new})
    else:
        print_text(f"{'Created' if is_new else 'Added'} {username} as {_role_text(role)}.")


@app.command("role")
def change_role(context: typer.Context, username: Username, role: Role, as_json: AsJson = False) -> None:
    """Change somebody's role in the team."""
    _change(context, username=username, role=role, as_json=as_json)


@app.command("remove")
def remove_from_team(context: typer.Context, username: Username, as_json: AsJson = False) -> None:
    """Remove somebody from the team.

    Their account stays, as a learner.
    """
    _change(context, username=username, role=None, as_json=as_json)


@app.command("password")
def make_password(
    context: typer.Context,
    username: Username,
    keep: Annotated[bool, typer.Option("--keep", help="Don't require a new password at the next sign-in.")] = False,
    as_json: AsJson = False,
) -> None:
    """Generate a password for the web application and show it once.

    It replaces the previous password.
    """
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    password = team.team_password(scope, username=username, keep=keep)
    if as_json:
        print_json({"username": username, "password": password})
    else:
        print_text(f"New password of {username}: {password}")


def _change(context: typer.Context, *, username: str, role: str | None, as_json: bool) -> None:
    scope = session_of(context).scope()
    from enlist.services.accounts import team

    changed = team.team_change(scope, username=username, role=role)
    if as_json:
        print_json({"username": username, "role": changed.new, "before": changed.old})
    else:
        print_text(f"Role of {username}: {_role_text(changed.old)} → {_role_text(changed.new)}.")


def _role_text(role: str) -> str:
    return role.replace("_", " ")
