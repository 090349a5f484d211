"""Groups of people across courses, as a tree: filled manually, by imports, or by conditions."""

from __future__ import annotations

from django.db import models

from enlist.core.directory.conditions import MATCHES

from .columns import one_of, organization_of_bulk, organization_of_few, text
from .courses import Course, Role
from .people import Person

GROUP_KINDS = ("manual", "import", "conditional")
MEMBERSHIP_SOURCES = ("manual", "import", "condition")


class Group(models.Model):
    """A group; files refer to it by its ID number, if it has one (a cohort).

    Files never change a group that no import made, so an import-made group may have the same name (NE-18).
    """

    organization = organization_of_few()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = text()
    idnumber = text()
    kind = text(default="manual")

    class Meta:
        # Two constraints, because null parents are never equal.
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="group_name_below"),
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(parent=None, idnumber="") & ~models.Q(kind="import"),
                name="group_name_on_top",
            ),
            models.UniqueConstraint(
                fields=["organization", "idnumber"], condition=~models.Q(idnumber=""), name="group_idnumber"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="group_has_a_name"),
            models.CheckConstraint(condition=one_of("kind", values=GROUP_KINDS), name="group_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMembership(models.Model):
    """A person in a group, and how they were added."""

    organization = organization_of_bulk()
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    source = text(default="manual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], name="group_membership"),
            models.CheckConstraint(
                condition=one_of("source", values=MEMBERSHIP_SOURCES), name="group_membership_source"
            ),
        ]
        indexes = [models.Index(fields=["group"], name="group_members")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class Condition(models.Model):
    """A named condition of groups; clauses: as `core.directory.conditions` stores them."""

    organization = organization_of_few()
    name = text()
    match = text(default="all")
    removal = models.BooleanField(default=False)
    clauses = text(default="[]")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="condition_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="condition_has_a_name"),
            models.CheckConstraint(condition=one_of("match", values=MATCHES), name="condition_match"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupCondition(models.Model):
    """A condition that a group uses: everybody who meets it is a member."""

    organization = organization_of_few()
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", db_index=False)
    condition = models.ForeignKey(Condition, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "condition"], name="group_condition")]

    def __str__(self) -> str:
        return f"{self.condition_id} of {self.group_id}"


class GroupCourse(models.Model):
    """A course that a group gives: its members, and those of the groups below it, are enrolled with this role."""

    organization = organization_of_few()
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", db_index=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="+", db_index=False)
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "course", "role"], name="group_course")]

    def __str__(self) -> str:
        return f"{self.course_id} of {self.group_id}"
