"""What a plan changes about the conditions of groups, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from enlist.core.changes import AFTER, BEFORE
from enlist.core.directory.conditions import from_text
from enlist.core.plan.labels import Labels, with_new
from enlist.core.plan.plan import Plan
from enlist.core.planner.conditions import changes_rules

_YES_NO: Final = {True: "yes", False: "no"}
_JOINED: Final = {"all": " and ", "any": " or "}


def rule_lines(plan: Plan, *, labels: Labels) -> list[str]:
    """A sentence for each condition that changes, and each that is given to a group or taken from one."""
    if not changes_rules(plan.head.verbs):
        return []
    return [line for part in plan.parts[:1] for line in _lines(part.frames, labels=with_new(labels, part=part))]


def _lines(frames: Mapping[str, Any], *, labels: Labels) -> Iterator[str]:
    for verb, frame in frames.items():
        for row in frame.iter_rows(named=True) if changes_rules([verb]) else ():
            match verb:
                case "create_condition":
                    yield f"New condition {row['name']}: {_requirements(row, labels=labels)}"
                    yield f"Automatic removal of {row['name']}: {_YES_NO[row['removal']]}"
                case "drop_condition":
                    yield f"Condition {row['name']} is removed"
                case "change_condition":
                    yield from _changes(row, labels=labels)
                case _:
                    group, condition = labels.name("group", number=row["people_group"]), _condition(row, labels=labels)
                    yield f"{group} {'uses' if verb == 'use_condition' else 'no longer uses'} the condition {condition}"


def _condition(row: Mapping[str, Any], *, labels: Labels) -> str:
    return labels.name("condition", number=row["condition"])


def _changes(row: Mapping[str, Any], *, labels: Labels) -> Iterator[str]:
    olds, news = (
        {name.removeprefix(mark): value for name, value in row.items() if name.startswith(mark)}
        for mark in (BEFORE, AFTER)
    )
    pairs = {
        "": (olds["name"], news["name"]),
        "requirements": (_requirements(olds, labels=labels), _requirements(news, labels=labels)),
        "automatic removal": (_YES_NO[olds["removal"]], _YES_NO[news["removal"]]),
    }
    for what, (old, new) in pairs.items():
        if old != new:
            yield f"Condition {news['name']}{f', {what}' if what else ''}: {old} → {new}"


def _requirements(row: Mapping[str, Any], *, labels: Labels) -> str:
    named = (replace(clause, field=labels.field_label(clause.field)) for clause in from_text(row["clauses"]))
    return _JOINED[row["match"]].join(map(str, named))
