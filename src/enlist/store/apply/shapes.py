"""The shape of a plan's frames: a saved plan is a file, which could contain anything."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from enlist.core.changes import AFTER, BEFORE, SEEN_SCHEMA, VERBS, relation_of
from enlist.core.directory.directory import Reference, people_schema
from enlist.core.errors import PlanError
from enlist.core.fields.fields import HIDDEN_SLUGS
from enlist.core.plan.plan import Part


def check_shapes(part: Part, *, reference: Reference) -> None:
    """Raise PlanError if a frame lacks a column, has one of another type, or changes an unknown field."""
    people, hidden = people_schema(reference), dict.fromkeys(HIDDEN_SLUGS, pl.String())
    _check(part.seen, name="seen", schema=SEEN_SCHEMA)
    for verb, frame in part.frames.items():
        if verb == "update":
            schema = {**SEEN_SCHEMA, **_images(frame, people={**people, **hidden})}
        elif verb == "create":
            here = {name: kind for name, kind in hidden.items() if name in frame.columns}
            schema = {name: kind for name, kind in {**people, **here}.items() if name != "version"}
        elif verb in ("remove", "restore"):
            schema = people
        else:
            schema = relation_of(verb).schema_of(VERBS[verb])
        _check(frame, name=verb, schema=schema)


def _images(frame: pl.DataFrame, *, people: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """The columns an update must have for the fields it names; verbs of their own change the state."""
    fields = {name.removeprefix(mark) for mark in (BEFORE, AFTER) for name in frame.columns if name.startswith(mark)}
    if unknown := sorted(fields - set(people) | fields & {*SEEN_SCHEMA, "state"}):
        raise PlanError("plan_columns_unknown", columns=", ".join(unknown))
    return {mark + name: people[name] for name in fields for mark in (BEFORE, AFTER)}


def _check(frame: pl.DataFrame, *, name: str, schema: Mapping[str, pl.DataType]) -> None:
    wrong = [column for column, kind in schema.items() if frame.schema.get(column) != kind]
    if wrong:
        raise PlanError("plan_frame_misshaped", name=name, columns=", ".join(wrong))
