"""Commands for imports: plan, apply, import, undo, list, show, cancel."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.cli.options import grouped
from enlist.cli.plain import values_of
from enlist.cli.session import AsJson, session_of
from enlist.cli.terminal import (
    check_can_ask,
    print_json,
    print_table,
    print_text,
    progress,
    say,
    write_bytes,
    write_text,
    writing,
)
from enlist.core.errors import PolicyError

from .apply import Choices, PendingAction, People, apply_with_progress, confirm_and_do, exit_after
from .passwords import set_new_passwords
from .progress import watch
from .reading import ImportOptions
from .results import (
    import_line,
    import_lines,
    outcome_json,
    plan_json,
    plans_json,
    print_outcome,
    print_plan,
)

if TYPE_CHECKING:
    from enlist.services.access import Scope
    from enlist.services.imports.plan import Planned
    from enlist.services.imports.request import ImportRequest
    from enlist.services.imports.summary import ImportDetail
    from enlist.services.progress import Progress
    from enlist.store.models import Import

app = typer.Typer()

File = Annotated[Path, typer.Argument(help="The file to import; - reads stdin.")]
Number = Annotated[int, typer.Argument(metavar="N", help="The import's number, as `enlist imports` lists it.")]
Failures = Annotated[
    Path | None,
    typer.Option("--failures", metavar="FILE", help="Write the rows with errors, and why, to a .csv or .xlsx file."),
]


Answer = Annotated[
    bool | None,
    typer.Option("--invite/--no-invite", help="Whether new people are invited, if the settings ask (invite = ask)."),
]


@app.command("plan")
@grouped
def plan_file(
    context: typer.Context,
    file: File,
    options: ImportOptions,
    save: Annotated[Path | None, typer.Option(metavar="PLAN", help="Save the plan for `enlist apply`.")] = None,
    failures: Failures = None,
    people: People = 10,
    as_json: AsJson = False,
) -> None:
    """Show what importing a file would change.

    Nothing is written to the database.
    """
    scope = session_of(context).scope()
    # A saved plan may be read by anybody, so it holds no passwords.
    request = replace(options.request(file, scope=scope), passwords=not save)
    planned = _planned(scope, request=request, failures=failures)
    if as_json:
        print_json(plans_json(scope, plan=planned.plan, awaiting=planned.awaiting, people=people))
    else:
        print_plan(scope, plan=planned.plan, awaiting=planned.awaiting, people=people)
    if save:
        with writing(save) as saved:
            planned.plan.save(saved)
        say(f"Saved the plan to {save}. Apply it with `enlist apply {save}`.")
        if planned.awaiting:
            say("It doesn't contain the changes that need approval. `enlist import` stores them too.")
    exit_after(planned.plan)


@app.command("apply")
def apply_plan(
    context: typer.Context,
    plan_path: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan saved with `enlist plan --save`.")],
    invite: Answer = None,
    as_json: AsJson = False,
) -> None:
    """Apply a saved plan: exactly the changes it showed, or nothing."""
    scope = session_of(context).scope()
    from enlist.core.plan.plan import Plan

    plan = Plan.load(plan_path)
    done = apply_with_progress(scope, plan=plan, invite=invite)
    print_outcome(done, as_json=as_json)
    set_new_passwords(scope, done=done)
    exit_after(plan)


@app.command("import")
@grouped
def import_file(
    context: typer.Context,
    file: File,
    *,
    options: ImportOptions,
    failures: Failures = None,
    key: Annotated[
        str, typer.Option(metavar="KEY", help="An idempotency key: an import with the same key is made only once.")
    ] = "",
    background: Annotated[bool, typer.Option("--background", help="Let a worker do it; needs --yes.")] = False,
    invite: Answer = None,
    choices: Choices,
) -> None:
    """Show what importing a file would change, ask for confirmation, and import it.

    With --background, a worker plans and applies it without a preview.
    """
    _check_options(yes=choices.yes, background=background, failures=failures)
    scope = session_of(context).scope()
    from enlist.services.accounts.inviting import invite_check
    from enlist.services.imports.background import import_keyed
    from enlist.services.imports.plan import import_stage

    request = replace(options.request(file, scope=scope, key=key), invite=invite)
    if background:
        _queue(scope, request=request, as_json=choices.as_json)
        return
    with import_keyed(scope, request=request, until_ended=_waiting_message()) as known:
        if known:
            _report_earlier(scope, known=known, key=key, as_json=choices.as_json)
        planned = _planned(scope, request=request, failures=failures)
        invite_check(planned.plan.head.policy, new=planned.plan.head.new.get("person", 0), answer=invite)
        action = PendingAction(
            lambda: apply_with_progress(scope, plan=import_stage(scope, planned=planned)), awaiting=planned.awaiting
        )
        confirm_and_do(scope, plan=planned.plan, action=action, choices=choices)


@app.command("undo")
@grouped
def undo_import(context: typer.Context, number: Number, choices: Choices) -> None:
    """Show what undoing an import would change, ask for confirmation, and undo it.

    Above the limits (`enlist limits`), the whole undo needs an administrator's approval.
    """
    check_can_ask(yes=choices.yes)
    scope = session_of(context).scope()
    from enlist.services.imports.approval import import_hold
    from enlist.services.imports.plan import import_undo_plan

    with progress() as tell:
        plan = import_undo_plan(scope, number=number, progress=tell)
    action = PendingAction(lambda: apply_with_progress(scope, plan=plan))
    if plan.head.awaiting:
        action = PendingAction(lambda: import_hold(scope, plan=plan), question="Send this for approval?")
    confirm_and_do(scope, plan=plan, action=action, choices=choices)


@app.command("imports")
def list_imports(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
    watched: Annotated[bool, typer.Option("--watch", help="Show the progress of running imports.")] = False,
    as_json: AsJson = False,
) -> None:
    """List imports, newest first."""
    scope = session_of(context).scope()
    from enlist.services.imports.plan import imports_list

    if watched:
        watch(scope, limit=limit, as_json=as_json)
        return

    found = imports_list(scope, limit=limit)
    if as_json:
        print_json(found)
    elif found:
        print_table([import_line(each) for each in found])
    else:
        say("There are no imports yet.")


@app.command("show")
def show_import(
    context: typer.Context,
    number: Number,
    people: People = 10,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", metavar="FILE", help="Write the values before and after as CSV; - is stdout."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show an import: its file, state and changes."""
    scope = session_of(context).scope()
    from enlist.services.imports.plan import import_show

    if changes:
        _write_changes(scope, number=number, to=changes)
        if str(changes) == "-":
            return
    summary, plan = import_show(scope, number=number)
    values = values_of(summary) | _selected(scope, summary=summary)
    if as_json:
        shown = plan_json(scope, plan=plan, people=people) if plan else None
        print_json({**values, "plan": shown})
        return
    print_text("\n".join(import_lines(values)))
    if plan:
        print_text("")
        print_plan(scope, plan=plan, people=people)


