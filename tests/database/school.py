"""A small cast for tests: a school with people, courses and roles, and another organisation."""

from __future__ import annotations

from typing import Any

import polars as pl

from enlist.core.clean import plain
from enlist.core.policy.kinds import LimitEntries
from enlist.store.directory.snapshot import reference, snapshot
from enlist.store.engine import engine
from enlist.store.models import (
    Course,
    CourseGroup,
    CourseGroupMember,
    Enrolment,
    Group,
    Organization,
    Person,
    ProfileField,
    Role,
)

# Limits that hold nothing, for what is not about them.
UNBRAKED = {"limits": {verb: [1, 1_000_000] for verb in LimitEntries.verbs}}


def organization(slug: str = "school", **fields: Any) -> Organization:
    return Organization.objects.create(**{"slug": slug, "name": slug.title(), "reference_version": 7, **fields})


def person(of: Organization, **fields: Any) -> Person:
    username = fields.get("username", "ada")
    email = fields.get("email", "")
    keys = {"username_key": username.lower(), "email_key": email.lower()}
    names = {f"{name}_key": plain(fields.get(name, "")) for name in ("firstname", "lastname")}
    claim = {"email_claim": None if of.shared_email else email.lower() or None}
    return Person.objects.create(
        organization=of, **{"version": 1, "username": username, **keys, **names, **claim, **fields}
    )


def role(of: Organization, shortname: str = "student", **fields: Any) -> Role:
    return Role.objects.create(organization=of, shortname=shortname, archetype=shortname, **fields)


def course(of: Organization, shortname: str = "algebra", **fields: Any) -> Course:
    return Course.objects.create(organization=of, shortname=shortname, **fields)


def course_group(of: Course, name: str = "A") -> CourseGroup:
    return CourseGroup.objects.create(organization=of.organization, course=of, name=name)


def enrolment(of: Person, *, course: Course, role: Role, status: str = "active") -> Enrolment:
    made = {"course": course, "role": role, "status": status, "source": "import"}
    return Enrolment.objects.create(organization=of.organization, person=of, **made)


def member(of: Person, *, course_group: CourseGroup) -> CourseGroupMember:
    return CourseGroupMember.objects.create(organization=of.organization, person=of, course_group=course_group)


def profile_field(of: Organization, shortname: str, **fields: Any) -> ProfileField:
    return ProfileField.objects.create(organization=of, shortname=shortname, name=shortname.title(), **fields)


def fill(of: Organization, *, people: int) -> None:
    """People u0, u1, … as one load."""
    number = pl.col("number").cast(pl.String)
    frame = pl.select(number=pl.int_range(people)).select(
        organization_id=pl.lit(of.pk, pl.Int64),
        version=pl.lit(1, pl.Int64),
        username="u" + number,
        username_key="u" + number,
        email_key="u" + number + "@example.com",
        idnumber="i" + number,
        profile=pl.lit("{}"),
    )
    engine().load("store_person", frame=frame)


def fill_courses(of: Organization) -> None:
    """One course, role and course group, with everybody in it."""
    student, algebra = role(of), course(of)
    group = course_group(algebra)
    ids = snapshot(of, reference=reference(of)).people.select(
        person_id="person", organization_id=pl.lit(of.pk, pl.Int64)
    )
    engine().load("store_coursegroupmember", frame=ids.with_columns(course_group_id=pl.lit(group.pk, pl.Int64)))
    cohort = Group.objects.create(organization=of, name="Year 7", idnumber="year7")
    engine().load("store_groupmembership", frame=ids.with_columns(group_id=pl.lit(cohort.pk, pl.Int64)))
    enrolments = ids.with_columns(course_id=pl.lit(algebra.pk, pl.Int64), role_id=pl.lit(student.pk, pl.Int64))
    engine().load("store_enrolment", frame=enrolments)


def fill_links(of: Organization) -> None:
    """Everybody is an instructor, too, and instructor of the next, has a leaving date, and a city entered manually."""
    ids = snapshot(of, reference=reference(of)).people.select("person")
    ours = {"organization_id": pl.lit(of.pk, pl.Int64), "source": pl.lit("import")}
    roles = ids.select(person_id="person", site_role=pl.lit("instructor"), **ours)
    engine().load("store_personrole", frame=roles)
    links = ids.select(person_id=pl.col("person").shift(-1), other_id="person", kind=pl.lit("instructor"), **ours)
    engine().load("store_link", frame=links.drop_nulls())
    engine().load("store_departure", frame=ids.select(person_id="person", leaves_on=pl.lit("2099-01-01"), **ours))
    edits = ids.select(person_id="person", organization_id=ours["organization_id"], field=pl.lit("city"))
    engine().load("store_manualedit", frame=edits)
    merges = ids.select(
        person_id="person", merged_into_id=pl.col("person").shift(-1), organization_id=ours["organization_id"]
    )
    engine().load("store_merge", frame=merges.drop_nulls())
