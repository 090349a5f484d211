"""Plans, outcomes and imports, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enlist.cli.hints import FLAG_HINTS
from enlist.cli.terminal import print_json, print_text
from enlist.core.table.printable import printable

if TYPE_CHECKING:
    from enlist.core.plan.plan import Plan
    from enlist.services.access import Scope
    from enlist.services.imports.commit import Done
    from enlist.services.imports.summary import ImportSummary


def print_plan(scope: Scope, *, plan: Plan, people: int, awaiting: Plan | None = None) -> None:
    """Print what a plan would change, and which changes need approval."""
    print_text(plan_text(scope, plan=plan, people=people))
    if awaiting:
        print_text("\nNEEDS APPROVAL\n" + plan_text(scope, plan=awaiting, people=people))


def plan_text(scope: Scope, *, plan: Plan, people: int) -> str:
    """What a plan would change, as text."""
    from enlist.core.report import report
    from enlist.services.setup import labels

    shown = labels.plan_labels(scope, plan=plan, people=people)
    return report.text(plan, labels=shown, limit=people, hints=FLAG_HINTS)


def plan_json(scope: Scope, *, plan: Plan, people: int) -> dict[str, Any]:
    """What a plan would change, as JSON values (`core.report.as_json`)."""
    from enlist.core.report import report
    from enlist.services.setup import labels

    return report.as_json(plan, labels=labels.plan_labels(scope, plan=plan, people=people), limit=people)


def plans_json(scope: Scope, *, plan: Plan, awaiting: Plan | None, people: int) -> dict[str, Any]:
    """A plan as JSON values; `waiting` is the plan of the changes that need approval, or null."""
    waiting = plan_json(scope, plan=awaiting, people=people) if awaiting else None
    return {**plan_json(scope, plan=plan, people=people), "waiting": waiting}


def print_outcome(done: Done, *, as_json: bool = False) -> None:
    """Print what was done."""
    if as_json:
        print_json(outcome_json(done))
    else:
        print_text(_outcome(done))


def outcome_json(done: Done | None) -> dict[str, Any] | None:
    """What was done, as JSON values; null if nothing was."""
    return asdict(done) if done else None


def import_line(summary: ImportSummary) -> dict[str, object]:
    """An import as a line of the list."""
    return {
        "number": summary.number,
        "what": _what(summary),
        "state": summary.state.replace("_", " "),
        "file": summary.file,
        "created": summary.created_at,
        "changes": changes_in_words(summary.changes) if summary.rows or summary.changes else "",
    }


def _what(summary: ImportSummary) -> str:
    if summary.undoes:
        return f"undo of {summary.undoes}"
    return f"rest of {summary.split_from}" if summary.split_from else summary.kind


def import_lines(values: Mapping[str, object]) -> Iterator[str]:
    """An import, one value per line; its plan shows rows and changes."""
    for name, value in values.items():
        if value not in (None, "", {}) and name not in ("rows", "changes"):
            text = ", ".join(f"{k} = {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
            yield f"{name}: {printable(text)}"


def shown(value: str) -> str:
    """A printable value; “(blank)” for an empty one."""
    return printable(value) if value else "(blank)"


def changes_in_words(counts: Mapping[str, int]) -> str:
    """Counts of changes: `people created: 2, enrolments: 4`."""
    from enlist.core.changes import VERBS

    changes = [f"{verb.sentence}: {counts[name]:,}" for name, verb in VERBS.items() if counts.get(name)]
    return ", ".join(changes) or "nothing to do"


def _outcome(done: Done) -> str:
    lines = [] if done.number == done.waiting else [f"Import {done.number} is applied: {changes_in_words(done.verbs)}."]
    if done.waiting:
        from enlist.core.plan.limits import people_text

        people = people_text(done.waiting_people)
        lines += [
            f"Import {done.waiting} needs an administrator's approval: {people}.",
            f"Review it with `enlist show {done.waiting}`, then run `enlist approve {done.waiting} "
            f"--confirm {done.waiting_people}` or `enlist approve {done.waiting} --reject`.",
        ]
    return "\n".join(lines)
