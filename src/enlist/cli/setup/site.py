"""Commands that set up a site: tables, organisation, demo school."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text

app = typer.Typer()


@app.command("init")
def init(
    context: typer.Context,
    demo: Annotated[bool, typer.Option("--demo", help="Add a demo school with 400 fictional people.")] = False,
    name: Annotated[str | None, typer.Option(help="The name of the organisation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create the tables and an organisation.

    It is safe to run this again: it changes nothing that exists. To give the new organisation a short name, write
    --organization before the command.
    """
    session = session_of(context)
    session.wire()
    from enlist.services.setup.organization import organization_init

    done = organization_init(session.organization, name=name, with_demo=demo)
    if as_json:
        print_json(asdict(done))
        return
    print_text("Created the tables." if done.steps else "The tables are up to date.")
    named = f"{done.name} ({done.organization})"
    print_text(f"Created the organisation {named}." if done.is_new else f"The organisation {named} already exists.")
    if demo:
        print_text(
            f"Created the demo school: {done.demo_people} people."
            if done.demo_people
            else "The demo school wasn't created, because the organisation already has people."
        )
    print_text(f"Enlist keeps its files in {done.home}.")


@app.command("organization")
def organization(
    context: typer.Context,
    shared: Annotated[
        bool | None,
        typer.Option("--share-addresses/--no-share-addresses", help="Let several people have the same e-mail address."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The new name of the organisation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change the settings of the organisation.

    If people can't share an e-mail address, imports can only use same_email=refuse.
    """
    scope = session_of(context).scope()
    from enlist.services.setup.organization import addresses_are_shared, addresses_share, organization_rename

    if name is not None:
        organization_rename(scope, name=name)
    if shared is not None:
        addresses_share(scope, shared=shared)
    is_shared = addresses_are_shared(scope)
    if as_json:
        names = {"organization": scope.organization.slug, "name": scope.organization.name}
        print_json({**names, "share_addresses": is_shared})
    else:
        print_text(f"{scope.organization.name}: people {'can' if is_shared else 'cannot'} share an e-mail address.")
