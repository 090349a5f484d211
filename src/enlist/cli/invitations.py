"""`enlist invitations`: links with which people activate their accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.plain import plain, values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_table, print_text, say
from enlist.core.errors import PolicyError

if TYPE_CHECKING:
    from enlist.services.people.inviting import InvitationShown

app = typer.Typer(no_args_is_help=True)

Usernames = Annotated[list[str] | None, typer.Argument(metavar="USERNAME…", help="The people's usernames.")]
OfImport = Annotated[int | None, typer.Option("--import", metavar="N", help="The people that import N created.")]


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


@app.command("send")
def send(
    context: typer.Context,
    usernames: Usernames = None,
    number: OfImport = None,
    as_json: AsJson = False,
) -> None:
    """Invite people by e-mail: these, or all that an import created.

    People who can sign in already get none, nor do those whose last invitation still works. A worker sends them.
    """
    _invite(context, usernames=usernames, number=number, again=False, as_json=as_json)


@app.command("resend")
def resend(
    context: typer.Context,
    usernames: Usernames = None,
    number: OfImport = None,
    as_json: AsJson = False,
) -> None:
    """Invite people again, also those whose last invitation still works: its link stops working."""
    _invite(context, usernames=usernames, number=number, again=True, as_json=as_json)


@app.command("list")
def list_invitations(
    context: typer.Context,
    number: OfImport = None,
    state: Annotated[
        str,
        typer.Option(help="Only: not_sent, no_address, elsewhere, queued, sent, refused, expired, or used."),
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List invitations and their state, or those of all people that an import created."""
    scope = session_of(context).scope()
    from enlist.services.people import inviting

    found = inviting.invitations_list(scope, number=number, state=state, limit=limit)
    if as_json:
        print_json(found)
    elif found:
        print_table([_row(each) for each in found])
    else:
        say("There are no such invitations.")


@app.command("preview")
def preview(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person who would get it.")],
    number: OfImport = None,
    html: Annotated[bool, typer.Option("--html", help="Show its HTML.")] = False,
    test: Annotated[bool, typer.Option("--test", help="Mail it to yourself; needs --as.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show an invitation as a person would get it. Its link is only an example."""
    scope = session_of(context).scope()
    from enlist.services.people import inviting

    if test:
        address = inviting.invitation_test(scope, username=username, number=number)
        print_json({"sent_to": address}) if as_json else print_text(f"Sent a test to {address}.")
        return
    written = inviting.invitation_preview(scope, username=username, number=number)
    if as_json:
        print_json(written)
    else:
        print_text(written.html if html else f"Subject: {written.subject}\n\n{written.text}")


@app.command("design")
def change_design(
    context: typer.Context,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change message, logo, colour, reply_to or per_second."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change what the organisation adds to invitations, and how many mails it sends a second."""
    scope = session_of(context).scope()
    from enlist.services.setup import invitation_design

    values = {name.strip(): value for name, _, value in (each.partition("=") for each in settings or ())}
    design = invitation_design.design_change(scope, values=values) if values else invitation_design.design_show(scope)
    print_json(design) if as_json else print_text(
        "\n".join(f"{name.replace('_', ' ')}: {value or '–'}" for name, value in values_of(design).items())
    )


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


def _invite(
    context: typer.Context, *, usernames: list[str] | None, number: int | None, again: bool, as_json: bool
) -> None:
    if bool(usernames) == (number is not None):
        raise PolicyError("people_not_chosen_clearly")
    scope = session_of(context).scope()
    from enlist.services.people import inviting
    from enlist.services.people.listing import Chosen

    if number is None:
        done = inviting.people_invite(scope, chosen=Chosen(usernames or ()), again=again)
    else:
        done = inviting.import_invite(scope, number=number, again=again)
    if as_json:
        print_json(done)
        return
    print_text(f"Invitations queued: {done.queued:,}.")
    if done.left_out:
        say(f"Not invited: {done.left_out:,}. `enlist invitations list` shows invitations and their state.")


def _row(shown: InvitationShown) -> dict[str, object]:
    return {
        "username": shown.username,
        "e-mail": shown.email,
        "state": shown.state.replace("_", " "),
        "since": plain(shown.at) if shown.at else "",
        "problem": shown.problem,
    }


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyError("terms_not_utf8", file=file.name) from None
