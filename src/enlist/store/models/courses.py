"""Courses, the roles people have in them, and course groups."""

from __future__ import annotations

from django.db import models

from enlist.core.changes import RELATIONS

from .columns import moment, one_of, organization_of_bulk, organization_of_few, text
from .people import Person

ENROLMENT_STATES = ("active", "suspended", "ended")
LIVE = ~models.Q(status="ended")


class Role(models.Model):
    """A role in a course. assignable: files can give it in courses; on_site: they can give it as a system role."""

    organization = organization_of_few()
    shortname = text()
    name = text()
    archetype = text()
    assignable = models.BooleanField(default=True)
    on_site = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "shortname"], name="role_shortname"),
            models.CheckConstraint(condition=~models.Q(shortname=""), name="role_has_a_shortname"),
        ]

    def __str__(self) -> str:
        return self.shortname


class Course(models.Model):
    """A course.

    default_role: for people without a role in the file. duration: how many days an enrolment lasts by default, 0 for
    no end. manual: whether files and people can enrol others. url: where people open it, "" if they can't.
    """

    organization = organization_of_few()
    shortname = text()
    name = text()
    duration = models.IntegerField(default=0, db_default=0)
    manual = models.BooleanField(default=True, db_default=True)
    default_role = models.ForeignKey(Role, models.PROTECT, null=True, related_name="+")
    url = text()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "shortname"], name="course_shortname"),
            models.CheckConstraint(condition=~models.Q(shortname=""), name="course_has_a_shortname"),
        ]

    def __str__(self) -> str:
        return self.shortname


class CourseGroup(models.Model):
    """A group in one course."""

    organization = organization_of_few()
    course = models.ForeignKey(Course, models.PROTECT, related_name="+", db_index=False)
    name = text()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "name"], name="course_group_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="course_group_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A person's role in a course; each role is a row of its own, and only one row of each can be live."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="+", db_index=False)
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", db_index=False)
    status = text(default="active")
    source = text(default="manual")
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    progress = models.SmallIntegerField(default=0, db_default=0)
    created_at = moment()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "role"], condition=LIVE, name="enrolment_live"),
            models.CheckConstraint(condition=one_of("status", values=ENROLMENT_STATES), name="enrolment_status"),
            models.CheckConstraint(
                condition=one_of("source", values=RELATIONS["enrolment"].sources), name="enrolment_source"
            ),
            models.CheckConstraint(condition=models.Q(progress__range=(0, 100)), name="enrolment_progress"),
        ]
        indexes = [
            models.Index(fields=["person"], name="enrolment_person"),
            # Enough to count a course's people without reading the table.
            models.Index(fields=["course", "person"], condition=LIVE, name="enrolment_course"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.course_id}"


class CourseGroupMember(models.Model):
    """A person in a course group."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    course_group = models.ForeignKey(CourseGroup, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "course_group"], name="course_group_member")]
        indexes = [models.Index(fields=["course_group"], name="course_group_members")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.course_group_id}"
