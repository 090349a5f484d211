"""All tables of the operations."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Now


def text(default: str = "") -> models.Field[Any, Any]:
    return models.TextField(blank=True, default=default, db_default=default)


def moment() -> models.Field[Any, Any]:
    return models.DateTimeField(db_default=Now(), editable=False)


def one_of(column: str, values: str) -> models.Q:
    return models.Q(**{f"{column}__in": values.split()})


def unique(name: str, *fields: str, condition: models.Q | None = None) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=fields, condition=condition, name=name)


def check(name: str, condition: models.Q) -> models.CheckConstraint:
    return models.CheckConstraint(condition=condition, name=name)


def index(name: str, *fields: str, condition: models.Q | None = None) -> models.Index:
    return models.Index(fields=fields, condition=condition, name=name)


def table(
    name: str, fields: dict[str, models.Field[Any, Any]], *rules: models.BaseConstraint | models.Index
) -> Operation:
    key = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    options = {
        "constraints": [rule for rule in rules if isinstance(rule, models.BaseConstraint)],
        "indexes": [rule for rule in rules if isinstance(rule, models.Index)],
    }
    return migrations.CreateModel(name, [("id", key), *fields.items()], options)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        table(
            "Lease",
            {
                "organization_id": models.BigIntegerField(),
                "subject": text(),
                "owner": text(),
                "heartbeat": models.DateTimeField(),
                "fence": models.BigIntegerField(default=0),
            },
            unique("lease_subject", "organization_id", "subject"),
        ),
        table(
            "Job",
            {
                "organization_id": models.BigIntegerField(),
                "kind": text(),
                "import_number": models.PositiveIntegerField(null=True),
                "by": models.BigIntegerField(null=True),
                "arguments": models.JSONField(blank=True, default=dict),
                "background": models.BooleanField(default=False),
                "state": text("queued"),
                "started_at": moment(),
                "attempts": models.PositiveIntegerField(default=0),
                "cancel": models.BooleanField(default=False),
                "phase": text(),
                "done": models.BigIntegerField(default=0),
                "total": models.BigIntegerField(default=0),
                "phase_at": models.DateTimeField(null=True),
                "told_at": models.DateTimeField(null=True),
                "result": models.JSONField(blank=True, default=dict),
                "error": models.JSONField(blank=True, default=dict),
                "created_at": moment(),
                "ended_at": models.DateTimeField(null=True),
                "seen": models.BooleanField(db_default=False, default=False),
                "mailed": models.BooleanField(db_default=False, default=False),
            },
            check("job_state", one_of("state", "cancelled done failed queued running")),
            unique("job_open_once", "organization_id", "import_number", condition=one_of("state", "queued running")),
            index("job_queue", "state", "id"),
            index("job_of_import", "organization_id", "import_number", "id"),
            index("job_unseen", "organization_id", "by", condition=models.Q(seen=False)),
        ),
        table(
            "FailedAttempts",
            {
                "key": text(),
                "in_minute": models.PositiveIntegerField(default=0),
                "minute_start": models.DateTimeField(),
                "in_a_row": models.PositiveIntegerField(default=0),
                "last_attempt": models.DateTimeField(),
            },
            unique("failed_attempts_key", "key"),
        ),
    ]
