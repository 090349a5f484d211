"""Links with which people choose a password."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def text() -> models.Field[str, str]:
    return models.TextField(blank=True, default="", db_default="")


class Migration(migrations.Migration):
    dependencies = [("store", "0003_course_url")]

    operations = [
        migrations.CreateModel(
            "AccountToken",
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("purpose", text()),
                ("hash", text()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person", "purpose"], name="account_token_purpose"),
                    models.UniqueConstraint(fields=["hash"], name="account_token_hash"),
                    models.CheckConstraint(
                        condition=models.Q(purpose__in=["activate", "reset"]), name="account_token_purposes"
                    ),
                ]
            },
        )
    ]
