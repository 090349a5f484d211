"""History: what changed somebody, and what was done by hand and by administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from enlist.cli.imports.results import shown
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, say
from enlist.core.table.printable import printable

app = typer.Typer()


@app.command("history")
def show_history(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Whose; of somebody who was removed the last username.")],
    as_json: AsJson = False,
) -> None:
    """Show what changed somebody: by which imports, and by hand."""
    scope = session_of(context).scope()
    from enlist.services.people import history

    found = history.person_history(scope, username=username)
    if as_json:
        give_json(found)
    elif found:
        give("\n".join(line for each in found for line in _lines(each)))
    else:
        say("Nothing that is kept changed them.")


@app.command("activity")
def list_activity(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How much to list, the latest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List what was done by hand and by administrators.

    Imports have a list of their own: `enlist imports`.
    """
    scope = session_of(context).scope()
    from enlist.services.people import history

    found = history.activity_list(scope, limit=limit)
    if as_json:
        give_json(found)
    elif found:
        give("\n".join(line for each in found for line in _lines(each)))
    else:
        say("Nothing was done by hand yet.")


def _lines(each: Mapping[str, Any]) -> Iterator[str]:
    """A head, then a value a line."""
    from enlist.core.report.changes import RecordChange

    yield printable("  ".join(filter(None, [each["at"] or "", _title(each), f"by {each['by']}" if each["by"] else ""])))
    if each.get("note"):
        yield f"    {printable(each['note'])}"
    if each.get("kind"):
        yield f"    {each['kind']}"
    if each.get("password"):
        yield "    password set"
    yield from (f"    {cell['field']}: {shown(cell['old'])} → {shown(cell['new'])}" for cell in each["cells"])
    yield from (
        f"    {printable(RecordChange(**record_change).sentence())}" for record_change in each.get("record_changes", ())
    )


def _title(each: Mapping[str, Any]) -> str:
    if "number" not in each:
        fields = "" if each["cells"] else ", ".join(each["fields"])
        return "  ".join(filter(None, [each["what"].replace("_", " "), each.get("person"), fields]))
    line = f", line {each['line']}" if each["line"] else ""
    return f"{each['what']} {each['number']} ({each['file']}{line})"
