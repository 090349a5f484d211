"""Uploads: a file as it was received, sealed, for as long as somebody may have it read in another way.

It may hold passwords, and is not looked into: it goes as soon as its import is carried out or cancelled.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, Final

import polars as pl

from enlist.core.errors import PlanError
from enlist.store.engine import engine
from enlist.store.models import Import
from enlist.store.scope import Scope
from enlist.store.secrets.sealing import seal_bytes, unsealed_bytes

from . import artifacts
from .records import OPEN

_PIECE: Final = 8 << 20
_FILE: Final = "file"


@dataclass(frozen=True)
class Unfinished:
    """How many imports of somebody are neither carried out nor cancelled, and how many bytes all of them keep."""

    imports: int
    bytes: int


def fingerprint(stream: BinaryIO) -> str:
    """The SHA-256 (hex) of what stands in a file."""
    stream.seek(0)
    digest = hashlib.sha256()
    for piece in iter(lambda: stream.read(_PIECE), b""):
        digest.update(piece)
    return digest.hexdigest()


def keep(record: Import, *, stream: BinaryIO) -> None:
    """Store what stands in a file, from its beginning."""
    stream.seek(0)
    # An empty file has a piece, too.
    pieces = chain([stream.read(_PIECE)], iter(lambda: stream.read(_PIECE), b""))
    for number, piece in enumerate(pieces):
        sealed = seal_bytes(piece, place=_place(record, number=number))
        where = artifacts.Place(record, artifacts.SOURCE, number)
        artifacts.keep_frames(where, frames={_FILE: pl.DataFrame({"sealed": [sealed]})})


def file_copy(record: Import, *, pieces: int | None = None) -> BinaryIO:
    """The file, or its first pieces (8 MB each), in a place of its own that nobody can see; the caller closes it.

    Raises PlanError where it is no longer kept, or was sealed under another key.
    """
    count = artifacts.count_parts(record, kind=artifacts.SOURCE)
    if not count:
        raise PlanError("import_file_gone", number=record.number)
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
    for number in range(count if pieces is None else min(count, pieces)):
        frame = artifacts.load_frames(artifacts.Place(record, artifacts.SOURCE, number))[_FILE]
        piece = unsealed_bytes(frame.item(0, "sealed"), place=_place(record, number=number))
        if piece is None:
            stream.close()
            raise PlanError("import_file_foreign_key", number=record.number)
        stream.write(piece)
    stream.seek(0)
    return stream


def unfinished(scope: Scope) -> Unfinished:
    """How many unfinished imports who asks has, and how much all of the organisation keep (two queries)."""
    mine = Import.objects.filter(organization=scope.organization, state__in=OPEN, file_removed_at=None)
    size = engine().value(
        "SELECT coalesce(sum(length(a.data)), 0) FROM store_import i JOIN store_artifact a ON a.import_id = i.id"
        f" WHERE i.organization_id = %s AND i.state IN ({', '.join(['%s'] * len(OPEN))})",
        params=[scope.organization.pk, *OPEN],
    )
    return Unfinished(mine.filter(started_by=scope.actor, undoes=None).count(), int(size))


def drop(record: Import) -> None:
    """It is not wanted any more."""
    artifacts.drop(record, kind=artifacts.SOURCE)


def _place(record: Import, *, number: int) -> str:
    return f"{record.pk}:{number}"
