"""Checks: what `check --deploy` says of a site beside what Django finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from enlist.formats.files.private_files import is_open, state_files


@checks.register(checks.Tags.security, deploy=True)
def others_read_nothing(**_: Any) -> list[checks.CheckMessage]:
    """Databases, keys, the list of erasures and mails are for the user of the service alone."""
    known = settings.DATABASES.values()
    outbox = getattr(settings, "EMAIL_FILE_PATH", None)
    found = state_files(
        settings.HOME,
        databases=[each["NAME"] for each in known if each["ENGINE"].endswith("sqlite3")],
        erased=settings.ERASED,
        outbox=Path(outbox) if outbox else None,
    )
    hint = "Make the user of the service its owner, and take it from everybody else: chmod go= FILE."
    return [checks.Warning(f"Others can read {path}.", hint=hint, id="enlist.W001") for path in found if is_open(path)]
