"""An organisation and its profile fields."""

from __future__ import annotations

from django.db import models

from enlist.core.fields.fields import PROFILE_KINDS

from .columns import moment, one_of, organization_of_few, text


class Organization(models.Model):
    """An organisation; every other row belongs to one.

    reference_version: changes with anything that rows can refer to: courses, roles, course groups, profile fields, and
    whether people may share an e-mail address.
    """

    slug = models.SlugField(max_length=100, db_index=False)
    name = text()
    shared_email = models.BooleanField(default=False)
    reference_version = models.BigIntegerField(default=0)
    settings = models.JSONField(default=dict, blank=True)
    created_at = moment()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="organization_slug")]

    def __str__(self) -> str:
        return self.slug


class ProfileField(models.Model):
    """A field that the organisation added.

    options: the values of a choice, in order. locked: people can't change it themselves, but imports can.
    """

    organization = organization_of_few()
    shortname = text()
    name = text()
    kind = text(default="text")
    options = models.JSONField(default=list, blank=True)
    required = models.BooleanField(default=False)
    unique = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    default = text()
    position = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "shortname"], name="profile_field_shortname"),
            models.CheckConstraint(condition=~models.Q(shortname=""), name="profile_field_has_a_shortname"),
            models.CheckConstraint(condition=one_of("kind", values=PROFILE_KINDS), name="profile_field_kind"),
        ]

    def __str__(self) -> str:
        return self.shortname
