"""Where people open a course."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_name_keys")]

    operations = [migrations.AddField("course", "url", models.TextField(blank=True, default="", db_default=""))]
