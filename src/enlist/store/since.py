"""What an undo must know beyond the people: who has signed in, and who is in the course groups it would drop."""

from __future__ import annotations

import polars as pl

from enlist.core.directory import MEMBERS_SCHEMA

from . import models
from .engine import engine


def signed_in(organization: models.Organization, *, people: pl.Series) -> pl.Series:
    """Those of these people (Int64 ids) who have signed in at least once (two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_asked", frame=pl.DataFrame({"person": people.unique().sort()}))
        found = at.read(
            "SELECT a.person_id AS person FROM enlist_asked k CROSS JOIN store_account a"
            " WHERE a.person_id = k.person AND a.organization_id = %s AND a.last_login IS NOT NULL",
            columns={"person": pl.Int64()},
            params=[organization.pk],
        )
    return found.get_column("person")


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
