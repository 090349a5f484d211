"""Quotas: how large a file may be that is handed in, and how much unfinished imports may keep."""

from __future__ import annotations

import os
from typing import BinaryIO

from django.conf import settings

from enlist.core.errors import FileError, PolicyError
from enlist.services.access import Scope
from enlist.store.imports import uploads

_NEXT = "Carry unfinished imports out, or cancel them: then what is kept of them goes at once."


def upload_check(scope: Scope, *, file: BinaryIO) -> None:
    """Raise FileError for a file that is too large, PolicyError where too much is unfinished already (two queries)."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > settings.UPLOAD_MOST:
        raise too_large()
    kept = uploads.unfinished(scope)
    if kept.imports >= settings.DRAFTS_MOST:
        raise PolicyError(
            f"You have {kept.imports:,} unfinished imports, and nobody may have more than that.", hint=_NEXT
        )
    if kept.bytes + size > settings.DRAFTS_KEPT:
        raise PolicyError(
            f"Unfinished imports keep {size_text(kept.bytes)} here already, this one would be {size_text(size)} more,"
            f" and {size_text(settings.DRAFTS_KEPT)} is the most.",
            hint=_NEXT,
        )


def too_large() -> FileError:
    """What is said of a file that is too large, however much of it came."""
    return FileError(
        f"The file is larger than {size_text(settings.UPLOAD_MOST)}, the most it may be; nothing of it was kept.",
        hint="Import it in several parts, or ask whoever runs this site to allow more.",
    )


def size_text(size: int) -> str:
    """A size in bytes, as people say it."""
    return f"{size / 1_000_000:,.1f} MB".replace(".0 MB", " MB")
