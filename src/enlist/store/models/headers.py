"""Remembered headers: the fields that columns of earlier files were mapped to."""

from __future__ import annotations

from django.db import models

from .columns import moment, organization_of_few, text
from .people import Person


class RememberedHeader(models.Model):
    """A header that a person mapped to a field.

    key: the header folded for comparison (`core.headers.words.fold`); header: as in the file; field: the field's slug;
    by: the last person who mapped it.
    """

    organization = organization_of_few()
    key = text()
    header = text()
    field = text()
    by = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)
    at = moment()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="remembered_header_key")]

    def __str__(self) -> str:
        return self.header
