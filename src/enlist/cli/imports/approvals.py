"""Approve or reject changes above the limits, and show or change the limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import print_json, print_table, print_text, progress, say
from enlist.core.errors import PolicyError

from .passwords import set_new_passwords
from .results import print_outcome

if TYPE_CHECKING:
    from enlist.core.policy import ChangeLimits

app = typer.Typer()


@app.command("approve")
def approve(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="The number of the import that needs approval.")],
    confirm: Annotated[
        int | None, typer.Option(metavar="PEOPLE", help="Approve; the number of people, as `enlist show N` shows it.")
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FINGERPRINT", help="Approve only the plan with this fingerprint: see `enlist show N`."),
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Make none of these changes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Approve or reject the changes of an import that need approval.

    They are planned again first. If they would affect other people by now, nothing is applied: review the new plan.
    """
    if (confirm is None) == (not reject):
        raise PolicyError("approve_or_reject", number=number)
    scope = session_of(context).scope()
    from enlist.services.imports.approval import import_approve, import_drop

    if confirm is None:
        import_drop(scope, number=number)
        print_json({"rejected": number}) if as_json else print_text(f"Rejected import {number}; nothing was applied.")
        return
    with progress() as tell:
        done = import_approve(scope, number=number, confirm=confirm, shown=plan, progress=tell)
    print_outcome(done, as_json=as_json)
    set_new_passwords(scope, done=done)


@app.command("limits")
def show_limits(
    context: typer.Context,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="VERB=SHARE,NUMBER", help="Change a limit: deactivate=0.05,20. Repeatable."),
    ] = None,
    active: Annotated[
        list[str] | None,
        typer.Option(
            "--active",
            metavar="ROLES=NUMBER",
            help="Allow so many active people with a role: learner=500; learner= for any number. Repeatable.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or change how many people an import may affect without approval, and how many may be active.

    Changes above a limit need an administrator's approval. Shares are shares of active people. --active
    learner+instructor=600 counts people with any of these roles.
    """
    scope = session_of(context).scope()
    from enlist.services.imports.approval import (
        active_limits_change,
        active_limits_list,
        limits_change,
        limits_show,
    )

    allowed = active_limits_change(scope, settings=active) if active else active_limits_list(scope)
    limits = limits_change(scope, settings=settings) if settings else limits_show(scope)
    if as_json:
        print_json({**_values(limits), "active": [asdict(each) for each in allowed]})
        return
    print_table(
        [{"what": verb, "share": f"{share:.4g}", "number": number} for verb, (share, number) in _values(limits).items()]
    )
    say("update and rename need approval above the share, from the number up; others above the smaller of the two.")
    if allowed:
        print_table([{"active": each.name, "allowed": each.allowed, "now": each.active} for each in allowed])
    for each in allowed:
        if each.over:
            say(f"{each.over:,} more people with the role {each.words} are active than allowed: nobody can be added.")


def _values(limits: ChangeLimits) -> dict[str, list[float]]:
    from enlist.core.policy.kinds import LimitEntries

    return LimitEntries().dump(limits)
