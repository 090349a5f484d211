"""The organisation's terms, and who accepted them."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


def key() -> models.Field[Any, Any]:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(model: str, on_delete: Any, **more: Any) -> models.Field[Any, Any]:
    return models.ForeignKey(db_index=False, on_delete=on_delete, related_name="+", to=f"store.{model}", **more)


def moment() -> models.Field[Any, Any]:
    return models.DateTimeField(db_default=Now(), editable=False)


PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    dependencies = [("store", "0004_account_tokens")]

    operations = [
        migrations.CreateModel(
            "Terms",
            [
                ("id", key()),
                ("organization", to("organization", PROTECT)),
                ("text", models.TextField(blank=True, default="", db_default="")),
                ("created_at", moment()),
            ],
            options={"indexes": [models.Index(fields=["organization", "id"], name="terms_newest")]},
        ),
        migrations.CreateModel(
            "TermsAcceptance",
            [
                ("id", key()),
                ("organization", to("organization", PROTECT, db_constraint=False)),
                ("person", to("person", CASCADE, db_constraint=False)),
                ("terms", to("terms", PROTECT)),
                ("at", moment()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["person", "terms"], name="terms_acceptance_once")]
            },
        ),
    ]
