import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
                ("shortname", models.TextField(blank=True, db_default="", default="")),
                ("name", models.TextField(blank=True, db_default="", default="")),
                ("archetype", models.TextField(blank=True, db_default="", default="")),
                ("assignable", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "shortname"), name="role_shortname"),
                    models.CheckConstraint(
                        condition=models.Q(("shortname", ""), _negated=True), name="role_has_a_shortname"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
                ("shortname", models.TextField(blank=True, db_default="", default="")),
                ("name", models.TextField(blank=True, db_default="", default="")),
                (
                    "default_role",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.role"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "shortname"), name="course_shortname"),
                    models.CheckConstraint(
                        condition=models.Q(("shortname", ""), _negated=True), name="course_has_a_shortname"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.course"
                    ),
                ),
                ("name", models.TextField(blank=True, db_default="", default="")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("course", "name"), name="course_group_name"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="course_group_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.person"
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.course"
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.role"
                    ),
                ),
                ("status", models.TextField(blank=True, db_default="active", default="active")),
                ("start", models.DateTimeField(null=True)),
                ("end", models.DateTimeField(null=True)),
                ("progress", models.SmallIntegerField(db_default=0, default=0)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person"], name="enrolment_person"),
                    models.Index(
                        condition=models.Q(("status", "ended"), _negated=True),
                        fields=["course"],
                        name="enrolment_course",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "ended"), _negated=True),
                        fields=("person", "course", "role"),
                        name="enrolment_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "ended", "suspended"])), name="enrolment_status"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__range", (0, 100))), name="enrolment_progress"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseGroupMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.person"
                    ),
                ),
                (
                    "course_group",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.coursegroup",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["course_group"], name="course_group_members")],
                "constraints": [models.UniqueConstraint(fields=("person", "course_group"), name="course_group_member")],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="store.group",
                    ),
                ),
                ("name", models.TextField(blank=True, db_default="", default="")),
                ("kind", models.TextField(blank=True, db_default="manual", default="manual")),
                ("conditions", models.JSONField(blank=True, default=list)),
                ("automatic_removal", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("parent", "name"), name="group_name_below"),
                    models.UniqueConstraint(
                        condition=models.Q(("parent", None)), fields=("organization", "name"), name="group_name_on_top"
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="group_has_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["conditional", "import", "manual"])), name="group_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.group"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.person"
                    ),
                ),
                ("source", models.TextField(blank=True, db_default="manual", default="manual")),
            ],
            options={
                "indexes": [models.Index(fields=["group"], name="group_members")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "group"), name="group_membership"),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["conditional", "import", "manual"])),
                        name="group_membership_source",
                    ),
                ],
            },
        ),
        migrations.RunPython(compare_keys_by_code_point, migrations.RunPython.noop),
    ]
