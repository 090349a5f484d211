import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


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
    ]
