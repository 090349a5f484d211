"""Leaving dates of people and imports that carry them out, and which values were entered manually."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def text(default: str = "") -> models.Field[str, str]:
    return models.TextField(blank=True, default=default, db_default=default)


class Migration(migrations.Migration):
    dependencies = [("store", "0012_group_courses")]

    operations = [
        migrations.CreateModel(
            "Departure",
            [
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("leaves_on", text()),
                ("source", text("manual")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person"], name="departure_once"),
                    models.CheckConstraint(condition=~models.Q(leaves_on=""), name="departure_day"),
                    models.CheckConstraint(
                        condition=models.Q(source__in=["absence", "import", "manual"]), name="departure_source"
                    ),
                ],
                "indexes": [models.Index(fields=["organization", "leaves_on"], name="departure_due")],
            },
        ),
        migrations.CreateModel(
            "ManualEdit",
            [
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("field", text()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["person", "field"], name="manual_edit_once")],
            },
        ),
        migrations.RemoveConstraint("Import", "import_kind"),
        migrations.AddConstraint(
            "Import",
            models.CheckConstraint(
                condition=models.Q(kind__in=["change", "import", "scheduled", "undo"]), name="import_kind"
            ),
        ),
    ]
