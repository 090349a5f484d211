"""Courses that groups give their members."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def refer(to: str) -> models.Field[Any, Any]:
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(db_index=False, on_delete=protect, related_name="+", to=f"store.{to}")


class Migration(migrations.Migration):
    dependencies = [("store", "0011_conditions")]

    operations = [
        migrations.CreateModel(
            "GroupCourse",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("organization", refer("organization")),
                ("group", refer("group")),
                ("course", refer("course")),
                ("role", refer("role")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["group", "course", "role"], name="group_course")],
            },
        ),
    ]
