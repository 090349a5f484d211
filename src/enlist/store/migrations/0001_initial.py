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
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(db_index=False, max_length=100)),
                ("name", models.TextField(blank=True, db_default="", default="")),
                ("shared_email", models.BooleanField(default=False)),
                ("reference_version", models.BigIntegerField(default=0)),
                ("settings", models.JSONField(blank=True, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("slug",), name="organization_slug")],
            },
        ),
        migrations.CreateModel(
            name="ProfileField",
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
                ("kind", models.TextField(blank=True, db_default="text", default="text")),
                ("options", models.JSONField(blank=True, default=list)),
                ("required", models.BooleanField(default=False)),
                ("unique", models.BooleanField(default=False)),
                ("locked", models.BooleanField(default=False)),
                ("default", models.TextField(blank=True, db_default="", default="")),
                ("position", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "shortname"), name="profile_field_shortname"),
                    models.CheckConstraint(
                        condition=models.Q(("shortname", ""), _negated=True), name="profile_field_has_a_shortname"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
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
                ("version", models.BigIntegerField()),
                ("username_key", models.TextField(null=True)),
                ("email_key", models.TextField(blank=True, db_default="", default="")),
                ("email_claim", models.TextField(null=True)),
                ("username", models.TextField(blank=True, db_default="", default="")),
                ("firstname", models.TextField(blank=True, db_default="", default="")),
                ("lastname", models.TextField(blank=True, db_default="", default="")),
                ("email", models.TextField(blank=True, db_default="", default="")),
                ("idnumber", models.TextField(blank=True, db_default="", default="")),
                ("institution", models.TextField(blank=True, db_default="", default="")),
                ("department", models.TextField(blank=True, db_default="", default="")),
                ("city", models.TextField(blank=True, db_default="", default="")),
                ("country", models.TextField(blank=True, db_default="", default="")),
                ("lang", models.TextField(blank=True, db_default="", default="")),
                ("timezone", models.TextField(blank=True, db_default="", default="")),
                ("phone1", models.TextField(blank=True, db_default="", default="")),
                ("phone2", models.TextField(blank=True, db_default="", default="")),
                ("address", models.TextField(blank=True, db_default="", default="")),
                ("url", models.TextField(blank=True, db_default="", default="")),
                ("description", models.TextField(blank=True, db_default="", default="")),
                ("site_role", models.TextField(blank=True, db_default="learner", default="learner")),
                ("state", models.TextField(blank=True, db_default="active", default="active")),
                ("source", models.TextField(blank=True, db_default="manual", default="manual")),
                ("profile", models.JSONField(blank=True, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "removed"), _negated=True),
                        fields=["organization", "email_key", "id"],
                        name="person_email",
                    ),
                    models.Index(
                        condition=models.Q(("state", "removed"), _negated=True),
                        fields=["organization", "lastname", "id"],
                        name="person_lastname",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("idnumber", ""), _negated=True), models.Q(("state", "removed"), _negated=True)
                        ),
                        fields=["organization", "idnumber"],
                        name="person_idnumber",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("username_key__isnull", False)),
                        fields=("organization", "username_key"),
                        name="person_username",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("email_claim__isnull", False)),
                        fields=("organization", "email_claim"),
                        name="person_email_claim",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "site_role__in",
                                ["admin", "instructor", "learner", "manager", "owner", "parent", "viewer"],
                            )
                        ),
                        name="person_site_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "inactive", "removed"])), name="person_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["import", "manual"])), name="person_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("username"), 100
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("firstname"), 100
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("lastname"), 100
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("email"), 100
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("idnumber"), 255
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("institution"), 255
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("department"), 255
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("city"), 120
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("country"), 2
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("lang"), 30
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("timezone"), 100
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("phone1"), 20
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("phone2"), 20
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("address"), 255
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("url"), 255
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("description"), 10000
                            ),
                        ),
                        name="person_lengths",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "removed"), _negated=True),
                            models.Q(("email_claim", None), ("email_key", ""), ("username_key", None)),
                            _connector="OR",
                        ),
                        name="person_removed_without_keys",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
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
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="account",
                        to="store.person",
                    ),
                ),
                ("login_key", models.TextField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("login_key",), name="account_login_key")],
            },
        ),
        migrations.CreateModel(
            name="ProfileUniqueValue",
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
                    "profile_field",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.profilefield",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.person"
                    ),
                ),
                ("value", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("profile_field", "value"), name="profile_unique_value"),
                    models.UniqueConstraint(fields=("person", "profile_field"), name="profile_unique_person"),
                ],
            },
        ),
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
        migrations.CreateModel(
            name="Import",
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
                ("number", models.PositiveIntegerField()),
                ("kind", models.TextField(blank=True, db_default="import", default="import")),
                ("preset", models.TextField(blank=True, db_default="", default="")),
                ("policy", models.JSONField(blank=True, default=dict)),
                ("file_name", models.TextField(blank=True, db_default="", default="")),
                ("sha256", models.TextField(blank=True, db_default="", default="")),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("state", models.TextField(blank=True, db_default="staged", default="staged")),
                (
                    "started_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("planned_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("figures", models.JSONField(blank=True, default=dict)),
                ("plan_head", models.JSONField(blank=True, default=dict)),
                ("first_person", models.BigIntegerField(null=True)),
                ("first_course_group", models.BigIntegerField(null=True)),
                ("stamp", models.BigIntegerField(null=True)),
                (
                    "undoes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="store.import",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "number"), name="import_number"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["import", "undo"])), name="import_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["applied", "failed", "nothing_to_do", "planned", "staged", "undone"])
                        ),
                        name="import_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Edit",
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
                    "of_import",
                    models.ForeignKey(
                        db_column="import_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="store.import",
                    ),
                ),
                ("row", models.BigIntegerField()),
                ("column", models.TextField(blank=True, db_default="", default="")),
                ("old", models.TextField(blank=True, db_default="", default="")),
                ("new", models.TextField(blank=True, db_default="", default="")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["of_import", "row", "id"], name="edit_place")],
            },
        ),
        migrations.CreateModel(
            name="Artifact",
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
                    "of_import",
                    models.ForeignKey(
                        db_column="import_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.import",
                    ),
                ),
                ("kind", models.TextField(blank=True, db_default="", default="")),
                ("part", models.IntegerField()),
                ("name", models.TextField(blank=True, db_default="", default="")),
                ("data", models.BinaryField()),
                ("rows", models.BigIntegerField()),
                ("min_person", models.BigIntegerField(null=True)),
                ("max_person", models.BigIntegerField(null=True)),
                ("fingerprint", models.TextField(blank=True, db_default="", default="")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "max_person", "min_person"], name="artifact_people")],
                "constraints": [
                    models.UniqueConstraint(fields=("of_import", "kind", "part", "name"), name="artifact_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="Lease",
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
                ("owner", models.TextField(blank=True, db_default="", default="")),
                ("heartbeat", models.DateTimeField()),
                ("fence", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization",), name="lease_organization")],
            },
        ),
        migrations.RunPython(compare_keys_by_code_point, migrations.RunPython.noop),
    ]
