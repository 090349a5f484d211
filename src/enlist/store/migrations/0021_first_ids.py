"""The ids that an import gave what it made, by relation instead of by column."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0020_steps")]
    operations = [
        migrations.AddField("import", "first", models.JSONField(blank=True, default=dict)),
        migrations.RemoveField("import", "first_person"),
        migrations.RemoveField("import", "first_course_group"),
        migrations.RemoveField("import", "first_group"),
    ]
