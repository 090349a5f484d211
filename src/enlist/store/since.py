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


def members(organization: models.Organization, *, first_group: int, count: int) -> pl.DataFrame:
    """All members (of MEMBERS_SCHEMA) of `count` course groups with ids from `first_group` on (one query)."""
    at = engine()
    with at.reading():
        return at.read(
            "SELECT person_id AS person, course_group_id AS course_group FROM store_coursegroupmember"
            " WHERE organization_id = %s AND course_group_id >= %s AND course_group_id < %s",
            columns=MEMBERS_SCHEMA,
            params=[organization.pk, first_group, first_group + count],
        )
