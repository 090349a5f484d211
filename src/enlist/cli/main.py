"""The command `enlist`: options for every command, and the commands."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated, Final

import typer

from enlist.cli.session import Session, report_error, session_of
from enlist.cli.terminal import print_text
from enlist.core.setup_kinds import COURSES, GROUPS, PROFILE_FIELDS, SETUP_KINDS

from . import accounts, invitations, retention, server, worker
from .imports import approvals, passwords, presets
from .imports import commands as imports
from .people import bulk, cards, history, links, merge, roles, selection
from .people import commands as people
from .setup import codes, conditions, courses, fields, groups, headers, site
from .setup.records import commands

# Without these, Polars returns and requests memory many times a second, a tenth of planning time. Read at its import.
ALLOCATOR: Final = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:1000,muzzy_decay_ms:0"}

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)  # fmt: skip
NOUNS: Final = (
    site, imports, approvals, selection, headers, history, presets, codes, retention, passwords, cards, worker, server,
)  # fmt: skip
for nouns in NOUNS:
    app.add_typer(nouns.app)
app.add_typer(accounts.app, name="team", help="Manage the team, its roles and passwords.")
app.add_typer(invitations.app, name="invitations", help="Let people activate their accounts.")
# Kinds of records with commands of their own.
OWN: Final = {COURSES.name: courses.app, GROUPS.name: groups.app, PROFILE_FIELDS.name: fields.app}
for kind in SETUP_KINDS:
    app.add_typer(OWN.get(kind.name) or commands(kind), name=kind.plural, help=f"Manage {kind.title.lower()}.")
app.add_typer(conditions.app, name="conditions", help="Manage the conditions of groups.")
people.app.add_typer(bulk.app)
people.app.add_typer(merge.app)
app.add_typer(roles.app, name="roles", help="List and change the roles of people.")
app.add_typer(links.app, name="links", help="Link learners to their parents and instructors.")
app.add_typer(people.app, name="people", help="View, edit and export people.")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        print_text(f"enlist {metadata.version('enlist')}")
        raise typer.Exit


@app.callback()
def enlist(
    context: typer.Context,
    organization: Annotated[
        str | None,
        typer.Option(envvar="ENLIST_ORGANIZATION", help="The organisation to use, if there is more than one."),
    ] = None,
    acting: Annotated[
        str | None,
        typer.Option("--as", envvar="ENLIST_AS", metavar="USERNAME", help="Act as this person, with their rights."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Bring people into a learning platform from any spreadsheet: preview every change, apply it, undo it."""
    session = session_of(context)
    session.organization, session.acting, session.debug = organization, acting, debug


def main() -> None:
    """Run the command line as a process of its own, tuned to start and exit fast."""
    os.environ.update(ALLOCATOR | os.environ)
    # Collecting garbage while a short command loads and exits takes a quarter of its time.
    gc.set_threshold(100_000, 50, 50)
    try:
        run()
    finally:
        gc.freeze()


def run() -> None:
    """Run the command line and exit with its code."""
    session = Session()
    try:
        app(prog_name="enlist", obj=session)
    except Exception as error:
        if session.debug:
            raise
        sys.exit(report_error(error, as_json=session.as_json))
