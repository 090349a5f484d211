"""`enlist invitations`: links with which people activate their accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text, say
from enlist.core.errors import PolicyError

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


@app.command("terms")
def change_terms(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A UTF-8 text file with new terms; a blank one removes them."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change the terms that people accept when they activate their account.

    Earlier texts are kept, with who accepted them and when.
    """
    scope = session_of(context).scope()
    from enlist.services.setup import terms

    if file:
        terms.terms_change(scope, text=_text_of(file))
    text = terms.terms_show(scope)
    if as_json:
        print_json({"terms": text})
    elif text:
        print_text(text)
    else:
        say("There are no terms.")


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyError("terms_not_utf8", file=file.name) from None
