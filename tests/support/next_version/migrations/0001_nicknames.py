"""People have nicknames."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE store_person ADD COLUMN nickname text NOT NULL DEFAULT 'none'")]
