"""Enrolments: ended ones stay in the table."""

from __future__ import annotations

import polars as pl

from enlist.core.changes import AFTER, BEFORE
from enlist.core.plan.plan import Plan

from .context import ApplyContext


def unenrol(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """End live enrolments whose status is the one in the plan."""
    work.at.temporary("enlist_enrolments", frame=frame.select("person", "course", "role", "status"))
    work.write_all(
        "UPDATE store_enrolment AS e SET status = 'ended' FROM enlist_enrolments t"
        " WHERE e.person_id = t.person AND e.course_id = t.course AND e.role_id = t.role AND e.status = t.status"
        " AND NOT (e.status = 'ended')",
        of=frame,
    )


def change_enrolment(work: ApplyContext, *, frame: pl.DataFrame, only: str = "") -> None:
    """Set the status and dates of live enrolments whose status is the one in the plan. only: another SQL condition."""
    names = {AFTER + name: name for name in ("status", "start", "end")} | {BEFORE + "status": "was"}
    work.at.temporary("enlist_changed", frame=frame.rename(names).select("person", "course", "role", *names.values()))
    work.write_all(
        f"UPDATE store_enrolment AS e SET status = t.status, start = {work.at.moment('t.start')},"
        f' "end" = {work.at.moment("t.end")} FROM enlist_changed t'
        " WHERE e.person_id = t.person AND e.course_id = t.course AND e.role_id = t.role AND e.status = t.was"
        f" AND NOT (e.status = 'ended'){only}",
        of=frame,
    )


def carry_progress(work: ApplyContext, *, plan: Plan) -> None:
    """Let the enrolments that a merge moved, or that its undo gives back, go on from the progress of the ended ones.

    No plan holds progress, because people make it all the time; so it never becomes less, here neither.
    """
    goes_to = {"merge": "merged_into", "unmerge": "person"}
    for verb in goes_to.keys() & plan.head.verbs.keys():
        pairs = work.realise(plan.frame(verb)).select(person=goes_to[verb], source="person")
        work.at.temporary("enlist_progress", frame=pairs)
        work.at.execute(
            "UPDATE store_enrolment AS e SET progress = m.progress FROM ("
            "SELECT t.person, o.course_id, o.role_id, max(o.progress) AS progress FROM enlist_progress t"
            " JOIN store_enrolment o ON o.person_id = t.source GROUP BY t.person, o.course_id, o.role_id) AS m"
            " WHERE e.person_id = m.person AND e.course_id = m.course_id AND e.role_id = m.role_id"
            " AND NOT (e.status = 'ended') AND e.progress < m.progress"
        )
