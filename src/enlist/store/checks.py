"""System checks that `check --deploy` runs besides Django's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from enlist.formats.files.private_files import is_open, state_files


@checks.register(checks.Tags.security, deploy=True)
def private_files(**_: Any) -> list[checks.CheckMessage]:
    """Only the service's own user may read databases, keys, the list of erasures and mails."""
    outbox = getattr(settings, "EMAIL_FILE_PATH", None)
    found = state_files(
        settings.HOME,
        databases=[each["NAME"] for each in settings.DATABASES.values() if each["ENGINE"].endswith("sqlite3")],
        erased=settings.ERASED,
        outbox=Path(outbox) if outbox else None,
    )
    hint = "Make the service's user its owner, and remove everyone else's access: chmod go= FILE."
    return [checks.Warning(f"Others can read {path}.", hint=hint, id="enlist.W001") for path in found if is_open(path)]
