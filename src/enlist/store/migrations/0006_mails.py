"""The outbox: mails that are sent after a commit."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


def text(default: str = "") -> models.Field[Any, Any]:
    return models.TextField(blank=True, default=default, db_default=default)


def to(model: str, on_delete: Any) -> models.Field[Any, Any]:
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=on_delete, related_name="+", to=f"store.{model}"
    )


class Migration(migrations.Migration):
    dependencies = [("store", "0005_terms")]

    operations = [
        migrations.CreateModel(
            "Mail",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", to("organization", django.db.models.deletion.PROTECT)),
                ("person", to("person", django.db.models.deletion.CASCADE)),
                ("purpose", text()),
                ("edition", models.PositiveIntegerField(default=1, db_default=1)),
                ("import_number", models.PositiveIntegerField(null=True)),
                ("state", text("due")),
                ("due_at", models.DateTimeField(db_default=Now())),
                ("taken_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0, db_default=0)),
                ("problem", text()),
                ("changed_at", models.DateTimeField(db_default=Now())),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person", "purpose"], name="mail_person_purpose"),
                    models.CheckConstraint(condition=models.Q(purpose__in=["invitation"]), name="mail_purpose"),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["dropped", "due", "refused", "sent"]), name="mail_state"
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(state="due"), fields=["organization", "due_at"], name="mail_due"),
                    models.Index(
                        condition=models.Q(taken_at__isnull=False),
                        fields=["organization", "taken_at"],
                        name="mail_taken",
                    ),
                ],
            },
        )
    ]
