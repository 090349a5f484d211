"""Requests for new passwords become mails of the outbox, which has its own state."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("operations", "0002_password_requests")]

    operations = [
        migrations.RemoveField("passwordrequest", "sealed"),
        migrations.RemoveField("passwordrequest", "taken_at"),
    ]
