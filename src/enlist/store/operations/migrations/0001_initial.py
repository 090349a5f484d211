"""All tables of the operations."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Now


def serial() -> models.Field[Any, Any]:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def text(default: str = "") -> models.Field[Any, Any]:
    return models.TextField(blank=True, default=default, db_default=default)


def moment() -> models.Field[Any, Any]:
    return models.DateTimeField(db_default=Now(), editable=False)


def one_of(column: str, values: str) -> models.Q:
    return models.Q(**{f"{column}__in": values.split()})


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("id", serial()),
                ("organization_id", models.BigIntegerField()),
                ("subject", text()),
                ("owner", text()),
                ("heartbeat", models.DateTimeField()),
                ("fence", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["organization_id", "subject"], name="lease_subject")]
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", serial()),
                ("organization_id", models.BigIntegerField()),
                ("kind", text()),
                ("import_number", models.PositiveIntegerField(null=True)),
                ("by", models.BigIntegerField(null=True)),
                ("arguments", models.JSONField(blank=True, default=dict)),
                ("background", models.BooleanField(default=False)),
                ("state", text("queued")),
                ("started_at", moment()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("cancel", models.BooleanField(default=False)),
                ("phase", text()),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("phase_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("message", text()),
                ("hint", text()),
                ("created_at", moment()),
                ("ended_at", models.DateTimeField(null=True)),
                ("seen", models.BooleanField(db_default=False, default=False)),
                ("mailed", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=one_of("state", "cancelled done failed queued running"), name="job_state"
                    ),
                    models.UniqueConstraint(
                        fields=["organization_id", "import_number"],
                        condition=one_of("state", "queued running"),
                        name="job_open_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "id"], name="job_queue"),
                    models.Index(fields=["organization_id", "import_number", "id"], name="job_of_import"),
                    models.Index(fields=["organization_id", "by"], name="job_unseen", condition=models.Q(seen=False)),
                ],
            },
        ),
        migrations.CreateModel(
            name="FailedAttempts",
            fields=[
                ("id", serial()),
                ("key", text()),
                ("in_minute", models.PositiveIntegerField(default=0)),
                ("minute_start", models.DateTimeField()),
                ("in_a_row", models.PositiveIntegerField(default=0)),
                ("last_attempt", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["key"], name="failed_attempts_key")]},
        ),
    ]
