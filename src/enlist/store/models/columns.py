"""Columns that many tables have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.functions import Now


def text(*, default: str = "") -> models.TextField[str, str]:
    """Text that is never null; blank is ""."""
    return models.TextField(blank=True, default=default, db_default=default)


def moment() -> models.DateTimeField[Any, Any]:
    """When the row was created, by the database's clock."""
    return models.DateTimeField(db_default=Now(), editable=False)


def organization_of_bulk() -> models.ForeignKey[Any, Any]:
    """The organisation, for large tables (one row per person or more).

    No constraint: it would lock the same row for every row loaded, which takes a quarter of a bulk load.
    """
    return models.ForeignKey(
        "store.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )


def organization_of_few() -> models.ForeignKey[Any, Any]:
    """The organisation, for small tables, with a constraint; unique constraints that begin with it are its index."""
    return models.ForeignKey("store.Organization", models.PROTECT, related_name="+", db_index=False)


def one_of(column: str, *, values: Iterable[str]) -> models.Q:
    """The condition of a CHECK: the column has one of these values."""
    return models.Q(**{f"{column}__in": sorted(values)})
