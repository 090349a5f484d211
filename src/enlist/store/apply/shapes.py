"""The shape of a plan's frames: a saved plan is a file, and a file may hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from enlist.core.directory import (
    COURSE_GROUPS_SCHEMA,
    ENROLMENTS_SCHEMA,
    GROUPS_SCHEMA,
    MEMBERS_SCHEMA,
    MEMBERSHIPS_SCHEMA,
    OPTIONS_SCHEMA,
    Reference,
    people_schema,
)
from enlist.core.errors import PlanError
from enlist.core.fields import HIDDEN_SLUGS
from enlist.core.plan import SEEN_SCHEMA, Part
from enlist.core.verbs import AFTER, BEFORE, CHANGES_SCHEMA

SCHEMAS: Final[Mapping[str, Mapping[str, pl.DataType]]] = {
    "leave": MEMBERS_SCHEMA,
    "join": MEMBERS_SCHEMA,
    "unenrol": ENROLMENTS_SCHEMA,
    "enrol": ENROLMENTS_SCHEMA,
    "change_enrolment": CHANGES_SCHEMA,
    "deactivate": SEEN_SCHEMA,
    "reactivate": SEEN_SCHEMA,
    "join_group": MEMBERSHIPS_SCHEMA,
    "leave_group": MEMBERSHIPS_SCHEMA,
    "add_option": OPTIONS_SCHEMA,
    "create_group": GROUPS_SCHEMA,
    "drop_group": GROUPS_SCHEMA,
    "create_course_group": COURSE_GROUPS_SCHEMA,
    "drop_course_group": COURSE_GROUPS_SCHEMA,
}


def check_shapes(part: Part, *, reference: Reference) -> None:
    """Raise PlanError where a frame lacks a column, has one of another kind, or changes a field that nobody has."""
    people, hidden = people_schema(reference), dict.fromkeys(HIDDEN_SLUGS, pl.String())
    _check(part.seen, name="seen", schema=SEEN_SCHEMA)
    for verb, frame in part.frames.items():
        if verb == "update":
            schema = {**SEEN_SCHEMA, **_images(frame, people={**people, **hidden})}
        elif verb == "create":
            here = {name: kind for name, kind in hidden.items() if name in frame.columns}
            schema = {name: kind for name, kind in {**people, **here}.items() if name != "version"}
        else:
            schema = dict(SCHEMAS.get(verb, people))
        _check(frame, name=verb, schema=schema)


def _images(frame: pl.DataFrame, *, people: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """The columns an update must have for the fields it names; a state has verbs of its own."""
    fields = {name.removeprefix(mark) for mark in (BEFORE, AFTER) for name in frame.columns if name.startswith(mark)}
    if unknown := sorted(fields - set(people) | fields & {*SEEN_SCHEMA, "state"}):
        raise PlanError(f"This plan changes what people do not have: {', '.join(unknown)}.")
    return {mark + name: people[name] for name in fields for mark in (BEFORE, AFTER)}


def _check(frame: pl.DataFrame, *, name: str, schema: Mapping[str, pl.DataType]) -> None:
    wrong = [column for column, kind in schema.items() if frame.schema.get(column) != kind]
    if wrong:
        raise PlanError(f"“{name}” of this plan lacks columns or has others in their place: {', '.join(wrong)}.")
