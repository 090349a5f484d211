"""Erasures: who was erased, as hashes with a key that isn't in the database."""

from __future__ import annotations

from django.db import models

from .columns import moment, organization_of_bulk, text


class Erasure(models.Model):
    """A person who was erased.

    identity: the hash of their id and creation time, to find their copy in a backup. username: the hash of their last
    username, to answer whether a person was erased.
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
