"""Minimal plans for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import polars as pl

from enlist.core.changes import ENROLMENTS_SCHEMA, SEEN_SCHEMA, making_ids
from enlist.core.directory.directory import people_schema
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.store.directory.snapshot import reference
from enlist.store.models import Organization

ENROL = ENROLMENTS_SCHEMA
JOIN = {"person": pl.Int64(), "course_group": pl.Int64()}
GROUP = {"course_group": pl.Int64(), "course": pl.Int64(), "name": pl.String()}


def people(of: Organization, *rows: dict[str, Any], versions: bool = False) -> pl.DataFrame:
    """A frame of `create` (or, with versions, of `remove` and `restore`)."""
    schema = people_schema(reference(of))
    blank: dict[str, Any] = {name: None if name.startswith("profile_field_") else "" for name in schema}
    blank |= {"site_role": "learner", "state": "active", "source": "import", "version": 0}
    filled = []
    for row in rows:
        keys = {"username_key": row["username"].lower(), "email_key": row.get("email", "").lower()}
        filled.append({**blank, **keys, **row})
    frame = pl.DataFrame(filled, schema=schema)
    return frame if versions else frame.drop("version")


def update(*rows: dict[str, Any]) -> pl.DataFrame:
    """A frame of `update`: rows of person, version, and field = (before, after)."""
    fields = sorted({name for row in rows for name in row} - {"person", "version"})
    cells = [
        {"person": row["person"], "version": row["version"]}
        | {f"before:{f}": row[f][0] for f in fields}
        | {f"after:{f}": row[f][1] for f in fields}
        for row in rows
    ]
    text = {f"{image}:{f}": pl.String() for f in fields for image in ("before", "after")}
    return pl.DataFrame(cells, schema={"person": pl.Int64(), "version": pl.Int64(), **text})


def rows(schema: Mapping[str, pl.DataType], *cells: tuple[Any, ...]) -> pl.DataFrame:
    """A frame of these cells; what a line leaves out at its end is null, and its source an import."""
    whole = [(*line, *[None] * (len(schema) - len(line))) for line in cells]
    frame = pl.DataFrame(whole, schema=schema, orient="row")
    return frame.with_columns(pl.col("source").fill_null("import")) if "source" in schema else frame


def seen(*pairs: tuple[int, int]) -> pl.DataFrame:
    return rows(SEEN_SCHEMA, *pairs)


def plan(of: Organization, *parts: Part, **head: Any) -> Plan:
    """A plan of these parts, made now."""
    new: Counter[str] = Counter()
    for relation in making_ids():
        frames = [part.frames[relation.begins.name] for part in parts if relation.begins.name in part.frames]
        new[relation.name] = sum(frame.height for frame in frames)
    usual = {"organization": of.slug, "reference_version": reference(of).version, "new": dict(+new)}
    return assemble(Head(**{**usual, **head}), parts)


def part(*, seen: pl.DataFrame | None = None, **frames: pl.DataFrame) -> Part:
    return Part(frames=frames) if seen is None else Part(frames=frames, seen=seen)
