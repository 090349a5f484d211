"""`enlist invitations`: links with which people activate their accounts."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text

app = typer.Typer(no_args_is_help=True)


@app.callback()
def invitations() -> None:
    """Let people activate their accounts."""


@app.command("link")
def make_link(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person's username.")],
    as_json: AsJson = False,
) -> None:
    """Make an activation link for a person who can't sign in yet, and show it once.

    The person chooses a password there. The link works once; earlier ones stop working. Give it to nobody else.
    """
    scope = session_of(context).scope()
    from enlist.services.accounts import invitations

    address = invitations.address_of(invitations.invitation_link(scope, username=username))
    if as_json:
        print_json({"username": username, "address": address})
    else:
        print_text(address)
