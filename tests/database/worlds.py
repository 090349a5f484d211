"""Generated worlds in a real database: each an organisation of its own, and the same Directory with its ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import polars as pl
from django.db.models import Model
from django.utils import timezone

from enlist.core.directory.directory import Directory, Reference
from enlist.core.fields.fields import PERSON_SLUGS
from enlist.core.plan.plan import Part, Plan
from enlist.core.planner.reference import plan_rows
from enlist.core.rows.check import check
from enlist.core.rows.cleaners import settle
from enlist.core.rows.rows import Rows
from enlist.formats import write
from enlist.services.imports.plan import Planned, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.directory.stored import STORED
from enlist.store.scope import MACHINE, Scope
from tests.support.strategies import World
from tests.support.tables import cells_of

from .school import UNBRAKED

_NUMBERS = count(1)
# No id that anything has.
_NOWHERE = 10**12


@dataclass(frozen=True)
class Ids:
    """What the world's numbers are on the database."""

    people: Mapping[int, int]
    courses: Mapping[int, int]
    roles: Mapping[int, int]
    course_groups: Mapping[int, int]
    groups: Mapping[int, int]
    conditions: Mapping[int, int]

    def in_cells(self) -> dict[str, str]:
        """Cells made of digits: ids of roles and course groups, or of nothing."""
        known = {**self.roles, **self.course_groups, **self.groups}
        found = {str(ours): str(theirs) for ours, theirs in known.items()}
        zeros = {f"0{ours}": f"0{theirs}" for ours, theirs in self.roles.items()}
        nowhere = {text: str(_NOWHERE + int(text)) for text in ("7", "99", "999")}
        return {**nowhere, **zeros, **found}


@dataclass(frozen=True)
class Site:
    """A world whose directory is in the database.

    directory: the world's, told in the database's ids without asking it.
    """

    world: World
    scope: Scope
    directory: Directory
    ids: Ids

    @property
    def organization(self) -> models.Organization:
        return self.scope.organization

    def now(self) -> Directory:
        """What the database has."""
        reference = replace(snapshot.reference(self.organization), hidden=self.directory.reference.hidden)
        return snapshot.snapshot(self.organization, reference=reference)

    def plan(self) -> Planned:
        """The world's rows as a file, planned."""
        file = write(cells_of(self.world, ids=self.ids.in_cells()))
        return import_plan(
            self.scope, request=ImportRequest(source=file, name="roster.csv", policy=self.world.policy, preset="moodle")
        )

    def stage(self) -> Plan:
        """The world's rows planned and recorded."""
        return import_stage(self.scope, planned=self.plan())

    def checked(self, planned: Planned) -> Rows:
        """The rows of the file as the planners read them."""
        reference = self.directory.reference
        policy = settle(self.world.policy, reference=reference)
        return check(planned.table, planned.headers, policy=policy, reference=reference)

    def expected(self, planned: Planned) -> Part:
        """What the reference planner makes of the file, on a directory that never saw the database."""
        policy = settle(self.world.policy, reference=self.directory.reference)
        directory = self.directory.showing(planned.plan.head.hidden)
        return plan_rows(self.checked(planned), directory, policy=policy)


def stored(world: World) -> Site:
    """Put a world's directory into the database."""
    reference = world.directory.reference
    organization = models.Organization.objects.create(
        slug=f"school-{next(_NUMBERS)}",
        shared_email=reference.shared_email,
        reference_version=reference.version,
        settings=UNBRAKED,
    )
    roles = _roles(organization, reference=reference)
    courses = _courses(organization, reference=reference, roles=roles)
    groups = _groups(organization, reference=reference, courses=courses)
    fields = _fields(organization, reference=reference)
    people = _people(organization, directory=world.directory, fields=fields)
    cohorts = _cohorts(organization, reference=reference)
    rules = _conditions(organization, reference=reference, groups=cohorts)
    ids = Ids(people=people, courses=courses, roles=roles, course_groups=groups, groups=cohorts, conditions=rules)
    directory = _renumbered(world.directory, ids=ids, fields=fields)
    _ties(organization, directory=directory)
    return Site(world=world, scope=Scope(organization, MACHINE), directory=directory, ids=ids)


