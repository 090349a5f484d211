from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0004_notices"),
    ]

    # What was counted holds for an hour, and its keys mean something else now.
    operations = [
        migrations.DeleteModel(name="Knocks"),
        migrations.CreateModel(
            name="FailedAttempts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(blank=True, db_default="", default="")),
                ("in_minute", models.PositiveIntegerField(default=0)),
                ("minute_start", models.DateTimeField()),
                ("in_a_row", models.PositiveIntegerField(default=0)),
                ("last_attempt", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key",), name="failed_attempts_key")],
            },
        ),
    ]
