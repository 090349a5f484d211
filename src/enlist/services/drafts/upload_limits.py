"""Quotas: the size of an upload, and the number and size of unfinished imports."""

from __future__ import annotations

import os
from typing import BinaryIO

from django.conf import settings

from enlist.core.errors import FileError, PolicyError
from enlist.services.access import Scope
from enlist.store.imports import uploads


def upload_check(scope: Scope, *, file: BinaryIO) -> None:
    """Raise FileError for a file that is too large, PolicyError for too many unfinished imports (two queries)."""
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
    """The error about a file that is too large."""
    return FileError("upload_too_large", most=size_text(settings.UPLOAD_MOST), field="file")


def size_text(size: int) -> str:
    """A size in bytes as text in MB."""
    return f"{size / 1_000_000:,.1f} MB".replace(".0 MB", " MB")
