"""Leaving dates of people."""

from __future__ import annotations

from django.db import models

from enlist.core.changes import RELATIONS

from .columns import one_of, organization_of_bulk, text
from .people import Person


class Departure(models.Model):
    """The day (YYYY-MM-DD) from which a person is inactive, and how it was set."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    leaves_on = text()
    source = text(default="manual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], name="departure_once"),
            models.CheckConstraint(condition=~models.Q(leaves_on=""), name="departure_day"),
            models.CheckConstraint(
                condition=one_of("source", values=RELATIONS["departure"].sources), name="departure_source"
            ),
        ]
        indexes = [models.Index(fields=["organization", "leaves_on"], name="departure_due")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.leaves_on}"
