"""The site of a case: its people, courses, cohorts and profile fields in the database, with the ids they had."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Final

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

from enlist.core.clean import fold
from enlist.core.policy import ChangeLimits, Limit
from enlist.core.policy.kinds import LimitEntries
from enlist.store import models
from enlist.store.scope import MACHINE, Scope

from .case import Case

# Moodle's standard roles, by the ids they have there; a role is given in courses, on the site, or nowhere.
ROLES: Final = {
    1: ("manager", "manager", True, True),
    2: ("coursecreator", "coursecreator", False, True),
    3: ("editingteacher", "editingteacher", True, False),
    4: ("teacher", "teacher", True, False),
    5: ("student", "student", True, False),
}
KINDS: Final = {"text": "text", "textarea": "text", "menu": "choice", "checkbox": "boolean", "datetime": "date"}
ADMIN: Final = {"username": "admin", "firstname": "Admin", "lastname": "User", "email": "admin@example.com"}
# Moodle has none: what it does, it does at once.
NO_BRAKE: Final = ChangeLimits(
    **{field.name: Limit(share=1.0, number=10**6) for field in dataclasses.fields(ChangeLimits)}
)
# Ids given by the database start here, so that none is one of a case's.
FIRST_FREE: Final = 10_000
DAY: Final = 86_400


def keep_ids_apart() -> None:
    """Let what is made later have ids that no case uses."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in _tables():
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                if (sequence := cursor.fetchone()[0]) is not None:
                    cursor.execute("SELECT setval(%s::regclass, %s)", [sequence, FIRST_FREE])


def open_site(case: Case) -> Scope:
    """An empty database, and in it the case's base."""
    connection.ops.execute_sql_flush(
        connection.ops.sql_flush(no_style(), _tables(), reset_sequences=False, allow_cascade=True)
    )
    may_share = case.config.get("allowaccountssameemail") == "1"
    organization = models.Organization.objects.create(
        slug="site", shared_email=may_share, reference_version=1, settings={"limits": LimitEntries().dump(NO_BRAKE)}
    )
    _roles(organization)
    courses = _courses(organization, told=case.base.get("courses", []))
    cohorts = _cohorts(organization, told=case.base.get("cohorts", []))
    fields = _fields(organization, told=case.base.get("profile_fields", []))
    for user in _users(case):
        person = _person(organization, told=user, fields=fields)
        for record_change in user.get("enrol", []):
            _enrol(person, course=courses[record_change["course"]], told=record_change)
        for idnumber in user.get("cohorts", []):
            models.GroupMembership.objects.create(organization=organization, person=person, group=cohorts[idnumber])
    return Scope(organization, MACHINE)


def _tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_app_config("store").get_models()]


def _users(case: Case) -> Iterator[Mapping[str, Any]]:
    told = case.base.get("users", [])
    if all(user["username"] != ADMIN["username"] for user in told):
        yield {**ADMIN, "siteadmin": 1}
    yield from told


def _roles(organization: models.Organization) -> None:
    for number, (shortname, archetype, in_courses, on_site) in ROLES.items():
        models.Role.objects.create(
            id=number,
            organization=organization,
            shortname=shortname,
            archetype=archetype,
            assignable=in_courses,
            on_site=on_site,
        )


def _courses(organization: models.Organization, *, told: list[dict[str, Any]]) -> dict[str, models.Course]:
    groups, made = count(1), {}
    student = models.Role.objects.get(shortname="student")
    # Course 1 is the front page.
    for number, course in enumerate(told, start=2):
        more = {"duration": int(course.get("enrolperiod", 0)) // DAY, "manual": bool(course.get("manual", 1))}
        made[course["shortname"]] = models.Course.objects.create(
            id=number,
            organization=organization,
            shortname=course["shortname"],
            default_role=student,
            **{name: value for name, value in more.items() if hasattr(models.Course, name)},
        )
        for name in course.get("groups", []):
            models.CourseGroup.objects.create(
                id=next(groups), organization=organization, course=made[course["shortname"]], name=name
            )
    return made


def _cohorts(organization: models.Organization, *, told: list[dict[str, Any]]) -> dict[str, models.Group]:
    return {
        cohort["idnumber"]: models.Group.objects.create(
            id=number,
            organization=organization,
            name=cohort["name"],
            kind="conditional" if cohort.get("component") else "manual",
            **({"idnumber": cohort["idnumber"]} if hasattr(models.Group, "idnumber") else {}),
        )
        for number, cohort in enumerate(told, start=1)
    }


def _fields(organization: models.Organization, *, told: list[dict[str, Any]]) -> dict[str, models.ProfileField]:
    return {
        field["shortname"]: models.ProfileField.objects.create(
            id=number,
            organization=organization,
            shortname=field["shortname"],
            name=field["shortname"],
            kind=KINDS[field["datatype"]],
            options=field.get("options") or _options(field),
            required=bool(field.get("required")),
            unique=bool(field.get("forceunique")),
            default="" if field.get("defaultdata") in (None, "0") else field["defaultdata"],
            position=number,
        )
        for number, field in enumerate(told, start=1)
    }


def _options(field: Mapping[str, Any]) -> list[str]:
    return field["param1"].split("\n") if field["datatype"] == "menu" else []


def _person(
    organization: models.Organization, *, told: Mapping[str, Any], fields: Mapping[str, models.ProfileField]
) -> models.Person:
    names = {field.name for field in models.Person._meta.get_fields()}
    cells = {name: str(value) for name, value in told.items() if name in names and isinstance(value, str | int)}
    is_admin = told.get("siteadmin") or told["username"] == ADMIN["username"]
    key = fold(told["email"])
    # Everybody there signs in somehow.
    hidden = {"auth": "manual"} | {name: str(told[name]) for name in _HIDDEN if name in told}
    if "interests" in told:
        hidden["interests"] = ",".join(told["interests"])
    if roles := told.get("system_roles") or told.get("sysroles"):
        hidden["sysroles"] = ",".join(sorted(roles))
    profile = {str(fields[name].pk): value for name, value in (told.get("profile") or {}).items()}
    person = models.Person.objects.create(
        organization=organization,
        version=1,
        username_key=fold(told["username"]),
        email_key=key,
        email_claim=None if organization.shared_email else key or None,
        site_role="admin" if is_admin else "learner",
        state="inactive" if told.get("suspended") else "active",
        **{**cells, "profile": {**profile, **hidden}},
    )
    for name, value in (told.get("profile") or {}).items():
        if fields[name].unique and value:
            models.ProfileUniqueValue.objects.create(
                organization=organization, profile_field=fields[name], person=person, value=value
            )
    return person


_HIDDEN: Final = ("auth", "maildisplay", "mailformat", "maildigest", "autosubscribe", "emailstop")


def _enrol(person: models.Person, *, course: models.Course, told: Mapping[str, Any]) -> None:
    start, end = (dt.datetime.fromtimestamp(at, dt.UTC) if (at := told.get(name)) else None for name in _MOMENTS)
    models.Enrolment.objects.create(
        organization=person.organization,
        person=person,
        course=course,
        role=models.Role.objects.get(shortname=told.get("role", "student")),
        status="suspended" if told.get("status") else "active",
        start=start,
        end=end,
    )


_MOMENTS: Final = ("timestart", "timeend")
