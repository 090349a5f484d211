"""Values: every value that a part of a plan changes, one line each, for exports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE, VERBS, Does, Verb, relation_of, targets
from enlist.core.plan.labels import Labels, with_new
from enlist.core.plan.plan import Part

from .changes import SILENT, USUAL

SCHEMA: Final = {
    "line": pl.Int64(),
    "username": pl.String(),
    "change": pl.String(),
    "field": pl.String(),
    "old": pl.String(),
    "new": pl.String(),
}
_WHOLE: Final = {"create": ("created", "new"), "restore": ("restored", "new"), "remove": ("removed", "old")}
_STATE_CHANGES: Final = {
    "deactivate": ("deactivated", "active", "inactive"),
    "reactivate": ("reactivated", "inactive", "active"),
}
_PERSON: Final = "person"


def values(part: Part, *, usernames: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """A frame of SCHEMA, by line and person: every value, before ("" for none) and after.

    line: where the file names the person first. field: the slug, or the kind of record: `enrolment` (“course / role /
    status”), `course_group` (“course / group”), `group`. usernames: person, username of the existing people.
    """
    found = pl.concat([_nothing(), *_cells(part, labels=labels)]).with_columns(pl.col("old", "new").fill_null(""))
    lines = part.statuses.group_by(_PERSON).agg(pl.col("line").min())
    named = pl.concat([usernames.select(_PERSON, "username"), *_new_people(part)]).unique(_PERSON)
    whole = found.join(lines, on=_PERSON, how="left").join(named, on=_PERSON, how="left")
    return whole.sort("line", _PERSON, nulls_last=True, maintain_order=True).select(list(SCHEMA))


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={_PERSON: pl.Int64(), **{n: SCHEMA[n] for n in ("change", "field", "old", "new")}})


def _new_people(part: Part) -> list[pl.DataFrame]:
    return [part.frames["create"].select(_PERSON, "username")] if "create" in part.frames else []


def _cells(part: Part, *, labels: Labels) -> Iterator[pl.DataFrame]:
    labels = with_new(labels, part=part)
    for verb, frame in part.frames.items():
        if verb == "update":
            yield from _updated(frame)
        elif verb in _WHOLE:
            yield from _whole(frame, verb=verb)
        elif verb in _STATE_CHANGES:
            change, old, new = _STATE_CHANGES[verb]
            sides = {"old": pl.lit(old), "new": pl.lit(new)}
            yield frame.select(_PERSON, change=pl.lit(change), field=pl.lit("state"), **sides)
        else:
            yield _of_record(frame, verb=VERBS[verb], labels=labels)


def _updated(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for column in frame.columns:
        slug = column.removeprefix(BEFORE)
        if column.startswith(BEFORE) and slug not in SILENT:
            old, new = pl.col(column), pl.col(AFTER + slug)
            yield frame.filter(old.ne_missing(new)).select(
                _PERSON, change=pl.lit("updated"), field=pl.lit(slug), old=old, new=new
            )


def _whole(frame: pl.DataFrame, *, verb: str) -> Iterator[pl.DataFrame]:
    change, side = _WHOLE[verb]
    for slug in frame.columns:
        if slug not in SILENT:
            given = frame.filter((pl.col(slug) != "") & (pl.col(slug) != USUAL.get(slug, "")))
            yield _value_rows(given, change=change, field=slug, side=side, value=given.get_column(slug))


def _of_record(frame: pl.DataFrame, *, verb: Verb, labels: Labels) -> pl.DataFrame:
    """Records created, ended or changed, by name; changed ones with values before and after."""
    relation = relation_of(verb.name)
    which = [_named(column, labels=labels) for column in relation.shown if column not in verb.changes]
    if not relation.people:
        frame = frame.with_columns(pl.lit(None, pl.Int64).alias(_PERSON))
    field = relation.noun.replace(" ", "_")
    if not verb.changes:
        side = "old" if verb.does is Does.END else "new"
        return _value_rows(frame, change=verb.name, field=field, side=side, value=pl.concat_str(which, separator=" / "))
    sides = {
        side: pl.concat_str([*which, *(pl.col(mark + name).fill_null("") for name in verb.changes)], separator=" / ")
        for side, mark in (("old", BEFORE), ("new", AFTER))
    }
    return frame.select(_PERSON, change=pl.lit(verb.name), field=pl.lit(field), **sides)


def _named(column: str, *, labels: Labels) -> pl.Expr:
    """A column of ids as names, other columns as text."""
    text = pl.col(column).cast(pl.String)
    names = labels.names.get(targets().get(column, ""), {})
    return pl.col(column).replace_strict(dict(names), default=text, return_dtype=pl.String) if names else text


def _value_rows(frame: pl.DataFrame, *, change: str, field: str, side: str, value: pl.Expr | pl.Series) -> pl.DataFrame:
    shown = value if isinstance(value, pl.Expr) else pl.Series(value, dtype=pl.String)
    sides = {name: shown if name == side else pl.lit("") for name in ("old", "new")}
    return frame.select(pl.col(_PERSON).cast(pl.Int64), change=pl.lit(change), field=pl.lit(field), **sides)
