"""Links between two people, and people who were merged into others."""

from __future__ import annotations

from django.db import models

from enlist.core.fields.fields import LINK_KINDS

from .columns import one_of, organization_of_bulk, text
from .people import SOURCES, Person


class Link(models.Model):
    """A learner (person), and their parent or instructor (other), and how the link was added."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = text()
    source = text(default="manual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other", "kind"], name="link_once"),
            models.CheckConstraint(condition=one_of("kind", values=LINK_KINDS), name="link_kind"),
            models.CheckConstraint(condition=one_of("source", values=SOURCES), name="link_source"),
            models.CheckConstraint(condition=~models.Q(person=models.F("other")), name="link_of_two"),
        ]
        indexes = [models.Index(fields=["other"], name="link_other")]

    def __str__(self) -> str:
        return f"{self.other_id} is {self.kind} of {self.person_id}"


class Merge(models.Model):
    """A person who turned out to be another one: they are inactive, and what they had belongs to that one."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    merged_into = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], name="merge_once"),
            models.CheckConstraint(condition=~models.Q(person=models.F("merged_into")), name="merge_of_two"),
        ]
        indexes = [models.Index(fields=["merged_into"], name="merge_into")]

    def __str__(self) -> str:
        return f"{self.person_id} is {self.merged_into_id}"
