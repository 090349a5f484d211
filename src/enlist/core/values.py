"""Values: every value that a part of a plan changes, a line each, for files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from .change_list import SILENT, USUAL, Labels
from .changes import AFTER, BEFORE
from .plan import Part

SCHEMA: Final = {
    "line": pl.Int64(),
    "username": pl.String(),
    "change": pl.String(),
    "field": pl.String(),
    "old": pl.String(),
    "new": pl.String(),
}
_WHOLE: Final = {"create": ("created", "new"), "restore": ("restored", "new"), "remove": ("removed", "old")}
_TIES: Final = {
    "enrol": "new", "join": "new", "join_group": "new", "unenrol": "old", "leave": "old", "leave_group": "old",
}  # fmt: skip
_PERSON: Final = "person"


def values(part: Part, *, usernames: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """A frame of SCHEMA, by line and person: every value, what it was ("": nothing) and what it becomes.

    line: where the file names the person first. field: our slug, `enrolment` (“course / role / status”),
    `course_group` (“course / group”), `group`. usernames: person, username of the known people.
    """
    found = pl.concat([_nothing(), *_cells(part, labels=labels)]).with_columns(pl.col("old", "new").fill_null(""))
    lines = part.fates.group_by(_PERSON).agg(pl.col("line").min())
    named = pl.concat([usernames.select(_PERSON, "username"), *_made(part)]).unique(_PERSON)
    whole = found.join(lines, on=_PERSON, how="left").join(named, on=_PERSON, how="left")
    return whole.sort("line", _PERSON, nulls_last=True, maintain_order=True).select(list(SCHEMA))


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={_PERSON: pl.Int64(), **{n: SCHEMA[n] for n in ("change", "field", "old", "new")}})


def _made(part: Part) -> list[pl.DataFrame]:
    return [part.frames["create"].select(_PERSON, "username")] if "create" in part.frames else []


def _cells(part: Part, *, labels: Labels) -> Iterator[pl.DataFrame]:
    groups, cohorts = dict(labels.course_groups), dict(labels.groups)
    for verb, frame in part.frames.items():
        if verb in ("create_course_group", "drop_course_group"):
            names = [f"{labels.courses.get(c, c)} / {name}" for c, name in frame.select("course", "name").iter_rows()]
            groups |= dict(zip(frame.get_column("course_group"), names, strict=True))
            yield _said(
                frame.with_columns(person=None), change=verb, field="course_group", side=_side(verb), value=names
            )
        elif verb in ("create_group", "drop_group"):
            names = frame.get_column("name").to_list()
            cohorts |= dict(zip(frame.get_column("people_group"), names, strict=True))
            yield _said(frame.with_columns(person=None), change=verb, field="group", side=_side(verb), value=names)
        elif verb == "add_option":
            options = frame.get_column("option").to_list()
            yield _said(frame.with_columns(person=None), change=verb, field="option", side="new", value=options)
        elif verb in ("join_group", "leave_group"):
            shown = _named("people_group", names=cohorts)
            yield _said(frame, change=verb, field="group", side=_TIES[verb], value=shown)
        elif verb == "update":
            yield from _updated(frame)
        elif verb in _WHOLE:
            yield from _whole(frame, verb=verb)
        else:
            yield _tied(frame, verb=verb, labels=labels, groups=groups)


def _side(verb: str) -> str:
    return "new" if verb.startswith("create") else "old"


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
            said = frame.filter((pl.col(slug) != "") & (pl.col(slug) != USUAL.get(slug, "")))
            yield _said(said, change=change, field=slug, side=side, value=said.get_column(slug))


def _tied(frame: pl.DataFrame, *, verb: str, labels: Labels, groups: Mapping[int, str]) -> pl.DataFrame:
    if verb in ("join", "leave"):
        return _said(
            frame, change=verb, field="course_group", side=_TIES[verb], value=_named("course_group", names=groups)
        )
    if verb == "change_enrolment":
        return _both(frame, labels=labels)
    parts = [_named("course", names=labels.courses), _named("role", names=labels.roles), pl.col("status")]
    said = pl.concat_str(parts, separator=" / ")
    return _said(frame, change=verb, field="enrolment", side=_TIES[verb], value=said)


def _both(frame: pl.DataFrame, *, labels: Labels) -> pl.DataFrame:
    """Enrolments whose status or dates change, with both."""
    place = [_named("course", names=labels.courses), _named("role", names=labels.roles)]
    sides = {
        side: pl.concat_str([*place, *(pl.col(mark + name).fill_null("") for name in ("status", "start", "end"))],
                            separator=" / ")
        for side, mark in (("old", BEFORE), ("new", AFTER))
    }  # fmt: skip
    return frame.select(_PERSON, change=pl.lit("change_enrolment"), field=pl.lit("enrolment"), **sides)


def _named(column: str, *, names: Mapping[int, str]) -> pl.Expr:
    numbers = pl.col(column)
    return numbers.replace_strict(dict(names), default=numbers.cast(pl.String), return_dtype=pl.String)


def _said(
    frame: pl.DataFrame, *, change: str, field: str, side: str, value: pl.Expr | pl.Series | list[str]
) -> pl.DataFrame:
    shown = value if isinstance(value, pl.Expr) else pl.Series(value, dtype=pl.String)
    sides = {name: shown if name == side else pl.lit("") for name in ("old", "new")}
    return frame.select(pl.col(_PERSON).cast(pl.Int64), change=pl.lit(change), field=pl.lit(field), **sides)
