from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_headers"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="on_site",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="profilefield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "boolean",
                            "choice",
                            "choices",
                            "country",
                            "date",
                            "email",
                            "language",
                            "number",
                            "phone",
                            "region",
                            "text",
                            "time_zone",
                            "url",
                        ],
                    )
                ),
                name="profile_field_kind",
            ),
        ),
    ]
