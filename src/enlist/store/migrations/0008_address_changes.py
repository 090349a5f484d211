"""Links that confirm a new e-mail address, and mails to an address that isn't the person's present one."""

from __future__ import annotations

from django.db import migrations, models


def purposes(*names: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(purpose__in=names), name=name)


class Migration(migrations.Migration):
    dependencies = [("store", "0007_links_and_roles")]

    operations = [
        migrations.AddField("mail", "email", models.TextField(blank=True, default="", db_default="")),
        migrations.RemoveConstraint("mail", "mail_purpose"),
        migrations.AddConstraint("mail", purposes("address", "address_changed", "invitation", name="mail_purpose")),
        migrations.RemoveConstraint("accounttoken", "account_token_purposes"),
        migrations.AddConstraint(
            "accounttoken", purposes("activate", "address", "reset", name="account_token_purposes")
        ),
    ]
