"""What an undo needs besides the people: who has not changed since the import, who has signed in, and which records
refer to those it would delete.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from enlist.core.changes import SEEN_SCHEMA, Relation
from enlist.store import models
from enlist.store.engine import engine

from .snapshot import PRESENT
from .stored import STORED


@dataclass(frozen=True)
class PeopleSince:
    """People (Int64 ids) since an apply: `unchanged` since then, and `signed_in` at least once."""

    unchanged: pl.Series
    signed_in: pl.Series


def people_since(organization: models.Organization, *, versions: pl.DataFrame) -> PeopleSince:
    """The people since an apply that gave them these versions (Int64 person, version; three queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_keys", frame=versions.sort("person"))
        same = at.read(
            "SELECT p.id AS person FROM enlist_keys k CROSS JOIN store_person p"
            f" WHERE p.id = k.person AND p.organization_id = %s AND p.version = k.version AND {PRESENT}",
            columns={"person": pl.Int64()},
            params=[organization.pk],
        )
        signed_in = at.read(
            "SELECT a.person_id AS person FROM enlist_keys k CROSS JOIN store_account a"
            " WHERE a.person_id = k.person AND a.organization_id = %s AND a.last_login IS NOT NULL",
            columns={"person": pl.Int64()},
            params=[organization.pk],
        )
    return PeopleSince(unchanged=same.get_column("person"), signed_in=signed_in.get_column("person"))


def everybody(organization: models.Organization) -> pl.Series:
    """The ids (Int64, sorted) of everybody who isn't removed (one query)."""
    at = engine()
    with at.reading():
        sql = f"SELECT p.id AS person FROM store_person p WHERE p.organization_id = %s AND {PRESENT} ORDER BY p.id"
        return at.read(sql, columns={"person": pl.Int64()}, params=[organization.pk]).get_column("person")


def removed(organization: models.Organization, *, people: pl.Series) -> pl.DataFrame:
    """Those of these people (Int64 ids) who are removed: person, version (two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_keys", frame=pl.DataFrame({"person": people.unique().sort()}))
        return at.read(
            "SELECT p.id AS person, p.version FROM enlist_keys k CROSS JOIN store_person p"
            f" WHERE p.id = k.person AND p.organization_id = %s AND NOT ({PRESENT})",
            columns=SEEN_SCHEMA,
            params=[organization.pk],
        )


def referring(organization: models.Organization, *, relation: Relation, column: str, ids: pl.Series) -> pl.DataFrame:
    """All records of a relation whose column refers to one of these ids (Int64; two queries)."""
    at, where = engine(), STORED[relation.name]
    refers = f"t.{where.column(column, relation=relation)} = k.id"
    source = f"enlist_keys k CROSS JOIN {where.table} t WHERE {refers} AND t.organization_id = %s"
    if where.live:
        source += f" AND {where.live}"
    with at.reading():
        at.temporary("enlist_keys", frame=pl.DataFrame({"id": ids.unique().sort()}))
        return at.read(where.select(relation, at=at, source=source), columns=relation.schema, params=[organization.pk])
