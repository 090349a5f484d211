"""Set the passwords of an import, and write generated ones to a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_text, progress, say

if TYPE_CHECKING:
    from enlist.services.access import Scope
    from enlist.services.accounts.passwords import Settled
    from enlist.services.imports.commit import Done

app = typer.Typer()


@app.command("passwords")
def set_passwords(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="The import's number, as `enlist imports` lists it.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A new CSV file for passwords of people without an e-mail address."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set the passwords of an import that was applied.

    An import sets its passwords itself; this command continues if it was interrupted, and mails generated passwords
    again that the mail server refused. --output writes those of people without an e-mail address, and deletes them from
    the database.
    """
    scope = session_of(context).scope()
    from enlist.services.accounts import passwords
    from enlist.services.imports import background

    with progress() as tell:
        done = background.passwords_see_through(scope, number=number, progress=tell)
    written = passwords.passwords_hand_out(scope, number=number, to=output) if output else 0
    if as_json:
        print_json({**asdict(done), "written": written})
        return
    print_text("\n".join(_lines(done, number=number)) or "There are no passwords to set.")
    if output:
        print_text(f"Wrote {written:,} passwords to {output} and deleted them from the database.")


def set_new_passwords(scope: Scope, *, done: Done) -> None:
    """Set the passwords of an import that was just applied, unless all of it needs approval."""
    if done.waiting == done.number:
        return
    from enlist.services.imports import background

    with progress() as tell:
        settled = background.passwords_see_through(scope, number=done.number, progress=tell)
    say(*_lines(settled, number=done.number))


def _lines(done: Settled, *, number: int) -> Iterator[str]:
    if done.hashed:
        yield f"Passwords set: {done.hashed:,}."
    if done.mailed:
        yield f"A worker mails generated passwords: {done.mailed:,}."
    if done.refused:
        yield f"A worker mails again, because the mail server refused the address: {done.refused:,}."
    if done.waiting:
        yield f"Generated for people without an e-mail address: {done.waiting:,}."
        yield f"`enlist passwords {number} --output FILE` writes them to a file, once."
    if done.shielded:
        yield f"Not set, because these people have joined the team: {done.shielded:,}."
        yield "`enlist team password` sets the password of a team member."
    if done.unreadable:
        yield f"Not set, because this site's key can't decrypt them: {done.unreadable:,}. Import them again."
