"""Named conditions of groups, and imports that change conditions.

No group has used the columns that are removed.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def key() -> models.Field[Any, Any]:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def text(default: str = "") -> models.Field[str, str]:
    return models.TextField(blank=True, default=default, db_default=default)


def refer(to: str) -> models.Field[Any, Any]:
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(db_index=False, on_delete=protect, related_name="+", to=f"store.{to}")


def one_of(column: str, *values: str) -> models.Q:
    return models.Q(**{f"{column}__in": sorted(values)})


class Migration(migrations.Migration):
    dependencies = [("store", "0010_import_made_groups")]

    operations = [
        migrations.CreateModel(
            "Condition",
            [
                ("id", key()),
                ("organization", refer("organization")),
                ("name", text()),
                ("match", text("all")),
                ("removal", models.BooleanField(default=False)),
                ("clauses", text("[]")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["organization", "name"], name="condition_name"),
                    models.CheckConstraint(condition=~models.Q(name=""), name="condition_has_a_name"),
                    models.CheckConstraint(condition=one_of("match", "all", "any"), name="condition_match"),
                ],
            },
        ),
        migrations.CreateModel(
            "GroupCondition",
            [
                ("id", key()),
                ("organization", refer("organization")),
                ("group", refer("group")),
                ("condition", refer("condition")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["group", "condition"], name="group_condition")],
            },
        ),
        migrations.RemoveField("Group", "conditions"),
        migrations.RemoveField("Group", "automatic_removal"),
        migrations.RemoveConstraint("Import", "import_kind"),
        migrations.AddConstraint(
            "Import",
            models.CheckConstraint(condition=one_of("kind", "change", "import", "undo"), name="import_kind"),
        ),
    ]
