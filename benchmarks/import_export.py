"""The peer of P12: django-import-export imports a roster into a plain table with only a unique index.

    python -m benchmarks.import_export diff|fastest JSON

It runs in an environment of its own (`import_export.txt`), without Enlist. `diff` uses the library's defaults;
`fastest` loads in bulk, without differences and without looking people up.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

from benchmarks.measure import Stopwatch, serve, tell


def _database(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": {"init_command": pragmas, "transaction_mode": "IMMEDIATE"},
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


settings.configure(
    DATABASES={"default": _database(os.environ["DATABASE_URL"])},
    INSTALLED_APPS=["import_export"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

import tablib  # noqa: E402 after the set-up
from django.db import connection, models  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402

COLUMNS = (
    "firstname",
    "lastname",
    "email",
    "idnumber",
    "institution",
    "department",
    "city",
    "country",
    "lang",
    "profile_field_campus",
    "profile_field_guardian",
    "course1",
    "role1",
    "group1",
)
Plain: Any = type(
    "Plain",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "import_export"}),
        "username": models.TextField(unique=True),
        **{name: models.TextField(blank=True) for name in COLUMNS},
    },
)
EVERY = {"model": Plain, "import_id_fields": ("username",), "fields": ("username", *COLUMNS)}
FASTEST = {
    "use_bulk": True,
    "batch_size": 1_000,
    "skip_diff": True,
    "skip_html_diff": True,
    "force_init_instance": True,
    "use_transactions": True,
}


def diff(path: str) -> None:
    """Import with the library's defaults, but in one transaction as we do."""
    _import(path, use_transactions=True)


def fastest(path: str) -> None:
    """Import in the way its documentation recommends for speed."""
    _import(path, **FASTEST)


def _import(path: str, **meta: Any) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    resource: Any = type("PlainResource", (ModelResource,), {"Meta": type("Meta", (), {**EVERY, **meta})})
    watch = Stopwatch()
    with watch.phase("import"):
        with Path(path).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        done = resource().import_data(tablib.Dataset(*rows, headers=header), raise_errors=True)
    tell(watch, rows=Plain.objects.count(), totals=dict(done.totals))


if __name__ == "__main__":
    serve({"diff": diff, "fastest": fastest})
