"""Keys of names, to search and to sort without regard to case and accents."""

from __future__ import annotations

import unicodedata
from typing import Any

from anyascii import anyascii
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAMES = ("firstname", "lastname")


def text() -> models.Field[Any, Any]:
    return models.TextField(blank=True, default="", db_default="")


def fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def plain(name: str) -> str:
    folded = fold(name)
    return (fold(anyascii(folded)) or folded)[:200]


def fill_name_keys(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            for name in NAMES:
                cursor.execute(f'ALTER TABLE store_person ALTER COLUMN {name}_key TYPE text COLLATE "C"')
        cursor.execute("CREATE TEMPORARY TABLE enlist_names (name text PRIMARY KEY, key text)")
        cursor.execute("SELECT firstname FROM store_person UNION SELECT lastname FROM store_person")
        names = [name for (name,) in cursor.fetchall()]
        cursor.executemany("INSERT INTO enlist_names VALUES (%s, %s)", [(name, plain(name)) for name in names])
        for name in NAMES:
            key = f"SELECT n.key FROM enlist_names n WHERE n.name = store_person.{name}"
            cursor.execute(f"UPDATE store_person SET {name}_key = ({key}) WHERE {name} <> ''")
        cursor.execute("DROP TABLE enlist_names")


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.RemoveIndex("person", "person_lastname"),
        migrations.AddField("person", "firstname_key", text()),
        migrations.AddField("person", "lastname_key", text()),
        migrations.RunPython(fill_name_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["organization", "lastname_key", "id", "firstname_key", "username_key", "email_key"],
                condition=models.Q(username_key__isnull=False),
                name="person_search",
            ),
        ),
    ]
