"""The tables of the operations: no key leads out of them, for on SQLite they are a file of their own."""

from __future__ import annotations

from django.db import models

from enlist.store.models.columns import text


class Lease(models.Model):
    """Who is at work on something (`subject`) of an organisation; `fence` grows with every owner.

    `heartbeat` is when the owner was last heard of, by the database's clock.
    """

    organization_id = models.BigIntegerField()
    subject = text()
    owner = text()
    heartbeat = models.DateTimeField()
    fence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "subject"], name="lease_subject")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.owner}"
