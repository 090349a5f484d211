"""Activity: manual changes, and actions of administrators."""

from __future__ import annotations

from django.db import models

from .columns import moment, organization_of_bulk, text
from .people import Person


class Activity(models.Model):
    """An action: who did it (null: a command on this machine), when, and to which person.

    fields: the names of the changed fields. cells: [field, old, new] of each; they expire, the rest stays. person: the
    id of the person it is about; other: of a person whose username is in the cells. note: a sentence.
    """

    organization = organization_of_bulk()
    at = moment()
    by = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)
    action = text()
    person = models.BigIntegerField(null=True)
    other = models.BigIntegerField(null=True)
    fields = models.JSONField(default=list, blank=True)
    cells = models.JSONField(default=list, blank=True)
    note = text()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], name="activity_order"),
            models.Index(fields=["person"], condition=models.Q(person__isnull=False), name="activity_person"),
        ]

    def __str__(self) -> str:
        return self.action
