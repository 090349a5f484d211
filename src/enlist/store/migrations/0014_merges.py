"""People who were merged into others."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def person() -> models.Field[Any, Any]:
    cascade = django.db.models.deletion.CASCADE
    return models.ForeignKey(db_index=False, on_delete=cascade, related_name="+", to="store.person")


class Migration(migrations.Migration):
    dependencies = [("store", "0013_departures")]

    operations = [
        migrations.CreateModel(
            "Merge",
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
                ("person", person()),
                ("merged_into", person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person"], name="merge_once"),
                    models.CheckConstraint(condition=~models.Q(person=models.F("merged_into")), name="merge_of_two"),
                ],
                "indexes": [models.Index(fields=["merged_into"], name="merge_into")],
            },
        ),
    ]
