"""Links between two people, and several roles per person.

The role that a person has is already in their row; further ones are rows of PersonRole, so nothing is converted.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def key() -> models.Field[Any, Any]:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def text(default: str = "") -> models.Field[str, str]:
    return models.TextField(blank=True, default=default, db_default=default)


def organization() -> models.Field[Any, Any]:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="store.organization",
    )


def person(related_name: str = "+") -> models.Field[Any, Any]:
    cascade = django.db.models.deletion.CASCADE
    return models.ForeignKey(db_index=False, on_delete=cascade, related_name=related_name, to="store.person")


def one_of(column: str, *values: str) -> models.Q:
    return models.Q(**{f"{column}__in": sorted(values)})


class Migration(migrations.Migration):
    dependencies = [("store", "0006_mails")]

    operations = [
        migrations.CreateModel(
            "Link",
            [
                ("id", key()),
                ("organization", organization()),
                ("person", person()),
                ("other", person()),
                ("kind", text()),
                ("source", text("manual")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person", "other", "kind"], name="link_once"),
                    models.CheckConstraint(condition=one_of("kind", "parent", "instructor"), name="link_kind"),
                    models.CheckConstraint(condition=one_of("source", "manual", "import"), name="link_source"),
                    models.CheckConstraint(condition=~models.Q(person=models.F("other")), name="link_of_two"),
                ],
                "indexes": [models.Index(fields=["other"], name="link_other")],
            },
        ),
        migrations.CreateModel(
            "PersonRole",
            [
                ("id", key()),
                ("organization", organization()),
                ("person", person("roles")),
                ("site_role", text()),
                ("source", text("manual")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person", "site_role"], name="person_role_once"),
                    models.CheckConstraint(
                        condition=one_of("site_role", "learner", "parent", "instructor"), name="person_role_common"
                    ),
                    models.CheckConstraint(condition=one_of("source", "manual", "import"), name="person_role_source"),
                ],
                "indexes": [models.Index(fields=["organization", "site_role"], name="person_role_held")],
            },
        ),
        migrations.AddField("Activity", "other", models.BigIntegerField(null=True)),
    ]
