"""Requests for new passwords."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "PasswordRequest",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.BigIntegerField(null=True)),
                ("sealed", models.TextField(blank=True, default="", db_default="")),
                ("taken_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
            ],
        )
    ]
