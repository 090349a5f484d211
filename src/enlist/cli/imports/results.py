"""Showing: a plan and its outcome, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from enlist.cli.hints import FLAG_HINTS
from enlist.cli.terminal import give, give_json, say
from enlist.core.table.printable import printable

if TYPE_CHECKING:
    from enlist.core.plan.plan import Plan
    from enlist.services.access import Scope
    from enlist.services.imports.commit import Done
    from enlist.services.imports.plan import ImportSummary
    from enlist.services.jobs.queue import JobSummary


@dataclass(frozen=True)
class Manner:
    """How a plan is shown before it is applied: how many people, whether somebody is asked, as JSON or as text."""

    people: int
    yes: bool
    as_json: bool


@dataclass(frozen=True)
class PendingAction:
    """What is done once somebody has agreed, and the question for that; held: the plan of what waits of it."""

    do: Callable[[], Done]
    question: str = "Apply this?"
    awaiting: Plan | None = None


def give_plan(scope: Scope, *, plan: Plan, people: int, as_json: bool = False) -> None:
    """Data: what a plan would change."""
    if as_json:
        give_json(plan_json(scope, plan=plan, people=people))
    else:
        give(_text(scope, plan=plan, people=people))


def say_plan(scope: Scope, *, plan: Plan, people: int) -> None:
    """Talk: what a plan would change, for somebody who is about to be asked."""
    say(*_text(scope, plan=plan, people=people).splitlines())


def plan_json(scope: Scope, *, plan: Plan, people: int) -> dict[str, Any]:
    """What a plan would change as JSON values (`core.report.as_json`)."""
    from enlist.core.report import report
    from enlist.services.setup import labels

    return report.as_json(plan, labels=labels.plan_labels(scope, plan=plan, people=people), limit=people)


def plans_json(scope: Scope, *, plan: Plan, awaiting: Plan | None, people: int) -> dict[str, Any]:
    """A plan as JSON values, the plan of what waits of it (null: nothing does) as its `waiting`."""
    waiting = plan_json(scope, plan=awaiting, people=people) if awaiting else None
    return {**plan_json(scope, plan=plan, people=people), "waiting": waiting}


def give_plans(scope: Scope, *, plan: Plan, awaiting: Plan | None, people: int) -> None:
    """Data: what a plan would change, then what of it waits for an approval."""
    give_plan(scope, plan=plan, people=people)
    if awaiting:
        give("\nWHAT WAITS FOR AN APPROVAL\n" + _text(scope, plan=awaiting, people=people))


def give_outcome(done: Done, *, as_json: bool = False) -> None:
    """Data: what was done."""
    if as_json:
        give_json(outcome_json(done))
    else:
        give(_outcome(done))


def give_handed_over(job: JobSummary, *, as_json: bool = False) -> None:
    """Data: the job that a worker will do."""
    if as_json:
        give_json(job)
    else:
        give(f"Job {job.job} waits for a worker: `enlist worker` is one, `enlist jobs` tells what became of it.")


def outcome_json(done: Done | None) -> dict[str, Any] | None:
    """What was done as JSON values: number, verbs {verb: n}, nothing_to_do; null where nothing was."""
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
            told = ", ".join(f"{k} = {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
            yield f"{name}: {printable(told)}"


def shown(value: str) -> str:
    """A value in a line: printable, and seen where it is blank."""
    return printable(value) if value else "(blank)"


def changes_in_words(counts: Mapping[str, int]) -> str:
    """How many of what: `people created: 2, enrolments: 4`."""
    from enlist.core.changes import VERBS

    told = [f"{verb.sentence}: {counts[name]:,}" for name, verb in VERBS.items() if counts.get(name)]
    return ", ".join(told) or "nothing to do"


def _outcome(done: Done) -> str:
    lines = [] if done.number == done.waiting else [f"Import {done.number} is applied: {changes_in_words(done.verbs)}."]
    if done.waiting:
        from enlist.core.plan.limits import people_text

        people = people_text(done.waiting_people)
        lines += [
            f"Import {done.waiting} waits for an administrator's approval: {people}.",
            f"`enlist show {done.waiting}` shows who; `enlist approve {done.waiting} --confirm {done.waiting_people}`"
            f" approves it, `enlist approve {done.waiting} --drop` drops it.",
        ]
    return "\n".join(lines)


def _text(scope: Scope, *, plan: Plan, people: int) -> str:
    from enlist.core.report import report
    from enlist.services.setup import labels

    shown = labels.plan_labels(scope, plan=plan, people=people)
    return report.text(plan, labels=shown, limit=people, hints=FLAG_HINTS)
