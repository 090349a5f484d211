"""Groups across courses, and who is in them."""

from __future__ import annotations

import polars as pl

from enlist.core.errors import PlanError

from .work import Work


def create_group(work: Work, *, frame: pl.DataFrame) -> None:
    """Load new groups, and those that an undo brings back under the ids they had."""
    highest = frame.get_column("people_group").max()
    if isinstance(highest, int) and highest > 0 and highest >= work.at.draw_ids("store_group", count=1):
        raise PlanError("This plan brings back a group that never was.", hint="Make the plan anew.")
    rows = frame.select(
        work.real_groups().alias("id"),
        work.of_organization(),
        "name",
        "idnumber",
        kind=pl.lit("import"),
        conditions=pl.lit("[]"),
        automatic_removal=pl.lit(value=False),
    )
    work.at.load("store_group", frame=rows)


def drop_group(work: Work, *, frame: pl.DataFrame) -> None:
    """Delete groups that nobody is in; one that somebody is in breaks a foreign key, and the plan is stale."""
    work.at.temporary("enlist_people_groups", frame=frame.select("people_group"))
    work.write_all("DELETE FROM store_group WHERE id IN (SELECT people_group FROM enlist_people_groups)", of=frame)


def join_group(work: Work, *, frame: pl.DataFrame) -> None:
    """Load new memberships."""
    rows = frame.select(
        work.of_organization(),
        work.real_people().alias("person_id"),
        work.real_groups().alias("group_id"),
        "source",
    )
    work.at.load("store_groupmembership", frame=rows.sort("person_id", "group_id"))


def leave_group(work: Work, *, frame: pl.DataFrame) -> None:
    """Delete memberships."""
    work.at.temporary("enlist_memberships", frame=frame.select("person", "people_group"))
    work.write_all(
        "DELETE FROM store_groupmembership"
        " WHERE (person_id, group_id) IN (SELECT person, people_group FROM enlist_memberships)",
        of=frame,
    )
