"""Course groups, and who is enrolled and who is in which group."""

from __future__ import annotations

import polars as pl

from enlist.core.changes import AFTER, BEFORE
from enlist.core.errors import PlanError

from .work import Work


def create_course_group(work: Work, *, frame: pl.DataFrame) -> None:
    """Load new course groups, and those that an undo brings back under the ids they had."""
    highest = frame.get_column("course_group").max()
    if isinstance(highest, int) and highest > 0 and highest >= work.at.draw_ids("store_coursegroup", count=1):
        raise PlanError("This plan brings back a course group that never was.", hint="Make the plan anew.")
    rows = frame.select(
        work.real_course_groups().alias("id"), work.of_organization(), pl.col("course").alias("course_id"), "name"
    )
    work.at.load("store_coursegroup", frame=rows)


def drop_course_group(work: Work, *, frame: pl.DataFrame) -> None:
    """Delete course groups that nobody is in; one that somebody is in breaks a foreign key, and the plan is stale."""
    work.at.temporary("enlist_groups", frame=frame.select("course_group"))
    work.write_all("DELETE FROM store_coursegroup WHERE id IN (SELECT course_group FROM enlist_groups)", of=frame)


def enrol(work: Work, *, frame: pl.DataFrame) -> None:
    """Load new enrolments."""
    rows = frame.select(
        work.of_organization(),
        work.real_people().alias("person_id"),
        pl.col("course").alias("course_id"),
        pl.col("role").alias("role_id"),
        "status",
        "start",
        "end",
    )
    work.at.load("store_enrolment", frame=rows.sort("person_id", "course_id"))


def unenrol(work: Work, *, frame: pl.DataFrame) -> None:
    """End live enrolments that are as the plan knows them."""
    work.at.temporary("enlist_enrolments", frame=frame.select("person", "course", "role", "status"))
    work.write_all(
        "UPDATE store_enrolment AS e SET status = 'ended' FROM enlist_enrolments t"
        " WHERE e.person_id = t.person AND e.course_id = t.course AND e.role_id = t.role AND e.status = t.status"
        " AND NOT (e.status = 'ended')",
        of=frame,
    )


def change_enrolment(work: Work, *, frame: pl.DataFrame) -> None:
    """Set status and dates of live enrolments that have the status the plan knows."""
    names = {AFTER + name: name for name in ("status", "start", "end")} | {BEFORE + "status": "was"}
    work.at.temporary("enlist_changed", frame=frame.rename(names).select("person", "course", "role", *names.values()))
    work.write_all(
        f"UPDATE store_enrolment AS e SET status = t.status, start = {work.at.moment('t.start')},"
        f' "end" = {work.at.moment("t.end")} FROM enlist_changed t'
        " WHERE e.person_id = t.person AND e.course_id = t.course AND e.role_id = t.role AND e.status = t.was"
        " AND NOT (e.status = 'ended')",
        of=frame,
    )


def join(work: Work, *, frame: pl.DataFrame) -> None:
    """Load new course group memberships."""
    rows = frame.select(
        work.of_organization(),
        work.real_people().alias("person_id"),
        work.real_course_groups().alias("course_group_id"),
    )
    work.at.load("store_coursegroupmember", frame=rows.sort("person_id", "course_group_id"))


def leave(work: Work, *, frame: pl.DataFrame) -> None:
    """Delete course group memberships."""
    work.at.temporary("enlist_members", frame=frame.select("person", "course_group"))
    work.write_all(
        "DELETE FROM store_coursegroupmember"
        " WHERE (person_id, course_group_id) IN (SELECT person, course_group FROM enlist_members)",
        of=frame,
    )
