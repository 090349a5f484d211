"""All tables of the directory."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
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


def serial() -> models.Field[Any, Any]:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def text(default: str = "") -> models.Field[Any, Any]:
    return models.TextField(blank=True, default=default, db_default=default)


def moment() -> models.Field[Any, Any]:
    return models.DateTimeField(db_default=Now(), editable=False)


def one_of(column: str, values: str) -> models.Q:
    return models.Q(**{f"{column}__in": values.split()})


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
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", serial()),
                ("slug", models.SlugField(db_index=False, max_length=100)),
                ("name", text()),
                ("shared_email", models.BooleanField(default=False)),
                ("reference_version", models.BigIntegerField(default=0)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("created_at", moment()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["slug"], name="organization_slug")]},
        ),
        migrations.CreateModel(
            name="ProfileField",
            fields=[
                ("id", serial()),
                ("organization", refer("organization")),
                ("shortname", text()),
                ("name", text()),
                ("kind", text("text")),
                ("options", models.JSONField(blank=True, default=list)),
                ("required", models.BooleanField(default=False)),
                ("unique", models.BooleanField(default=False)),
                ("locked", models.BooleanField(default=False)),
                ("default", text()),
                ("position", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["organization", "shortname"], name="profile_field_shortname"),
                    models.CheckConstraint(condition=~models.Q(shortname=""), name="profile_field_has_a_shortname"),
                    models.CheckConstraint(
                        condition=one_of(
                            "kind",
                            "boolean choice choices country date email language number phone region text time_zone url",
                        ),
                        name="profile_field_kind",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("version", models.BigIntegerField()),
                ("username_key", models.TextField(null=True)),
                ("email_key", text()),
                ("email_claim", models.TextField(null=True)),
                ("username", text()),
                ("firstname", text()),
                ("lastname", text()),
                ("email", text()),
                ("idnumber", text()),
                ("institution", text()),
                ("department", text()),
                ("city", text()),
                ("country", text()),
                ("lang", text()),
                ("timezone", text()),
                ("phone1", text()),
                ("phone2", text()),
                ("address", text()),
                ("url", text()),
                ("description", text()),
                ("site_role", text("learner")),
                ("state", text("active")),
                ("source", text("manual")),
                ("profile", models.JSONField(blank=True, default=dict)),
                ("created_at", moment()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization", "username_key"],
                        condition=models.Q(username_key__isnull=False),
                        name="person_username",
                    ),
                    models.UniqueConstraint(
                        fields=["organization", "email_claim"],
                        condition=models.Q(email_claim__isnull=False),
                        name="person_email_claim",
                    ),
                    models.CheckConstraint(
                        condition=one_of(
                            "site_role", "admin instructor learner manager owner parent vendor_manager viewer"
                        ),
                        name="person_site_role",
                    ),
                    models.CheckConstraint(condition=one_of("state", "active inactive removed"), name="person_state"),
                    models.CheckConstraint(condition=one_of("source", "import manual"), name="person_source"),
                    models.CheckConstraint(condition=lengths(), name="person_lengths"),
                    models.CheckConstraint(
                        condition=PRESENT | models.Q(username_key=None, email_key="", email_claim=None),
                        name="person_removed_without_keys",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["organization", "email_key", "id"], condition=PRESENT, name="person_email"),
                    models.Index(fields=["organization", "lastname", "id"], condition=PRESENT, name="person_lastname"),
                    models.Index(
                        fields=["organization", "idnumber"],
                        condition=~models.Q(idnumber="") & PRESENT,
                        name="person_idnumber",
                    ),
                    models.Index(
                        fields=["organization", "state"], condition=models.Q(state="inactive"), name="person_inactive"
                    ),
                    models.Index(
                        fields=["organization", "source"],
                        condition=models.Q(source="manual") & PRESENT,
                        name="person_manual",
                    ),
                    models.Index(
                        fields=["organization", "site_role"],
                        condition=~models.Q(site_role="learner") & PRESENT,
                        name="person_role",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", serial()),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("organization", refer("organization", db_constraint=False)),
                (
                    "person",
                    models.OneToOneField(
                        null=True, on_delete=models.CASCADE, related_name="account", to="store.person"
                    ),
                ),
                ("login_key", models.TextField(null=True)),
                ("must_change", models.BooleanField(db_default=False, default=False)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["login_key"], name="account_login_key")]},
        ),
        migrations.CreateModel(
            name="ProfileUniqueValue",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("profile_field", refer("profilefield", models.CASCADE)),
                ("person", refer("person", models.CASCADE)),
                ("value", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["profile_field", "value"], name="profile_unique_value"),
                    models.UniqueConstraint(fields=["person", "profile_field"], name="profile_unique_person"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", serial()),
                ("organization", refer("organization")),
                ("shortname", text()),
                ("name", text()),
                ("archetype", text()),
                ("assignable", models.BooleanField(default=True)),
                ("on_site", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["organization", "shortname"], name="role_shortname"),
                    models.CheckConstraint(condition=~models.Q(shortname=""), name="role_has_a_shortname"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", serial()),
                ("organization", refer("organization")),
                ("shortname", text()),
                ("name", text()),
                ("duration", models.IntegerField(db_default=0, default=0)),
                ("manual", models.BooleanField(db_default=True, default=True)),
                (
                    "default_role",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="store.role"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["organization", "shortname"], name="course_shortname"),
                    models.CheckConstraint(condition=~models.Q(shortname=""), name="course_has_a_shortname"),
                ]
            },
        ),
        migrations.CreateModel(
            name="CourseGroup",
            fields=[
                ("id", serial()),
                ("organization", refer("organization")),
                ("course", refer("course")),
                ("name", text()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["course", "name"], name="course_group_name"),
                    models.CheckConstraint(condition=~models.Q(name=""), name="course_group_has_a_name"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("person", refer("person", models.CASCADE)),
                ("course", refer("course")),
                ("role", refer("role")),
                ("status", text("active")),
                ("source", text("manual")),
                ("start", models.DateTimeField(null=True)),
                ("end", models.DateTimeField(null=True)),
                ("progress", models.SmallIntegerField(db_default=0, default=0)),
                ("created_at", moment()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person", "course", "role"], condition=LIVE, name="enrolment_live"),
                    models.CheckConstraint(
                        condition=one_of("status", "active ended suspended"), name="enrolment_status"
                    ),
                    models.CheckConstraint(
                        condition=one_of("source", "condition group import manual seat"), name="enrolment_source"
                    ),
                    models.CheckConstraint(condition=models.Q(progress__range=(0, 100)), name="enrolment_progress"),
                ],
                "indexes": [
                    models.Index(fields=["person"], name="enrolment_person"),
                    models.Index(fields=["course", "person"], condition=LIVE, name="enrolment_course"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseGroupMember",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("person", refer("person", models.CASCADE)),
                ("course_group", refer("coursegroup")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["person", "course_group"], name="course_group_member")],
                "indexes": [models.Index(fields=["course_group"], name="course_group_members")],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", serial()),
                ("organization", refer("organization")),
                (
                    "parent",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="children", to="store.group"),
                ),
                ("name", text()),
                ("idnumber", text()),
                ("kind", text("manual")),
                ("conditions", models.JSONField(blank=True, default=list)),
                ("automatic_removal", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["parent", "name"], name="group_name_below"),
                    models.UniqueConstraint(
                        fields=["organization", "name"],
                        condition=models.Q(parent=None, idnumber=""),
                        name="group_name_on_top",
                    ),
                    models.UniqueConstraint(
                        fields=["organization", "idnumber"], condition=~models.Q(idnumber=""), name="group_idnumber"
                    ),
                    models.CheckConstraint(condition=~models.Q(name=""), name="group_has_a_name"),
                    models.CheckConstraint(condition=one_of("kind", "conditional import manual"), name="group_kind"),
                ]
            },
        ),
        migrations.CreateModel(
            name="GroupMembership",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("group", refer("group")),
                ("person", refer("person", models.CASCADE)),
                ("source", text("manual")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person", "group"], name="group_membership"),
                    models.CheckConstraint(
                        condition=one_of("source", "condition import manual"), name="group_membership_source"
                    ),
                ],
                "indexes": [models.Index(fields=["group"], name="group_members")],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", serial()),
                ("organization", refer("organization")),
                ("number", models.PositiveIntegerField()),
                ("kind", text("import")),
                ("preset", text()),
                ("policy", models.JSONField(blank=True, default=dict)),
                ("file_name", text()),
                ("sha256", text()),
                ("key", models.TextField(null=True)),
                ("order", models.JSONField(blank=True, default=dict)),
                ("note", text()),
                ("state", text("staged")),
                ("started_by", refer("person", models.DO_NOTHING, db_constraint=False, null=True)),
                ("created_at", moment()),
                ("planned_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("figures", models.JSONField(blank=True, default=dict)),
                ("plan_head", models.JSONField(blank=True, default=dict)),
                ("first", models.JSONField(blank=True, default=dict)),
                ("stamp", models.BigIntegerField(null=True)),
                ("file_removed_at", models.DateTimeField(null=True)),
                ("plan_removed_at", models.DateTimeField(null=True)),
                (
                    "undoes",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="undone_by", to="store.import"),
                ),
                (
                    "split_from",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="store.import"),
                ),
                ("moves", models.PositiveIntegerField(db_default=0, default=0)),
                ("planned_moves", models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["organization", "number"], name="import_number"),
                    models.UniqueConstraint(fields=["organization", "key"], name="import_key"),
                    models.CheckConstraint(condition=one_of("kind", "import undo"), name="import_kind"),
                    models.CheckConstraint(
                        condition=one_of(
                            "state", "applied cancelled dropped failed held nothing_to_do planned staged undone"
                        ),
                        name="import_state",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("of_import", refer("import", models.CASCADE, db_column="import_id")),
                ("by", refer("person", models.DO_NOTHING, db_constraint=False, null=True)),
                ("state", text("done")),
                ("move", models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=one_of("state", "done dropped undone"), name="step_state")
                ],
                "indexes": [models.Index(fields=["of_import", "id"], name="step_order")],
            },
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("of_import", refer("import", models.CASCADE, db_column="import_id", related_name="edits")),
                ("step", refer("step", models.DO_NOTHING, db_constraint=False)),
                ("row", models.BigIntegerField()),
                ("column", text()),
                ("old", text()),
                ("new", text()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["of_import", "row", "id"], name="edit_place"),
                    models.Index(fields=["of_import"], name="edit_left_out", condition=models.Q(column="")),
                ]
            },
        ),
        migrations.CreateModel(
            name="Artifact",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("of_import", refer("import", models.CASCADE, db_column="import_id")),
                ("kind", text()),
                ("part", models.IntegerField()),
                ("name", text()),
                ("data", models.BinaryField()),
                ("rows", models.BigIntegerField()),
                ("min_person", models.BigIntegerField(null=True)),
                ("max_person", models.BigIntegerField(null=True)),
                ("fingerprint", text()),
                ("created_at", moment()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["of_import", "kind", "part", "name"], name="artifact_place")
                ],
                "indexes": [models.Index(fields=["organization", "max_person", "min_person"], name="artifact_people")],
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("of_import", refer("import", models.CASCADE, db_column="import_id", db_constraint=False)),
                ("line", models.BigIntegerField()),
                ("sealed", text()),
                ("weak", models.BooleanField(db_default=False, default=False)),
                ("state", text("given")),
                ("person", models.BigIntegerField(null=True)),
                ("force", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["of_import", "line"], name="secret_place"),
                    models.CheckConstraint(
                        condition=one_of("state", "generated given hashed sending"), name="secret_state"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["person"], condition=models.Q(person__isnull=False), name="secret_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("at", moment()),
                ("by", refer("person", models.DO_NOTHING, db_constraint=False, null=True)),
                ("action", text()),
                ("person", models.BigIntegerField(null=True)),
                ("fields", models.JSONField(blank=True, default=list)),
                ("cells", models.JSONField(blank=True, default=list)),
                ("note", text()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "id"], name="activity_order"),
                    models.Index(fields=["person"], condition=models.Q(person__isnull=False), name="activity_person"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", serial()),
                ("organization", refer("organization", db_constraint=False)),
                ("at", moment()),
                ("identity", text()),
                ("username", text()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["identity"], name="erasure_identity")],
                "indexes": [models.Index(fields=["organization", "username"], name="erasure_username")],
            },
        ),
        migrations.CreateModel(
            name="RememberedHeader",
            fields=[
                ("id", serial()),
                ("organization", refer("organization")),
                ("key", text()),
                ("header", text()),
                ("field", text()),
                ("by", refer("person", models.DO_NOTHING, db_constraint=False, null=True)),
                ("at", moment()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["organization", "key"], name="remembered_header_key")]
            },
        ),
        migrations.RunPython(compare_keys_by_code_point, migrations.RunPython.noop),
    ]
