"""What an undo must know beyond the people: who is as the import left them, who has signed in, and who is in the course
groups it would drop.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from enlist.core.changes import MEMBERS_SCHEMA, MEMBERSHIPS_SCHEMA

from . import models
from .engine import engine
from .snapshot import PRESENT


@dataclass(frozen=True)
class Standing:
    """How people (Int64 ids) stand since an apply: `unchanged`, those whom nothing has changed; `signed_in`, those who
    have at least once.
    """

    unchanged: pl.Series
    signed_in: pl.Series


def standing(organization: models.Organization, *, versions: pl.DataFrame) -> Standing:
    """How people stand since an apply that gave them these versions (Int64 person, version; three queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_asked", frame=versions.sort("person"))
        same = at.read(
            "SELECT p.id AS person FROM enlist_asked k CROSS JOIN store_person p"
            f" WHERE p.id = k.person AND p.organization_id = %s AND p.version = k.version AND {PRESENT}",
            columns={"person": pl.Int64()},
            params=[organization.pk],
        )
        in_once = at.read(
            "SELECT a.person_id AS person FROM enlist_asked k CROSS JOIN store_account a"
            " WHERE a.person_id = k.person AND a.organization_id = %s AND a.last_login IS NOT NULL",
            columns={"person": pl.Int64()},
            params=[organization.pk],
        )
    return Standing(unchanged=same.get_column("person"), signed_in=in_once.get_column("person"))


def memberships(organization: models.Organization, *, groups: pl.Series) -> pl.DataFrame:
    """All memberships (of MEMBERSHIPS_SCHEMA) of these groups (Int64 ids; two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_asked", frame=pl.DataFrame({"people_group": groups.unique().sort()}))
        return at.read(
            "SELECT m.person_id AS person, m.group_id AS people_group, m.source"
            " FROM enlist_asked k CROSS JOIN store_groupmembership m"
            " WHERE m.group_id = k.people_group AND m.organization_id = %s",
            columns=MEMBERSHIPS_SCHEMA,
            params=[organization.pk],
        )


def members(organization: models.Organization, *, course_groups: pl.Series) -> pl.DataFrame:
    """All members (of MEMBERS_SCHEMA) of these course groups (Int64 ids; two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_asked", frame=pl.DataFrame({"course_group": course_groups.unique().sort()}))
        return at.read(
            "SELECT m.person_id AS person, m.course_group_id AS course_group"
            " FROM enlist_asked k CROSS JOIN store_coursegroupmember m"
            " WHERE m.course_group_id = k.course_group AND m.organization_id = %s",
            columns=MEMBERS_SCHEMA,
            params=[organization.pk],
        )
