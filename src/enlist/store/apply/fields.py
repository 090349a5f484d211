"""Profile fields: the options that a plan adds to them."""

from __future__ import annotations

import polars as pl

from enlist.core.errors import PlanError
from enlist.store import models

from .context import ApplyContext


def add_option(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Append options to the lists of their fields; there are few fields."""
    added = dict(frame.group_by("profile_field").agg(pl.col("option").sort()).iter_rows())
    found = models.ProfileField.objects.filter(organization=work.organization, pk__in=added).in_bulk()
    if len(found) < len(added):
        raise PlanError("plan_field_foreign")
    for number, field in found.items():
        field.options = [*field.options, *(option for option in added[number] if option not in field.options)]
    models.ProfileField.objects.bulk_update(found.values(), ["options"])
