"""Every mail is in the outbox: also one-time passwords, links to a new password, and notices."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

PURPOSES = ("invitation", "one_time", "reset", "address", "address_changed", "children", "notice")


def end_sending(apps: Any, editor: Any) -> None:
    """A password that was being mailed waits to be handed out or mailed again."""
    del editor
    apps.get_model("store", "Secret").objects.filter(state="sending").update(state="hashed")


class Migration(migrations.Migration):
    dependencies = [("store", "0008_address_changes")]

    operations = [
        migrations.AddField("mail", "about", models.BigIntegerField(null=True)),
        migrations.AddField("mail", "sealed", models.TextField(blank=True, default="", db_default="")),
        migrations.RemoveConstraint("mail", "mail_purpose"),
        migrations.AddConstraint(
            "mail",
            models.CheckConstraint(condition=models.Q(purpose__in=sorted(PURPOSES)), name="mail_purpose"),
        ),
        migrations.AddIndex(
            "mail",
            models.Index(
                fields=["organization", "due_at"],
                condition=models.Q(state="due")
                & models.Q(purpose__in=["address", "address_changed", "notice", "reset"]),
                name="mail_urgent",
            ),
        ),
        migrations.RunPython(end_sending, migrations.RunPython.noop),
        migrations.RemoveConstraint("secret", "secret_state"),
        migrations.AddConstraint(
            "secret",
            models.CheckConstraint(condition=models.Q(state__in=["generated", "given", "hashed"]), name="secret_state"),
        ),
    ]
