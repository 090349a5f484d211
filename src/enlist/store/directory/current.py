"""What an undo must know beyond the people: who is as the import left them, who has signed in, and what refers to that
which it would drop.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from enlist.core.changes import Relation
from enlist.store import models
from enlist.store.engine import engine

from .snapshot import PRESENT
from .stored import STORED


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


def referring(organization: models.Organization, *, relation: Relation, column: str, ids: pl.Series) -> pl.DataFrame:
    """All records of a relation that refer by this column to one of these (Int64 ids; two queries)."""
    at, where = engine(), STORED[relation.name]
    named = f"t.{where.column(column, relation=relation)} = k.id"
    source = f"enlist_asked k CROSS JOIN {where.table} t WHERE {named} AND t.organization_id = %s"
    if where.live:
        source += f" AND {where.live}"
    with at.reading():
        at.temporary("enlist_asked", frame=pl.DataFrame({"id": ids.unique().sort()}))
        return at.read(where.select(relation, at=at, source=source), columns=relation.schema, params=[organization.pk])
