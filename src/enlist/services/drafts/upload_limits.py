"""Quotas: how large a file may be that is handed in, and how much unfinished imports may keep."""

from __future__ import annotations

import os
from typing import BinaryIO

from django.conf import settings

from enlist.core.errors import FileError, PolicyError
from enlist.services.access import Scope
from enlist.store.imports import uploads


def upload_check(scope: Scope, *, file: BinaryIO) -> None:
    """Raise FileError for a file that is too large, PolicyError where too much is unfinished already (two queries)."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > settings.UPLOAD_MOST:
        raise too_large()
    kept = uploads.unfinished(scope)
    if kept.imports >= settings.DRAFTS_MOST:
        raise PolicyError("too_many_drafts", count=kept.imports)
    if kept.bytes + size > settings.DRAFTS_KEPT:
        raise PolicyError(
            "drafts_too_large", kept=size_text(kept.bytes), size=size_text(size), most=size_text(settings.DRAFTS_KEPT)
        )


def too_large() -> FileError:
    """What is said of a file that is too large, however much of it came."""
    return FileError("upload_too_large", most=size_text(settings.UPLOAD_MOST), field="file")


def size_text(size: int) -> str:
    """A size in bytes, as people say it."""
    return f"{size / 1_000_000:,.1f} MB".replace(".0 MB", " MB")
