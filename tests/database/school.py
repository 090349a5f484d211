"""A small cast everyone knows: a school with people, courses and roles, and a college of strangers."""

from __future__ import annotations

from typing import Any

from enlist.store.models import (
    Course,
    CourseGroup,
    CourseGroupMember,
    Enrolment,
    Organization,
    Person,
    ProfileField,
    Role,
)


def organization(slug: str = "school", **fields: Any) -> Organization:
    return Organization.objects.create(**{"slug": slug, "name": slug.title(), "reference_version": 7, **fields})


def person(of: Organization, **fields: Any) -> Person:
    username = fields.get("username", "ada")
    email = fields.get("email", "")
    keys = {"username_key": username.lower(), "email_key": email.lower()}
    claim = {"email_claim": None if of.shared_email else email.lower() or None}
    return Person.objects.create(organization=of, **{"version": 1, "username": username, **keys, **claim, **fields})


def role(of: Organization, shortname: str = "student", **fields: Any) -> Role:
    return Role.objects.create(organization=of, shortname=shortname, archetype=shortname, **fields)


def course(of: Organization, shortname: str = "algebra", **fields: Any) -> Course:
    return Course.objects.create(organization=of, shortname=shortname, **fields)


def course_group(of: Course, name: str = "A") -> CourseGroup:
    return CourseGroup.objects.create(organization=of.organization, course=of, name=name)


def enrolment(of: Person, *, course: Course, role: Role, status: str = "active") -> Enrolment:
    return Enrolment.objects.create(organization=of.organization, person=of, course=course, role=role, status=status)


def member(of: Person, *, course_group: CourseGroup) -> CourseGroupMember:
    return CourseGroupMember.objects.create(organization=of.organization, person=of, course_group=course_group)


def profile_field(of: Organization, shortname: str, **fields: Any) -> ProfileField:
    return ProfileField.objects.create(organization=of, shortname=shortname, name=shortname.title(), **fields)
