"""Headers: what columns of earlier files were said to be."""

from __future__ import annotations

from django.db import models

from .columns import moment, organization_of_few, text
from .people import Person


class RememberedHeader(models.Model):
    """A header that means a field here, because somebody said so; by: who did last.

    key: the header as headers are compared (`core.header_words.fold`); header: as it was written; field: our slug.
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
