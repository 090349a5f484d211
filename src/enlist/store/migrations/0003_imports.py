import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_courses")]

    operations = [
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
    ]
