"""Enrolments say who made them, as memberships of groups do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0021_first_ids")]
    operations = [
        migrations.RemoveConstraint("groupmembership", "group_membership_source"),
        migrations.RunSQL(
            "UPDATE store_groupmembership SET source = 'condition' WHERE source = 'conditional'", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            "groupmembership",
            models.CheckConstraint(
                condition=models.Q(source__in=["condition", "import", "manual"]), name="group_membership_source"
            ),
        ),
        migrations.AddField("enrolment", "source", models.TextField(blank=True, default="manual", db_default="manual")),
        migrations.AddConstraint(
            "enrolment",
            models.CheckConstraint(
                condition=models.Q(source__in=["condition", "group", "import", "manual", "seat"]),
                name="enrolment_source",
            ),
        ),
    ]
