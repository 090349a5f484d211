"""Secrets: passwords from a file until they are hashed, sealed with a key that isn't in the database."""

from __future__ import annotations

from django.db import models

from .columns import one_of, organization_of_bulk, text
from .imports import Import

SECRET_STATES = ("given", "generated", "hashed")


class Secret(models.Model):
    """The password of one line of an import's file; deleted when it is hashed or, if generated, handed out or
    moved to the outbox.

    state: given in the file; or generated, then hashed. person: who gets it, null until the import is applied. force:
    it must be changed at the first sign-in.
    """

    organization = organization_of_bulk()
    of_import = models.ForeignKey(
        Import, models.CASCADE, related_name="+", db_column="import_id", db_index=False, db_constraint=False
    )
    line = models.BigIntegerField()
    sealed = text()
    weak = models.BooleanField(default=False, db_default=False)
    state = text(default="given")
    person = models.BigIntegerField(null=True)
    force = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of_import", "line"], name="secret_place"),
            models.CheckConstraint(condition=one_of("state", values=SECRET_STATES), name="secret_state"),
        ]
        indexes = [models.Index(fields=["person"], condition=models.Q(person__isnull=False), name="secret_person")]

    def __str__(self) -> str:
        return f"line {self.line}"
