"""All tables of the directory."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual

PRESENT = ~models.Q(state="removed")
LIVE = ~models.Q(status="ended")
LENGTHS = {
    "username": 100,
    "firstname": 100,
    "lastname": 100,
    "email": 100,
    "idnumber": 255,
    "institution": 255,
    "department": 255,
    "city": 120,
    "country": 2,
    "lang": 30,
    "timezone": 100,
    "phone1": 20,
    "phone2": 20,
    "address": 255,
    "url": 255,
    "description": 10000,
}
# Compared and sorted by code point, whatever the language of the server: an index can then serve prefixes too.
KEYS = {
    "store_organization": ["slug"],
    "store_profilefield": ["shortname"],
    "store_person": ["username_key", "email_key", "email_claim", "lastname", "idnumber"],
    "store_account": ["login_key"],
    "store_profileuniquevalue": ["value"],
    "store_role": ["shortname"],
    "store_course": ["shortname"],
    "store_coursegroup": ["name"],
    "store_group": ["name"],
}


def compare_keys_by_code_point(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, columns in KEYS.items():
        changes = ", ".join(f'ALTER COLUMN "{column}" TYPE text COLLATE "C"' for column in columns)
        schema_editor.execute(f'ALTER TABLE "{table}" {changes}')


def text(default: str = "") -> models.Field[Any, Any]:
    return models.TextField(blank=True, default=default, db_default=default)


def moment() -> models.Field[Any, Any]:
    return models.DateTimeField(db_default=Now(), editable=False)


def one_of(column: str, values: str) -> models.Q:
    return models.Q(**{f"{column}__in": values.split()})


def unique(name: str, *fields: str, condition: models.Q | None = None) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=fields, condition=condition, name=name)


def check(name: str, condition: models.Q) -> models.CheckConstraint:
    return models.CheckConstraint(condition=condition, name=name)


def index(name: str, *fields: str, condition: models.Q | None = None) -> models.Index:
    return models.Index(fields=fields, condition=condition, name=name)


def table(
    name: str, fields: dict[str, models.Field[Any, Any]], *rules: models.BaseConstraint | models.Index
) -> Operation:
    key = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    options = {
        "constraints": [rule for rule in rules if isinstance(rule, models.BaseConstraint)],
        "indexes": [rule for rule in rules if isinstance(rule, models.Index)],
    }
    return migrations.CreateModel(name, [("id", key), *fields.items()], options)


def refer(
    to: str, on_delete: Any = models.PROTECT, *, related_name: str = "+", **options: Any
) -> models.Field[Any, Any]:
    return models.ForeignKey(f"store.{to}", on_delete, related_name=related_name, db_index=False, **options)


def lengths() -> models.Q:
    return reduce(and_, (models.Q(LessThanOrEqual(Length(column), most)) for column, most in LENGTHS.items()))


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        table(
            "Organization",
            {
                "slug": models.SlugField(db_index=False, max_length=100),
                "name": text(),
                "shared_email": models.BooleanField(default=False),
                "reference_version": models.BigIntegerField(default=0),
                "settings": models.JSONField(blank=True, default=dict),
                "created_at": moment(),
            },
            unique("organization_slug", "slug"),
        ),
        table(
            "ProfileField",
            {
                "organization": refer("organization"),
                "shortname": text(),
                "name": text(),
                "kind": text("text"),
                "options": models.JSONField(blank=True, default=list),
                "required": models.BooleanField(default=False),
                "unique": models.BooleanField(default=False),
                "locked": models.BooleanField(default=False),
                "default": text(),
                "position": models.IntegerField(default=0),
            },
            unique("profile_field_shortname", "organization", "shortname"),
            check("profile_field_has_a_shortname", ~models.Q(shortname="")),
            check(
                "profile_field_kind",
                one_of(
                    "kind", "boolean choice choices country date email language number phone region text time_zone url"
                ),
            ),
        ),
        table(
            "Person",
            {
                "organization": refer("organization", db_constraint=False),
                "version": models.BigIntegerField(),
                "username_key": models.TextField(null=True),
                "email_key": text(),
                "email_claim": models.TextField(null=True),
                "username": text(),
                "firstname": text(),
                "lastname": text(),
                "email": text(),
                "idnumber": text(),
                "institution": text(),
                "department": text(),
                "city": text(),
                "country": text(),
                "lang": text(),
                "timezone": text(),
                "phone1": text(),
                "phone2": text(),
                "address": text(),
                "url": text(),
                "description": text(),
                "site_role": text("learner"),
                "state": text("active"),
                "source": text("manual"),
                "profile": models.JSONField(blank=True, default=dict),
                "created_at": moment(),
            },
            unique("person_username", "organization", "username_key", condition=models.Q(username_key__isnull=False)),
            unique("person_email_claim", "organization", "email_claim", condition=models.Q(email_claim__isnull=False)),
            check(
                "person_site_role",
                one_of("site_role", "admin instructor learner manager owner parent vendor_manager viewer"),
            ),
            check("person_state", one_of("state", "active inactive removed")),
            check("person_source", one_of("source", "import manual")),
            check("person_lengths", lengths()),
            check("person_removed_without_keys", PRESENT | models.Q(username_key=None, email_key="", email_claim=None)),
            index("person_email", "organization", "email_key", "id", condition=PRESENT),
            index("person_lastname", "organization", "lastname", "id", condition=PRESENT),
            index("person_idnumber", "organization", "idnumber", condition=~models.Q(idnumber="") & PRESENT),
            index("person_inactive", "organization", "state", condition=models.Q(state="inactive")),
            index("person_manual", "organization", "source", condition=models.Q(source="manual") & PRESENT),
            index("person_role", "organization", "site_role", condition=~models.Q(site_role="learner") & PRESENT),
        ),
        table(
            "Account",
            {
                "password": models.CharField(max_length=128, verbose_name="password"),
                "last_login": models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                "organization": refer("organization", db_constraint=False),
                "person": models.OneToOneField(
                    null=True, on_delete=models.CASCADE, related_name="account", to="store.person"
                ),
                "login_key": models.TextField(null=True),
                "must_change": models.BooleanField(db_default=False, default=False),
            },
            unique("account_login_key", "login_key"),
        ),
        table(
            "ProfileUniqueValue",
            {
                "organization": refer("organization", db_constraint=False),
                "profile_field": refer("profilefield", models.CASCADE),
                "person": refer("person", models.CASCADE),
                "value": models.TextField(),
            },
            unique("profile_unique_value", "profile_field", "value"),
            unique("profile_unique_person", "person", "profile_field"),
        ),
        table(
            "Role",
            {
                "organization": refer("organization"),
                "shortname": text(),
                "name": text(),
                "archetype": text(),
                "assignable": models.BooleanField(default=True),
                "on_site": models.BooleanField(db_default=False, default=False),
            },
            unique("role_shortname", "organization", "shortname"),
            check("role_has_a_shortname", ~models.Q(shortname="")),
        ),
        table(
            "Course",
            {
                "organization": refer("organization"),
                "shortname": text(),
                "name": text(),
                "duration": models.IntegerField(db_default=0, default=0),
                "manual": models.BooleanField(db_default=True, default=True),
                "default_role": models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="store.role"
                ),
            },
            unique("course_shortname", "organization", "shortname"),
            check("course_has_a_shortname", ~models.Q(shortname="")),
        ),
        table(
            "CourseGroup",
            {
                "organization": refer("organization"),
                "course": refer("course"),
                "name": text(),
            },
            unique("course_group_name", "course", "name"),
            check("course_group_has_a_name", ~models.Q(name="")),
        ),
        table(
            "Enrolment",
            {
                "organization": refer("organization", db_constraint=False),
                "person": refer("person", models.CASCADE),
                "course": refer("course"),
                "role": refer("role"),
                "status": text("active"),
                "source": text("manual"),
                "start": models.DateTimeField(null=True),
                "end": models.DateTimeField(null=True),
                "progress": models.SmallIntegerField(db_default=0, default=0),
                "created_at": moment(),
            },
            unique("enrolment_live", "person", "course", "role", condition=LIVE),
            check("enrolment_status", one_of("status", "active ended suspended")),
            check("enrolment_source", one_of("source", "condition group import manual seat")),
            check("enrolment_progress", models.Q(progress__range=(0, 100))),
            index("enrolment_person", "person"),
            index("enrolment_course", "course", "person", condition=LIVE),
        ),
        table(
            "CourseGroupMember",
            {
                "organization": refer("organization", db_constraint=False),
                "person": refer("person", models.CASCADE),
                "course_group": refer("coursegroup"),
            },
            unique("course_group_member", "person", "course_group"),
            index("course_group_members", "course_group"),
        ),
        table(
            "Group",
            {
                "organization": refer("organization"),
                "parent": models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="children", to="store.group"
                ),
                "name": text(),
                "idnumber": text(),
                "kind": text("manual"),
                "conditions": models.JSONField(blank=True, default=list),
                "automatic_removal": models.BooleanField(default=False),
            },
            unique("group_name_below", "parent", "name"),
            unique("group_name_on_top", "organization", "name", condition=models.Q(parent=None, idnumber="")),
            unique("group_idnumber", "organization", "idnumber", condition=~models.Q(idnumber="")),
            check("group_has_a_name", ~models.Q(name="")),
            check("group_kind", one_of("kind", "conditional import manual")),
        ),
        table(
            "GroupMembership",
            {
                "organization": refer("organization", db_constraint=False),
                "group": refer("group"),
                "person": refer("person", models.CASCADE),
                "source": text("manual"),
            },
            unique("group_membership", "person", "group"),
            check("group_membership_source", one_of("source", "condition import manual")),
            index("group_members", "group"),
        ),
        table(
            "Import",
            {
                "organization": refer("organization"),
                "number": models.PositiveIntegerField(),
                "kind": text("import"),
                "preset": text(),
                "policy": models.JSONField(blank=True, default=dict),
                "file_name": text(),
                "sha256": text(),
                "key": models.TextField(null=True),
                "order": models.JSONField(blank=True, default=dict),
                "note": text(),
                "state": text("staged"),
                "started_by": refer("person", models.DO_NOTHING, db_constraint=False, null=True),
                "created_at": moment(),
                "planned_at": models.DateTimeField(null=True),
                "applied_at": models.DateTimeField(null=True),
                "figures": models.JSONField(blank=True, default=dict),
                "plan_head": models.JSONField(blank=True, default=dict),
                "first": models.JSONField(blank=True, default=dict),
                "stamp": models.BigIntegerField(null=True),
                "file_removed_at": models.DateTimeField(null=True),
                "plan_removed_at": models.DateTimeField(null=True),
                "undoes": models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="undone_by", to="store.import"
                ),
                "split_from": models.ForeignKey(
                    null=True, on_delete=models.PROTECT, related_name="+", to="store.import"
                ),
                "moves": models.PositiveIntegerField(db_default=0, default=0),
                "planned_moves": models.PositiveIntegerField(db_default=0, default=0),
            },
            unique("import_number", "organization", "number"),
            unique("import_key", "organization", "key"),
            check("import_kind", one_of("kind", "import undo")),
            check(
                "import_state",
                one_of("state", "applied awaiting cancelled dropped failed nothing_to_do planned staged undone"),
            ),
        ),
        table(
            "Step",
            {
                "organization": refer("organization", db_constraint=False),
                "of_import": refer("import", models.CASCADE, db_column="import_id"),
                "by": refer("person", models.DO_NOTHING, db_constraint=False, null=True),
                "state": text("done"),
                "move": models.PositiveIntegerField(db_default=0, default=0),
            },
            check("step_state", one_of("state", "done dropped undone")),
            index("step_order", "of_import", "id"),
        ),
        table(
            "Edit",
            {
                "organization": refer("organization", db_constraint=False),
                "of_import": refer("import", models.CASCADE, db_column="import_id", related_name="edits"),
                "step": refer("step", models.DO_NOTHING, db_constraint=False),
                "row": models.BigIntegerField(),
                "column": text(),
                "old": text(),
                "new": text(),
            },
            index("edit_place", "of_import", "row", "id"),
            index("edit_left_out", "of_import", condition=models.Q(column="")),
        ),
        table(
            "Artifact",
            {
                "organization": refer("organization", db_constraint=False),
                "of_import": refer("import", models.CASCADE, db_column="import_id"),
                "kind": text(),
                "part": models.IntegerField(),
                "name": text(),
                "data": models.BinaryField(),
                "rows": models.BigIntegerField(),
                "min_person": models.BigIntegerField(null=True),
                "max_person": models.BigIntegerField(null=True),
                "fingerprint": text(),
                "created_at": moment(),
            },
            unique("artifact_place", "of_import", "kind", "part", "name"),
            index("artifact_people", "organization", "max_person", "min_person"),
        ),
        table(
            "Secret",
            {
                "organization": refer("organization", db_constraint=False),
                "of_import": refer("import", models.CASCADE, db_column="import_id", db_constraint=False),
                "line": models.BigIntegerField(),
                "sealed": text(),
                "weak": models.BooleanField(db_default=False, default=False),
                "state": text("given"),
                "person": models.BigIntegerField(null=True),
                "force": models.BooleanField(db_default=False, default=False),
            },
            unique("secret_place", "of_import", "line"),
            check("secret_state", one_of("state", "generated given hashed sending")),
            index("secret_person", "person", condition=models.Q(person__isnull=False)),
        ),
        table(
            "Activity",
            {
                "organization": refer("organization", db_constraint=False),
                "at": moment(),
                "by": refer("person", models.DO_NOTHING, db_constraint=False, null=True),
                "action": text(),
                "person": models.BigIntegerField(null=True),
                "fields": models.JSONField(blank=True, default=list),
                "cells": models.JSONField(blank=True, default=list),
                "note": text(),
            },
            index("activity_order", "organization", "id"),
            index("activity_person", "person", condition=models.Q(person__isnull=False)),
        ),
        table(
            "Erasure",
            {
                "organization": refer("organization", db_constraint=False),
                "at": moment(),
                "identity": text(),
                "username": text(),
            },
            unique("erasure_identity", "identity"),
            index("erasure_username", "organization", "username"),
        ),
        table(
            "RememberedHeader",
            {
                "organization": refer("organization"),
                "key": text(),
                "header": text(),
                "field": text(),
                "by": refer("person", models.DO_NOTHING, db_constraint=False, null=True),
                "at": moment(),
            },
            unique("remembered_header_key", "organization", "key"),
        ),
        migrations.RunPython(compare_keys_by_code_point, migrations.RunPython.noop),
    ]
