"""The organisation's terms, and who accepted them."""

from __future__ import annotations

from django.db import models

from .columns import moment, organization_of_bulk, organization_of_few, text
from .people import Person


class Terms(models.Model):
    """A text of the organisation's terms. It never changes: the newest row counts, and a blank one means no terms."""

    organization = organization_of_few()
    text = text()
    created_at = moment()

    class Meta:
        indexes = [models.Index(fields=["organization", "id"], name="terms_newest")]

    def __str__(self) -> str:
        return f"terms {self.pk}"


class TermsAcceptance(models.Model):
    """Who accepted which terms, and when."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+", db_index=False)
    at = moment()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "terms"], name="terms_acceptance_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.terms_id}"