def rows_of(site: Site) -> dict[str, list[Any]]:
    """Every row of an organisation's directory, as it stands."""
    tables: list[type[Model]] = [models.Person, models.ProfileUniqueValue, *(each.model for each in STORED.values())]
    found = {each.__name__: each._default_manager.filter(organization=site.organization) for each in tables}
    whose = models.Organization.objects.filter(pk=site.organization.pk)
    return {name: sorted(rows.values_list()) for name, rows in {**found, "Organization": whose}.items()}


def _roles(of: models.Organization, *, reference: Reference) -> dict[int, int]:
    lines = reference.roles.sort("role").to_dicts()
    made = models.Role.objects.bulk_create(
        models.Role(organization=of, **{name: cell for name, cell in line.items() if name != "role"}) for line in lines
    )
    return {line["role"]: role.pk for line, role in zip(lines, made, strict=True)}


def _courses(of: models.Organization, *, reference: Reference, roles: Mapping[int, int]) -> dict[int, int]:
    lines = reference.courses.sort("course").to_dicts()
    made = models.Course.objects.bulk_create(
        models.Course(
            organization=of,
            shortname=line["shortname"],
            default_role_id=roles.get(line["default_role"] or 0),
            duration=line["duration"],
            manual=line["open"],
        )
        for line in lines
    )
    return {line["course"]: course.pk for line, course in zip(lines, made, strict=True)}


def _groups(of: models.Organization, *, reference: Reference, courses: Mapping[int, int]) -> dict[int, int]:
    lines = reference.course_groups.sort("course_group").to_dicts()
    made = models.CourseGroup.objects.bulk_create(
        models.CourseGroup(organization=of, course_id=courses[line["course"]], name=line["name"]) for line in lines
    )
    return {line["course_group"]: group.pk for line, group in zip(lines, made, strict=True)}


def _cohorts(of: models.Organization, *, reference: Reference) -> dict[int, int]:
    lines = reference.frame("group").sort("people_group").to_dicts()
    kinds = {True: "manual", False: "conditional"}
    made = models.Group.objects.bulk_create(
        models.Group(organization=of, idnumber=line["idnumber"], name=line["name"], kind=kinds[line["joinable"]])
        for line in lines
    )
    ids = {line["people_group"]: group.pk for line, group in zip(lines, made, strict=True)}
    for number, parent, is_made in reference.tree.iter_rows():
        place = {"parent_id": ids.get(parent), **({"kind": "import"} if is_made else {})}
        models.Group.objects.filter(pk=ids[number]).update(**place)
    return ids


def _conditions(of: models.Organization, *, reference: Reference, groups: Mapping[int, int]) -> dict[int, int]:
    lines = reference.frame("condition").sort("condition").to_dicts()
    made = models.Condition.objects.bulk_create(
        models.Condition(organization=of, **{name: cell for name, cell in line.items() if name != "condition"})
        for line in lines
    )
    ids = {line["condition"]: condition.pk for line, condition in zip(lines, made, strict=True)}
    models.GroupCondition.objects.bulk_create(
        models.GroupCondition(organization=of, group_id=groups[group], condition_id=ids[condition])
        for group, condition in reference.frame("group_condition").iter_rows()
    )
    return ids


def _fields(of: models.Organization, *, reference: Reference) -> dict[int, int]:
    made = models.ProfileField.objects.bulk_create(
        models.ProfileField(
            organization=of,
            position=place,
            shortname=field.shortname,
            name=field.name,
            kind=field.kind,
            options=list(field.options),
            required=field.required,
            unique=field.unique,
            default=field.default,
        )
        for place, field in enumerate(reference.profile_fields)
    )
    return {field.id: row.pk for field, row in zip(reference.profile_fields, made, strict=True)}


