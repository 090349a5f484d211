"""People: list them, show one, change one, export all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.results import shown
from enlist.cli.plain import values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.setup.pairs import pairs
from enlist.cli.terminal import give, give_json, give_table, must_be_able_to_ask, say, write_bytes, write_text
from enlist.core.table.printable import printable

from .filters import Course, Group, Never, OfImport, Role, Source, State

if TYPE_CHECKING:
    from enlist.services.people.history import ImportedChange
    from enlist.services.people.listing import PersonDetail

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_people(
    context: typer.Context,
    prefix: Annotated[str, typer.Argument(help="How the value they are sorted by begins.")] = "",
    by: Annotated[str, typer.Option(help="Sort by username, lastname or email.")] = "username",
    state: State = "",
    role: Role = "",
    source: Source = "",
    group: Group = "",
    course: Course = "",
    of_import: OfImport = None,
    never: Never = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list.")] = 50,
    after: Annotated[str | None, typer.Option(help="Where the list before ended: its next.")] = None,
    as_json: AsJson = False,
) -> None:
    """List people, some at a time."""
    scope = session_of(context).scope()
    from enlist.services.people import listing
    from enlist.services.people.listing import Wanted

    wanted = Wanted(by, prefix, state, role, source, group, course, of_import, never)
    page = listing.person_list(scope, wanted=wanted, after=after, limit=limit)
    if as_json:
        give_json(page)
        return
    if page.people:
        give_table([{**values_of(each), "groups": ", ".join(each.groups)} for each in page.people])
    else:
        say("Nobody.")
    if page.next:
        say(f"There are more: --after {page.next}")


@app.command("show")
def show_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Whom to show.")],
    as_json: AsJson = False,
) -> None:
    """Show all that is known of somebody."""
    scope = session_of(context).scope()
    from enlist.services.people import listing

    person = _values(listing.person_show(scope, username=username))
    if as_json:
        give_json(person)
    else:
        give("\n".join(_lines(person)))


@app.command("set")
def set_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Whom to change.")],
    values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="What they get; FIELD= takes it away.")],
    as_json: AsJson = False,
) -> None:
    """Change somebody by hand.

    Fields are those of a person, profile_field_… and state (active or inactive). No undo takes it back.
    """
    wanted = pairs(values)
    scope = session_of(context).scope()
    from enlist.services.people import edit

    cells = edit.person_set(scope, username=username, values=wanted)
    if as_json:
        give_json({"username": username, "cells": [asdict(cell) for cell in cells]})
    elif cells:
        give("\n".join(f"{cell.field}: {shown(cell.old)} → {shown(cell.new)}" for cell in cells))
    else:
        give("Nothing to do.")


@app.command("add")
def add_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="What they are called.")],
    values: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="firstname=…, lastname=…, email=… and more.")
    ],
    role: Annotated[str, typer.Option(help="learner or instructor; `enlist team add` adds to the team.")] = "learner",
    as_json: AsJson = False,
) -> None:
    """Add somebody by hand.

    What is said of them is cleaned and checked as a row of a file. Nobody is written to.
    """
    wanted = pairs(values)
    scope = session_of(context).scope()
    from enlist.services.people import edit, listing

    edit.person_add(scope, username=username, values=wanted, role=role)
    if as_json:
        give_json(_values(listing.person_show(scope, username=username)))
    else:
        give(f"{username} is added.")


@app.command("erase")
def erase_person(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Whom; of somebody who was removed the last username.")],
    confirm: Annotated[
        str | None, typer.Option(metavar="USERNAME", help="The username once more, instead of typing it when asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Erase somebody from everything that is kept.

    Their row, account, enrolments and groups; what plans and uploaded files hold of them. This cannot be undone, and no
    backup brings them back. What stays is a hash by which can be told that they were erased.
    """
    must_be_able_to_ask(yes=confirm is not None)
    scope = session_of(context).scope()
    from enlist.services.people import erase

    who = erase.person_erasable(scope, username=username)
    if confirm is None:
        say(f"This erases {who} for good. Files and plans not applied yet that hold them go whole.")
        confirm = typer.prompt("Type the username", err=True)
    done = erase.person_erase(scope, username=username, confirm=confirm)
    if as_json:
        give_json(asdict(done))
        return
    give(f"{done.username} is erased: {done.rewritten:,} chunks of plans were written anew.")
    for what, numbers in (("plans not applied", done.plans), ("files", done.files)):
        if numbers:
            give(f"The {what} of these imports went whole: {', '.join(map(str, numbers))}.")
    give(f"What stays is a keyed hash: {done.hash}")
    if not done.wiped:
        say("Somebody is reading the database, so its log still holds deleted bytes: run `enlist expire` later.")


@app.command("export")
def export_people(
    context: typer.Context,
    state: State = "",
    role: Role = "",
    source: Source = "",
    group: Group = "",
    course: Course = "",
    of_import: OfImport = None,
    never: Never = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; stdout without it.")] = None,
    administrators: Annotated[bool, typer.Option("--administrators", help="With administrators too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write people, everybody unless some are asked for, as a file that imports as no change.

    CSV, or a workbook where its name ends in .xlsx, for the preset moodle with --set upload_type=add_and_update --set
    update_details=from_file. Administrators are left out unless asked for, because imports do not change them.
    """
    scope = session_of(context).scope()
    from enlist.formats.text.delimited import write
    from enlist.formats.workbook.text_workbook import write_workbook
    from enlist.services.people import listing
    from enlist.services.people.listing import Chosen, Wanted

    wanted = Wanted("username", "", state, role, source, group, course, of_import, never)
    chosen = None if wanted == Wanted() else Chosen(wanted=wanted)
    found = listing.people_export(scope, chosen=chosen, administrators=administrators)
    if as_json:
        give_json(found.frame.to_dicts())
    elif output and output.suffix.lower() == ".xlsx":
        write_bytes([write_workbook(found.frame, sheet="people")], to=output)
    else:
        write_text(write(found.frame).decode(), to=output)
    for what, count in found.left_out.items():
        say(f"Left out: {count:,} {what}.")


def _values(person: PersonDetail) -> dict[str, object]:
    """All that is known of a person, by name."""
    values = values_of(person)
    del values["fields"]
    return {**person.fields, **values}


def _lines(person: dict[str, object]) -> Iterator[str]:
    """A value a line, blank ones left out; lists one entry a line."""
    for name, value in person.items():
        match value:
            case str():
                yield from [f"{name}: {printable(value)}"] if value else []
            case dict():
                yield from (f"{name}.{key}: {printable(each)}" for key, each in value.items())
            case list() if name == "imports":
                yield from (f"import {each.number}: {printable(_changed(each))}" for each in value)
            case list():
                yield from (f"{name}: {printable(' / '.join(map(str, values_of(each).values())))}" for each in value)


def _changed(change: ImportedChange) -> str:
    """What an import did to somebody, in a line."""
    cells = [] if change.kind == "created" else [f"{c.field}: {c.old} → {c.new}" for c in change.cells]
    sentences = [each.sentence() for each in change.record_changes]
    return ", ".join([*filter(None, [change.kind]), *cells, *sentences])
