"""Groups that imports made may have the name of another group at the top level."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0009_every_mail")]

    operations = [
        migrations.RemoveConstraint("group", "group_name_on_top"),
        migrations.AddConstraint(
            "group",
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(parent=None, idnumber="") & ~models.Q(kind="import"),
                name="group_name_on_top",
            ),
        ),
    ]
