"""Erasures: that somebody was erased, told by hashes under a key that is not in the database."""

from __future__ import annotations

from django.db import models

from .columns import moment, organization_of_bulk, text


class Erasure(models.Model):
    """Somebody who was erased.

    identity: the hash of their id and the moment they were made, by which a backup's copy of them is found.
    username: the hash of their last username, by which somebody who asks can be told.
    """

    organization = organization_of_bulk()
    at = moment()
    identity = text()
    username = text()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity"], name="erasure_identity")]
        indexes = [models.Index(fields=["organization", "username"], name="erasure_username")]

    def __str__(self) -> str:
        return self.identity
