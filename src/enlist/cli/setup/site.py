"""Setting up: the database, an organisation, a school to try things on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json

app = typer.Typer()


@app.command("init")
def init(
    context: typer.Context,
    demo: Annotated[bool, typer.Option("--demo", help="With a school of 400 invented people.")] = False,
    name: Annotated[str | None, typer.Option(help="What the organisation is called.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make the database and an organisation.

    What is there already stays as it is, so that it can be typed again. --organization, before the command, gives
    the new organisation a short name.
    """

    session = session_of(context)
    session.wire()
    from enlist.services.setup.organization import organization_init

    done = organization_init(session.organization, name=name, with_demo=demo)
    if as_json:
        give_json(asdict(done))
        return
    give("The tables were made." if done.steps else "The tables were there.")
    give(f"Organisation {done.name} ({done.organization}) {'was made' if done.is_new else 'was there'}.")
    if demo:
        give(
            f"The demo school was opened: {done.demo_people} people."
            if done.demo_people
            else "The demo school was not opened again: the organisation has people already."
        )
    give(f"Enlist keeps its files in {done.home}.")


@app.command("organization")
def organization(
    context: typer.Context,
    shared: Annotated[
        bool | None,
        typer.Option("--share-addresses/--no-share-addresses", help="May several people have one e-mail address?"),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What it is called from now on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change what holds for the whole organisation.

    Where people may not share an address, the setting same_email of an import can only be refuse.
    """

    scope = session_of(context).scope()
    from enlist.services.setup.organization import addresses_are_shared, addresses_share, organization_rename

    if name is not None:
        organization_rename(scope, name=name)
    if shared is not None:
        addresses_share(scope, shared=shared)
    is_shared = addresses_are_shared(scope)
    if as_json:
        called = {"organization": scope.organization.slug, "name": scope.organization.name}
        give_json({**called, "share_addresses": is_shared})
    else:
        give(f"{scope.organization.name}: people {'may' if is_shared else 'may not'} share an e-mail address.")