def _people(of: models.Organization, *, directory: Directory, fields: Mapping[int, int]) -> dict[int, int]:
    slugs = {str(fields[field.id]): field.slug for field in directory.reference.profile_fields}
    slugs |= {slug: slug for slug in directory.reference.hidden}
    plain = (*PERSON_SLUGS, "version", "username_key", "email_key", "site_role", "state", "source")

    def row(line: dict[str, Any]) -> models.Person:
        claim = None if of.shared_email else line["email_key"] or None
        profile = {key: line[slug] for key, slug in slugs.items() if line[slug] is not None}
        cells = {name: line[name] for name in plain}
        return models.Person(organization=of, email_claim=claim, profile=profile, **cells)

    lines = directory.people.sort("person").to_dicts()
    made = models.Person.objects.bulk_create(map(row, lines))
    unique = [f for f in directory.reference.profile_fields if f.unique]
    models.ProfileUniqueValue.objects.bulk_create(
        models.ProfileUniqueValue(
            organization=of, profile_field_id=fields[field.id], person=person, value=line[field.slug]
        )
        for line, person in zip(lines, made, strict=True)
        for field in unique
        if line[field.slug] is not None
    )
    return {line["person"]: person.pk for line, person in zip(lines, made, strict=True)}


def _ties(of: models.Organization, *, directory: Directory) -> None:
    models.Enrolment.objects.bulk_create(
        models.Enrolment(
            organization=of,
            person_id=line["person"],
            course_id=line["course"],
            role_id=line["role"],
            status=line["status"],
            source=line["source"],
            **{
                name: at and dt.datetime.fromisoformat(at + "+00:00")
                for name in ("start", "end")
                for at in [line[name]]
            },
        )
        for line in directory.enrolments.iter_rows(named=True)
    )
    models.CourseGroupMember.objects.bulk_create(
        models.CourseGroupMember(organization=of, person_id=person, course_group_id=group)
        for person, group in directory.members.iter_rows()
    )
    models.GroupMembership.objects.bulk_create(
        models.GroupMembership(organization=of, person_id=person, group_id=group, source=source)
        for person, group, source in directory.memberships.iter_rows()
    )
    models.GroupCourse.objects.bulk_create(
        models.GroupCourse(organization=of, group_id=group, course_id=course, role_id=role)
        for group, course, role in directory.frame("group_course").iter_rows()
    )
    models.PersonRole.objects.bulk_create(
        models.PersonRole(organization=of, person_id=person, site_role=role, source=source)
        for person, role, source in directory.frame("person_role").iter_rows()
    )
    models.Link.objects.bulk_create(
        models.Link(organization=of, person_id=person, other_id=other, kind=kind, source=source)
        for person, other, kind, source in directory.frame("link").iter_rows()
    )
    models.Merge.objects.bulk_create(
        models.Merge(organization=of, person_id=person, merged_into_id=into)
        for person, into in directory.frame("merge").iter_rows()
    )
    models.Departure.objects.bulk_create(
        models.Departure(organization=of, person_id=person, leaves_on=day, source=source)
        for person, day, source in directory.frame("departure").iter_rows()
    )
    models.ManualEdit.objects.bulk_create(
        models.ManualEdit(organization=of, person_id=person, field=slug)
        for person, slug in directory.frame("manual_edit").iter_rows()
    )


def _renumbered(directory: Directory, *, ids: Ids, fields: Mapping[int, int]) -> Directory:
    maps = {
        "person": ids.people,
        "other": ids.people,
        "merged_into": ids.people,
        "course": ids.courses,
        "course_group": ids.course_groups,
    }
    maps |= {"condition": ids.conditions, "people_group": ids.groups, "role": ids.roles, "default_role": ids.roles}

    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            pl.col(name).replace(dict(known)) for name, known in maps.items() if name in frame.columns
        )

    reference = directory.reference
    return Directory(
        reference=replace(
            reference,
            courses=moved(reference.courses),
            roles=moved(reference.roles),
            today=f"{timezone.localdate():%Y-%m-%d} 00:00:00",
            frames={name: moved(frame) for name, frame in reference.frames.items()},
            profile_fields=tuple(replace(field, id=fields[field.id]) for field in reference.profile_fields),
        ),
        people=moved(directory.people),
        frames={name: moved(frame) for name, frame in directory.frames.items()},
    )
