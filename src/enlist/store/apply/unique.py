"""Values of unique profile fields: each is also stored, once, in a table of its own."""

from __future__ import annotations

import polars as pl

from enlist.core.changes import AFTER, BEFORE
from enlist.core.directory.directory import ProfileField

from .context import ApplyContext


def give(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Load the values of people who are created or restored."""
    for field in (each for each in _unique(work) if each.slug in frame.columns):
        people = work.realise(frame).select("person", value=field.slug).filter(pl.col("value").is_not_null())
        _load(work, field=field, people=people)


def change(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Replace the values that an update changes. All old ones are deleted first, so that two people may swap."""
    fields = [f for f in _unique(work) if AFTER + f.slug in frame.columns]
    moved = {f.id: frame.filter(pl.col(BEFORE + f.slug).ne_missing(pl.col(AFTER + f.slug))) for f in fields}
    for field in fields:
        _drop(work, field=field, people=moved[field.id].get_column("person"))
    for field in fields:
        people = moved[field.id].select("person", value=AFTER + field.slug).filter(pl.col("value").is_not_null())
        _load(work, field=field, people=people)


def take(work: ApplyContext, *, people: pl.Series) -> None:
    """Free all values of removed people."""
    for field in _unique(work):
        _drop(work, field=field, people=people)


def _unique(work: ApplyContext) -> list[ProfileField]:
    return [field for field in work.reference.profile_fields if field.unique]


def _drop(work: ApplyContext, *, field: ProfileField, people: pl.Series) -> None:
    if not people.is_empty():
        work.at.temporary("enlist_freed", frame=pl.DataFrame({"person": people}))
        work.at.execute(
            "DELETE FROM store_profileuniquevalue WHERE profile_field_id = %s"
            " AND person_id IN (SELECT person FROM enlist_freed)",
            params=[field.id],
        )


def _load(work: ApplyContext, *, field: ProfileField, people: pl.DataFrame) -> None:
    if not people.is_empty():
        rows = people.select(
            work.of_organization(),
            pl.lit(field.id, pl.Int64).alias("profile_field_id"),
            pl.col("person").alias("person_id"),
            "value",
        )
        work.at.load("store_profileuniquevalue", frame=rows.sort("value"))
