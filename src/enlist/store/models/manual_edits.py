"""Which values of people were entered manually."""

from __future__ import annotations

from django.db import models

from .columns import organization_of_bulk, text
from .people import Person


class ManualEdit(models.Model):
    """A field (its slug) of a person whose value somebody entered manually, and that no file has replaced since."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    field = text()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "field"], name="manual_edit_once")]

    def __str__(self) -> str:
        return f"{self.field} of {self.person_id}"
