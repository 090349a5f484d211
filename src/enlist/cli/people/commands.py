"""Commands for people: list, show, edit, add, erase, export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.results import shown
from enlist.cli.options import grouped
from enlist.cli.plain import values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.setup.pairs import pairs
from enlist.cli.terminal import (
    check_can_ask,
    print_json,
    print_table,
    print_text,
    say,
    write_bytes,
    write_text,
)
from enlist.core.table.printable import printable

from .filters import Filters

if TYPE_CHECKING:
    from enlist.services.people.history import ImportedChange
    from enlist.services.people.listing import PersonDetail, PersonSummary

app = typer.Typer(no_args_is_help=True)


@app.command("list")
@grouped
def list_people(
    context: typer.Context,
    prefix: Annotated[str, typer.Argument(help="The first letters of the value in --by.")] = "",
    *,
    by: Annotated[
        str, typer.Option(help="Sort and search by username, lastname or email; -lastname sorts backwards.")
    ] = "username",
    filters: Filters,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list.")] = 50,
    after: Annotated[str | None, typer.Option(help="Continue a list: the value that it printed.")] = None,
    as_json: AsJson = False,
) -> None:
    """List people, page by page."""
    scope = session_of(context).scope()
    from enlist.services.people import listing

    page = listing.person_list(scope, wanted=filters.wanted(by=by, prefix=prefix), after=after, limit=limit)
    if as_json:
        print_json(page)
        return
    if page.people:
        print_table([{**values_of(each), **_joined(each)} for each in page.people])
    else:
        say("Nobody.")
    if page.next:
        say(f"There are more: --after {page.next}")


@app.command("show")
def show_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person's username.")],
    as_json: AsJson = False,
) -> None:
    """Show a person: details, courses, groups, imports."""
    scope = session_of(context).scope()
    from enlist.services.people import listing

    person = _values(listing.person_show(scope, username=username))
    if as_json:
        print_json(person)
    else:
        print_text("\n".join(_lines(person)))


@app.command("set")
def set_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person's username.")],
    values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="New values; FIELD= clears a field.")],
    as_json: AsJson = False,
) -> None:
    """Edit a person.

    You can change a person's fields, profile_field_…, state (active or inactive) and leaves_on (the day from which they
    are inactive; leaves_on= removes it). This can't be undone.
    """
    wanted = pairs(values)
    scope = session_of(context).scope()
    from enlist.services.people import edit

    cells = edit.person_set(scope, username=username, values=wanted)
    if as_json:
        print_json({"username": username, "cells": [asdict(cell) for cell in cells]})
    elif cells:
        print_text("\n".join(f"{cell.field}: {shown(cell.old)} → {shown(cell.new)}" for cell in cells))
    else:
        print_text("Nothing to do.")


@app.command("add")
def add_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The new username.")],
    values: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="firstname=…, lastname=…, email=… and more.")
    ],
    role: Annotated[
        str, typer.Option(help="learner, parent or instructor; `enlist team add` adds to the team.")
    ] = "learner",
    as_json: AsJson = False,
) -> None:
    """Add a person.

    Values are cleaned and checked like those of a file. No mail is sent.
    """
    wanted = pairs(values)
    scope = session_of(context).scope()
    from enlist.services.people import edit, listing

    edit.person_add(scope, username=username, values=wanted, role=role)
    if as_json:
        print_json(_values(listing.person_show(scope, username=username)))
    else:
        print_text(f"Added {username}.")


@app.command("erase")
def erase_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person's username; the last one if the person was removed.")],
    confirm: Annotated[str | None, typer.Option(metavar="USERNAME", help="Confirm by repeating the username.")] = None,
    as_json: AsJson = False,
) -> None:
    """Erase a person from all data.

    This removes their record, account, enrolments and group memberships, and their data in plans and uploaded files. It
    can't be undone, and restoring a backup doesn't bring them back. Only a keyed hash remains, as a proof.
    """
    check_can_ask(yes=confirm is not None)
    scope = session_of(context).scope()
    from enlist.services.people import erase

    who = erase.person_erasable(scope, username=username)
    if confirm is None:
        say(f"This erases {who} permanently. Files and unapplied plans that contain them are deleted completely.")
        confirm = typer.prompt("Type the username", err=True)
    done = erase.person_erase(scope, username=username, confirm=confirm)
    if as_json:
        print_json(asdict(done))
        return
    print_text(f"Erased {done.username}: {done.rewritten:,} chunks of plans were rewritten.")
    for what, numbers in (("unapplied plans", done.plans), ("files", done.files)):
        if numbers:
            print_text(f"Deleted the {what} of these imports: {', '.join(map(str, numbers))}.")
    print_text(f"Keyed hash: {done.hash}")
    if not done.wiped:
        say("The database is in use, so its log still contains deleted bytes. Run `enlist expire` later.")


@app.command("export")
@grouped
def export_people(
    context: typer.Context,
    filters: Filters,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; default: stdout.")] = None,
    administrators: Annotated[bool, typer.Option("--administrators", help="Include administrators.")] = False,
    as_json: AsJson = False,
) -> None:
    """Export people as a file that imports without a change.

    Exports everybody unless you filter people. The file is CSV, or a workbook if its name ends in .xlsx. Import it with
    the preset moodle, --set upload_type=add_and_update and --set update_details=from_file. Administrators are excluded
    by default, because imports don't change them.
    """
    scope = session_of(context).scope()
    from enlist.formats.text.delimited import write
    from enlist.formats.workbook.text_workbook import write_workbook
    from enlist.services.people import listing

    chosen = None if filters == Filters() else listing.Chosen(wanted=filters.wanted())
    found = listing.people_export(scope, chosen=chosen, administrators=administrators)
    if as_json:
        print_json(found.frame.to_dicts())
    elif output and output.suffix.lower() == ".xlsx":
        write_bytes([write_workbook(found.frame, sheet="people")], to=output)
    else:
        write_text(write(found.frame).decode(), to=output)
    for what, count in found.left_out.items():
        say(f"Excluded: {count:,} {what}.")


def _joined(person: PersonSummary) -> dict[str, str]:
    """The lists of a person, each as one cell."""
    return {"roles": ", ".join(person.roles), "groups": ", ".join(person.groups)}


def _values(person: PersonDetail) -> dict[str, object]:
    """Everything known about a person, by name."""
    values = values_of(person)
    del values["fields"]
    return {**person.fields, **values}


def _lines(person: dict[str, object]) -> Iterator[str]:
    """A line per value or list entry, without blank values."""
    for name, value in person.items():
        match value:
            case str():
                yield from [f"{name}: {printable(value)}"] if value else []
            case dict():
                yield from (f"{name}.{key}: {printable(each)}" for key, each in value.items())
            case list() if name == "roles":
                yield f"roles: {', '.join(value)}"
            case list() if name == "imports":
                yield from (f"import {each.number}: {printable(_changed(each))}" for each in value)
            case list():
                yield from (f"{name}: {printable(' / '.join(map(str, values_of(each).values())))}" for each in value)


def _changed(change: ImportedChange) -> str:
    """What an import changed, in one line."""
    cells = [] if change.kind == "created" else [f"{c.field}: {c.old} → {c.new}" for c in change.cells]
    sentences = [each.sentence() for each in change.record_changes]
    return ", ".join([*filter(None, [change.kind]), *cells, *sentences])
