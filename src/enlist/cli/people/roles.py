"""`enlist roles`: the roles that people have."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text

app = typer.Typer(no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="The person's username.")]
Role = Annotated[str, typer.Argument(help="learner, parent, instructor, or a role of the team.")]


@app.command("list")
def list_roles(context: typer.Context, username: Username, as_json: AsJson = False) -> None:
    """List all roles of a person, highest first."""
    scope = session_of(context).scope()
    from enlist.services.people import roles

    found = roles.role_list(scope, username=username)
    if as_json:
        print_json(found)
    else:
        print_text("\n".join(found))


@app.command("add")
def add_role(context: typer.Context, username: Username, role: Role, as_json: AsJson = False) -> None:
    """Give a person a role. They keep the others, except that a role of the team replaces another one."""
    scope = session_of(context).scope()
    from enlist.services.people import roles

    is_new = roles.role_add(scope, username=username, role=role)
    if as_json:
        print_json({"username": username, "roles": roles.role_list(scope, username=username), "is_new": is_new})
    else:
        print_text(f"{username} has the role {role} now." if is_new else "Nothing to do.")


@app.command("remove")
def remove_role(context: typer.Context, username: Username, role: Role, as_json: AsJson = False) -> None:
    """Take a role from a person."""
    scope = session_of(context).scope()
    from enlist.services.people import roles

    roles.role_remove(scope, username=username, role=role)
    if as_json:
        print_json({"username": username, "roles": roles.role_list(scope, username=username)})
    else:
        print_text(f"{username} doesn't have the role {role} any more.")
