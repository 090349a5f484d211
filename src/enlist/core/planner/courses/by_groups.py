"""Courses that groups give: a warning where a row asks for another status than membership gives the enrolment."""

from __future__ import annotations

import polars as pl

from enlist.core.changes import AFTER, Frames
from enlist.core.directory.directory import Directory
from enlist.core.flags.flags import collect, mark
from enlist.core.plan.plan import Part
from enlist.core.rows.rows import Rows


def decided_by_groups(rows: Rows, *, part: Part, directory: Directory) -> pl.DataFrame:
    """Flags for courses that rows name, and whose enrolments stay otherwise because a group made them."""
    have = _made(directory, frames=part.frames)
    if have.is_empty() or not rows.courses:
        return collect()
    people = part.statuses.filter(pl.col("row_status") != "failed").select("row", "person")
    return collect(*(_marked(rows, number=number, people=people, have=have) for number in rows.courses))


def _made(directory: Directory, *, frames: Frames) -> pl.DataFrame:
    """person, course (short name), status: the enrolments that groups made, as they are after the plan."""
    columns = ["person", "course", "role", "status"]
    changed = (frames[verb] for verb in ("suspend_enrolment", "resume_enrolment") if verb in frames)
    now = [frame.rename({AFTER + "status": "status"}).select(columns) for frame in changed]
    before = [frame for frame in (directory.enrolments, frames.get("enrol")) if frame is not None]
    held = [frame.filter(pl.col("source") == "group").select(columns) for frame in before]
    found = pl.concat([*now, *held]).unique(columns[:3], keep="first", maintain_order=True)
    shortnames = directory.reference.courses.select("course", "shortname")
    return found.join(shortnames, on="course").select("person", "status", course="shortname")


def _marked(rows: Rows, *, number: str, people: pl.DataFrame, have: pl.DataFrame) -> pl.DataFrame:
    status, field = f"enrolstatus{number}", f"course{number}"
    wanted = pl.col(status).replace("", None) if status in rows.frame.columns else pl.lit(None, pl.String)
    asked = rows.frame.select("row", "line", course=field, _wanted=wanted.fill_null("active"))
    found = asked.join(people, on="row").join(have, on=["person", "course"])
    differing = found.filter(pl.col("status") != pl.col("_wanted")).unique("row")
    return mark(
        differing,
        code="course_of_group",
        field=field,
        column=rows.headers.get(field),
        value=pl.col("course"),
        detail=pl.col("status"),
    )