def _selected(scope: Scope, *, summary: ImportDetail) -> dict[str, int]:
    """How many people an applied import selects, if its settings select any."""
    if "select_for_bulk" not in summary.settings or summary.state != "applied" or summary.plan_removed:
        return {}
    from enlist.services.imports import selection

    return {"selected": len(selection.import_selected(scope, number=summary.number).usernames)}


def _write_changes(scope: Scope, *, number: int, to: Path) -> None:
    from enlist.formats.text.delimited import write_each
    from enlist.services.people import history

    write_bytes(write_each(history.import_values(scope, number=number)), to=to)
    if str(to) != "-":
        say(f"Wrote the values that import {number} changes to {to}.")


@app.command("cancel")
def cancel_import(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Cancel an import that isn't applied yet."""
    scope = session_of(context).scope()
    from enlist.services.imports.background import import_cancel

    state = import_cancel(scope, number=number)
    if as_json:
        print_json({"number": number, "state": state})
    elif state == "cancelled":
        print_text(f"Cancelled import {number}; nothing was applied.")
    else:
        print_text(f"Import {number} is being cancelled: it stops at its next step.")


def _check_options(*, yes: bool, background: bool, failures: Path | None) -> None:
    check_can_ask(yes=yes)
    if background and not yes:
        raise PolicyError("background_cannot_ask")
    if background and failures:
        raise PolicyError("failures_not_known", number="N")


def _queue(scope: Scope, *, request: ImportRequest, as_json: bool) -> None:
    from enlist.services.imports.background import import_hand_over

    with progress() as tell:
        queued = import_hand_over(scope, request=request, progress=tell)
    if as_json:
        print_json(vars(queued))
    elif queued.is_new:
        print_text(f"Queued import {queued.number}: `enlist imports --watch` shows its progress.")
    else:
        print_text(f"Import {queued.number} already has the key “{request.key}”.")


def _waiting_message() -> Progress:
    """Prints a message at the first call only."""
    lines = iter(["An import with this key is running: waiting for it to end."])
    return lambda *_: say(*itertools.islice(lines, 1))


def _report_earlier(scope: Scope, *, known: Import, key: str, as_json: bool) -> None:
    """Print the outcome of the import that has this key, and exit as it did."""
    from enlist.services.imports.background import import_outcome
    from enlist.services.imports.plan import import_show

    say(f"Import {known.number} already has the key “{key}”.")
    done = import_outcome(known)
    if as_json:
        print_json({"plan": None, "outcome": outcome_json(done)})
    else:
        print_outcome(done)
    set_new_passwords(scope, done=done)
    _, plan = import_show(scope, number=known.number)
    if plan:
        exit_after(plan)
    raise typer.Exit


def _write_failures(planned: Planned, *, to: Path) -> None:
    """Write the rows with errors, as a workbook with comments or as CSV."""
    from enlist.core.report import report
    from enlist.formats.text.delimited import write
    from enlist.formats.workbook.failures import write_failures

    if to.suffix.lower() == ".xlsx":
        found, problems = report.failing_cells(planned.table, plan=planned.plan)
        write_bytes([write_failures(found, problems=problems)], to=to)
    else:
        found = report.failures(planned.table, plan=planned.plan)
        write_text(write(found).decode(), to=to)
    say(f"Wrote {report.counted(found.height, one='row')} with errors to {to}.")


def _planned(scope: Scope, *, request: ImportRequest, failures: Path | None) -> Planned:
    from enlist.core.report import report
    from enlist.services.imports.plan import import_plan

    with progress() as tell:
        planned = import_plan(scope, request=request, progress=tell)
    if unknown := planned.unknown_twins:
        raise PolicyError("twins_not_in_file", usernames=", ".join(unknown))
    source = planned.table.source
    how = f"sheet {source.sheet}" if source.sheet else source.encoding
    say(f"Read {source.name}: {report.counted(planned.table.height, one='row')}, {how}.")
    for column in planned.headers.columns:
        if column.slug and column.confidence < 1:
            say(f"Column “{column.header}” is imported as {column.slug}. {column.why}")
    if lessons := planned.headers.lessons:
        headers = ", ".join(f"“{header}”" for header in lessons)
        say(f"The import will remember this for {headers}: see `enlist headers`.")
    for notice in _notices(planned):
        say(f"Note: {notice}")
    if failures:
        _write_failures(planned, to=failures)
    return planned


def _notices(planned: Planned) -> list[str]:
    from enlist.services.accounts.inviting import invitations_note

    policy = planned.request.policy
    about_mail = invitations_note(policy, new=planned.plan.head.new.get("person", 0))
    return [*policy.notices(), *([about_mail] if about_mail else [])]
