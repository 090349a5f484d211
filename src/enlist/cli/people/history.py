"""The history of a person, and the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.imports.results import shown
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text, say
from enlist.core.table.printable import printable

if TYPE_CHECKING:
    from enlist.services.people.history import ImportedChange, ManualChange

app = typer.Typer()


@app.command("history")
def show_history(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person's username; the last one if the person was removed.")],
    as_json: AsJson = False,
) -> None:
    """Show what changed a person: imports and manual changes."""
    scope = session_of(context).scope()
    from enlist.services.people import history

    found = history.person_history(scope, username=username)
    if as_json:
        print_json(found)
    elif found:
        print_text("\n".join(line for each in found for line in _lines(each)))
    else:
        say("No changes are on record.")


@app.command("activity")
def list_activity(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the audit log: manual changes and administrators' actions, newest first.

    `enlist imports` lists imports.
    """
    scope = session_of(context).scope()
    from enlist.services.people import history

    found = history.activity_list(scope, limit=limit)
    if as_json:
        print_json(found)
    elif found:
        print_text("\n".join(line for each in found for line in _lines(each)))
    else:
        say("The audit log is empty.")


def _lines(change: ImportedChange | ManualChange) -> Iterator[str]:
    """A heading, then a line for each value."""
    from enlist.services.people.history import ManualChange

    by = f"by {change.by}" if change.by else ""
    yield printable("  ".join(filter(None, [change.at, _title(change), change.merged, by])))
    if isinstance(change, ManualChange):
        details, sentences = [change.note], list[str]()
    else:
        details = [change.kind, "password set" if change.password else ""]
        sentences = [each.sentence() for each in change.record_changes]
    yield from (f"    {printable(each)}" for each in details if each)
    yield from (f"    {cell.field}: {shown(cell.old)} → {shown(cell.new)}" for cell in change.cells)
    yield from (f"    {printable(each)}" for each in sentences)


def _title(change: ImportedChange | ManualChange) -> str:
    from enlist.services.people.history import LoggedAction, ManualChange

    if isinstance(change, ManualChange):
        person = change.person if isinstance(change, LoggedAction) else None
        fields = "" if change.cells else ", ".join(change.fields)
        return "  ".join(filter(None, [change.what.replace("_", " "), person, fields]))
    line = f", line {change.line}" if change.line else ""
    return f"{change.what} {change.number} ({change.file}{line})"
