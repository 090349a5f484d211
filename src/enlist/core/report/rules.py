"""What a plan changes about the conditions and courses of groups, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from enlist.core.changes import AFTER, BEFORE
from enlist.core.directory.conditions import from_text
from enlist.core.plan.labels import Labels, with_new
from enlist.core.plan.limits import people_text
from enlist.core.plan.plan import Plan
from enlist.core.planner.conditions import changes_rules

_YES_NO: Final = {True: "yes", False: "no"}
# The verbs of people by which they get and lose the courses of groups.
_COURSES: Final = {"give_course": ("enrol", "resume_enrolment"), "take_course": ("suspend_enrolment", "unenrol")}
_JOINED: Final = {"all": " and ", "any": " or "}


def rule_lines(plan: Plan, *, labels: Labels) -> list[str]:
    """A sentence for each condition that changes, and each condition or course that a group gets or loses."""
    if not changes_rules(plan.head.verbs):
        return []
    people = _people(plan)
    lines = (_lines(part.frames, labels=with_new(labels, part=part), people=people) for part in plan.parts[:1])
    return [line for part in lines for line in part]


def _people(plan: Plan) -> Counter[tuple[str, int, int]]:
    """How many people a plan gives a course, and takes one from: by `give_course` or `take_course`, course and role."""
    found: Counter[tuple[str, int, int]] = Counter()
    for part in plan.parts if plan.head.verbs.keys() & _COURSES.keys() else ():
        for rule, verbs in _COURSES.items():
            for frame in (part.frames[verb] for verb in verbs if verb in part.frames):
                counts = frame.group_by("course", "role").len().iter_rows()
                found.update({(rule, course, role): count for course, role, count in counts})
    return found


def _lines(frames: Mapping[str, Any], *, labels: Labels, people: Mapping[tuple[str, int, int], int]) -> Iterator[str]:
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
                case "give_course" | "take_course":
                    count = people[verb, row["course"], row["role"]]
                    yield _course(row, verb=verb, count=people_text(count), labels=labels)
                case _:
                    group, condition = labels.name("group", number=row["people_group"]), _condition(row, labels=labels)
                    yield f"{group} {'uses' if verb == 'use_condition' else 'no longer uses'} the condition {condition}"


def _course(row: Mapping[str, Any], *, verb: str, count: str, labels: Labels) -> str:
    group, course = labels.name("group", number=row["people_group"]), labels.name("course", number=row["course"])
    if verb == "give_course":
        role = labels.name("role", number=row["role"])
        return f"{group} gives the course {course} as {role}: {count} would get it"
    return f"{group} no longer gives the course {course}: {count} would lose it, with their progress kept"


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
