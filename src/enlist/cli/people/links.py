"""`enlist links`: the parents and instructors of learners."""

from __future__ import annotations

from typing import Annotated

import typer

from enlist.cli.plain import values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_table, print_text, say

app = typer.Typer(no_args_is_help=True)

Learner = Annotated[str, typer.Argument(help="The learner's username.")]
Kind = Annotated[str, typer.Argument(help="parent or instructor.")]
Other = Annotated[str, typer.Argument(help="The username of the parent or instructor.")]


@app.command("list")
def list_links(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The person's username.")],
    as_json: AsJson = False,
) -> None:
    """List everybody who is linked to a person."""
    scope = session_of(context).scope()
    from enlist.services.people import links

    found = links.link_list(scope, username=username)
    if as_json:
        print_json(found)
    elif found:
        print_table([values_of(each) for each in found])
    else:
        say("Nobody.")


@app.command("add")
def add_link(context: typer.Context, learner: Learner, kind: Kind, other: Other, as_json: AsJson = False) -> None:
    """Link a learner to a parent or instructor, who can then see the learner's pages."""
    scope = session_of(context).scope()
    from enlist.services.people import links

    is_new = links.link_add(scope, ends=links.LinkEnds(learner, other, kind))
    if as_json:
        print_json({"learner": learner, "other": other, "kind": kind, "is_new": is_new})
    else:
        print_text(f"{other} is now {kind} of {learner}." if is_new else "Nothing to do.")


@app.command("remove")
def remove_link(context: typer.Context, learner: Learner, kind: Kind, other: Other, as_json: AsJson = False) -> None:
    """Remove a link. The parent or instructor no longer sees the learner's pages."""
    scope = session_of(context).scope()
    from enlist.services.people import links

    links.link_remove(scope, ends=links.LinkEnds(learner, other, kind))
    if as_json:
        print_json({"learner": learner, "other": other, "kind": kind})
    else:
        print_text(f"Removed {other} as {kind} of {learner}.")
