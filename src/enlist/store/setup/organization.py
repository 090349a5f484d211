"""Set up the tables, an organisation, and its courses and profile fields."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from enlist.core.errors import KeyMissing, NewerTables, OlderTables
from enlist.core.report.changes import Cell
from enlist.store import activity
from enlist.store.models import Course, CourseGroup, Organization, ProfileField, Role
from enlist.store.scope import Scope
from enlist.store.secrets import keys

# Roles as learning platforms have them: short name, name, archetype, whether files can give it in courses, and whether
# as a system role.
STANDARD_ROLES: Final = (
    ("student", "Student", "student", True, False),
    ("teacher", "Non-editing teacher", "teacher", True, False),
    ("editingteacher", "Teacher", "editingteacher", True, False),
    ("manager", "Manager", "manager", True, True),
    ("coursecreator", "Course creator", "coursecreator", False, True),
)


def make_tables() -> int:
    """Migrate both databases to this version of Enlist, and return the number of migrations (0: up to date).

    Also creates the key of a new site. Raises KeyMissing if the site has organisations, but no key.
    """
    steps = sum(_make_tables(alias) for alias in _databases())
    if has_organizations():
        keys.site_key()
    else:
        keys.make_key()
    return steps


def check_site() -> None:
    """Raise OlderTables or NewerTables if the tables are of another version of Enlist, KeyMissing without the key."""
    expected = _migrations()
    for alias in _databases():
        done = MigrationRecorder(connections[alias]).applied_migrations().keys()
        if expected - done:
            raise OlderTables("tables_older")
        if any(app in apps.app_configs for app, _ in done - expected):
            raise NewerTables("tables_newer")
    try:
        keys.site_key()
    except KeyMissing:
        if has_organizations():
            raise
        # `init` creates the tables, then the key, then the organisation.
        raise OlderTables("tables_older") from None


def _databases() -> tuple[str, ...]:
    """The databases to migrate; on PostgreSQL, both connections lead to the same one."""
    return tuple(connections) if connection.vendor == "sqlite" else ("default",)


def _make_tables(alias: str) -> int:
    executor = MigrationExecutor(connections[alias])
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if steps:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    return len(steps)


def make_tables_at(steps: Sequence[str]) -> None:
    """Create the tables of an empty database as they were after exactly these migrations."""
    executor = MigrationExecutor(connection)
    done = {(app, name) for app, name in (step.split(" ", 1) for step in steps)}
    after = {
        parent.key for key in done for parent in executor.loader.graph.node_map[key].parents if parent.key[0] == key[0]
    }
    executor.migrate(sorted(done - after))


def steps_done() -> list[str]:
    """The migrations that were applied to the directory, by name."""
    return sorted(f"{app} {name}" for app, name in MigrationRecorder(connection).applied_migrations())


def steps_known() -> list[str]:
    """The migrations of this version of Enlist."""
    return sorted(f"{app} {name}" for app, name in _migrations())


def _migrations() -> set[tuple[str, str]]:
    """App and name of all migrations, from the file names: loading them would take longer than most commands."""
    found = ((app.label, Path(app.path, "migrations").glob("[0-9]*.py")) for app in apps.get_app_configs())
    return {(label, path.stem) for label, paths in found for path in paths}


def has_organizations() -> bool:
    """Whether there is any organisation."""
    return Organization.objects.exists()


def make_organization(slug: str, *, name: str) -> tuple[Organization, bool]:
    """The organisation with this slug, created with the standard roles if missing; and whether it is new."""
    with transaction.atomic():
        organization, made = Organization.objects.get_or_create(slug=slug, defaults={"name": name})
        if made:
            Role.objects.bulk_create(
                Role(
                    organization=organization,
                    shortname=shortname,
                    name=title,
                    archetype=archetype,
                    assignable=in_courses,
                    on_site=on_site,
                )
                for shortname, title, archetype, in_courses, on_site in STANDARD_ROLES
            )
            changed(organization)
    return organization, made


def rename_organization(scope: Scope, *, name: str) -> bool:
    """Rename the organisation, and log that; False if it already has this name."""
    with transaction.atomic():
        row = Organization.objects.select_for_update().get(pk=scope.organization.pk)
        if row.name == name:
            return False
        cells = (Cell("name", row.name, name),)
        row.name = name
        row.save(update_fields=["name"])
        activity.log(scope, action="organization_changed", cells=cells)
    scope.organization.name = name
    return True


def change_settings(scope: Scope, *, values: Mapping[str, Any], note: str) -> None:
    """Set some of the organisation's settings, and log that."""
    with transaction.atomic():
        row = Organization.objects.select_for_update().get(pk=scope.organization.pk)
        row.settings = {**row.settings, **values}
        row.save(update_fields=["settings"])
        activity.log(scope, action="organization_changed", note=note)
    scope.organization.settings = row.settings


def add_courses(organization: Organization, *, courses: Mapping[str, Mapping[str, Any]]) -> None:
    """Add courses by short name, each with a name and groups; existing ones stay as they are."""
    with transaction.atomic():
        student = Role.objects.get(organization=organization, shortname="student")
        Course.objects.bulk_create(
            [
                Course(organization=organization, shortname=shortname, name=course["name"], default_role=student)
                for shortname, course in courses.items()
            ],
            ignore_conflicts=True,
        )
        found = {course.shortname: course for course in Course.objects.filter(organization=organization)}
        CourseGroup.objects.bulk_create(
            [
                CourseGroup(organization=organization, course=found[shortname], name=group)
                for shortname, course in courses.items()
                for group in course["groups"]
            ],
            ignore_conflicts=True,
        )
        changed(organization)


def add_profile_fields(organization: Organization, *, fields: Sequence[Mapping[str, Any]]) -> None:
    """Add profile fields, in this order; existing ones stay as they are."""
    with transaction.atomic():
        ProfileField.objects.bulk_create(
            [ProfileField(organization=organization, position=number, **each) for number, each in enumerate(fields)],
            ignore_conflicts=True,
        )
        changed(organization)


def changed(organization: Organization) -> None:
    """Give the reference data a new version, which makes earlier plans stale."""
    organization.reference_version = secrets.randbits(62) | 1
    organization.save(update_fields=["reference_version"])
