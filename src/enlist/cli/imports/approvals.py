"""Approving: what waits of an import, and the limits above which something waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import give, give_json, give_table, progress, say
from enlist.core.errors import PolicyError

from .passwords import settle_after
from .results import give_outcome, outcome_json

if TYPE_CHECKING:
    from enlist.core.policy import ChangeLimits

app = typer.Typer()


@app.command("approve")
def approve(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="The import that waits, as `enlist imports` lists it.")],
    confirm: Annotated[
        int | None, typer.Option(metavar="PEOPLE", help="How many people it is about: `enlist show N` tells.")
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FINGERPRINT", help="Only if this plan waits, as `enlist show N` shows it: no other."),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Let it never happen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Approve what waits, or drop it.

    It is planned anew first. Where it would touch others by now, nothing is applied, and it can be looked at again.
    """

    if (confirm is None) == (not drop):
        raise PolicyError("approve_or_reject", number=number)
    scope = session_of(context).scope()
    from enlist.services.imports.approval import import_approve, import_drop

    if confirm is None:
        import_drop(scope, number=number)
        give_json({"dropped": number}) if as_json else give(f"Import {number} is dropped; nothing of it happens.")
        return
    with progress() as tell:
        done = import_approve(scope, number=number, confirm=confirm, shown=plan, progress=tell)
    give_json(outcome_json(done)) if as_json else give_outcome(done)
    settle_after(scope, done=done)


@app.command("limits")
def show_limits(
    context: typer.Context,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="VERB=SHARE,NUMBER", help="Change one, as in deactivate=0.05,20. Repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change how much an import may do without approval.

    What is above a limit waits for an administrator's approval; exactly at it goes on. The share is of active people.
    """

    scope = session_of(context).scope()
    from enlist.services.imports.approval import limits_change, limits_show

    limits = limits_change(scope, settings=settings) if settings else limits_show(scope)
    if as_json:
        give_json(_values(limits))
        return
    give_table(
        [{"what": verb, "share": f"{share:.4g}", "number": number} for verb, (share, number) in _values(limits).items()]
    )
    say("update and rename wait above the share and from the number up, all else above the smaller of the two.")


def _values(limits: ChangeLimits) -> dict[str, list[float]]:
    from enlist.core.policy.kinds import LimitEntries

    return LimitEntries().dump(limits)
