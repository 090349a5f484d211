"""Passwords: set those of an import, and hand out those that were made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, progress, say

if TYPE_CHECKING:
    from enlist.services.access import Scope
    from enlist.services.accounts.passwords import Settled
    from enlist.services.imports.commit import Done

app = typer.Typer()


@app.command("passwords")
def settle_passwords(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="The import's number, as `enlist imports` lists it.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write those made for people without an e-mail address; once."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set the passwords of an import that was applied.

    An import does so by itself; this goes on where it was broken off. --output writes a new CSV file of the passwords
    that could be mailed to nobody, and forgets them.
    """
    scope = session_of(context).scope()
    from enlist.services.accounts import passwords
    from enlist.services.imports import background

    with progress() as tell:
        done = background.passwords_see_through(scope, number=number, progress=tell)
    written = passwords.passwords_hand_out(scope, number=number, to=output) if output else 0
    if as_json:
        give_json({**asdict(done), "written": written})
        return
    give("\n".join(_lines(done, number=number)) or "There are none to set.")
    if output:
        give(f"{written:,} written to {output}; they are kept here no longer.")


def settle_after(scope: Scope, *, done: Done) -> None:
    """Set the passwords of what was just applied, and say what became of them; what waits as a whole has none yet."""
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
        yield f"Mailed to their owners: {done.mailed:,}."
    if done.refused:
        yield f"Not mailed, since the mail server takes none to their address: {done.refused:,}."
        yield f"Correct the addresses with `enlist people set`, then `enlist passwords {number}`."
    if done.waiting:
        yield f"Made for people without an e-mail address: {done.waiting:,}."
        yield f"`enlist passwords {number} --output FILE` writes them, once."
    if done.shielded:
        yield f"Not set, because these people belong to the team by now: {done.shielded:,}."
        yield "`enlist team password` makes one for somebody of the team."
    if done.unreadable:
        yield f"Not readable with this key, so not set: {done.unreadable:,}. Import these people's passwords again."
