"""Uploads: the original file, sealed, kept as long as its reading options can be changed.

It may contain passwords, so it is deleted as soon as its import is applied or cancelled.
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
    """How many open imports a person has, and how many bytes all open imports of the organisation use."""

    imports: int
    bytes: int


def fingerprint(stream: BinaryIO) -> str:
    """The SHA-256 (hex) of a file's content."""
    stream.seek(0)
    digest = hashlib.sha256()
    for piece in iter(lambda: stream.read(_PIECE), b""):
        digest.update(piece)
    return digest.hexdigest()


def keep(record: Import, *, stream: BinaryIO) -> None:
    """Store a file's content, from its beginning."""
    stream.seek(0)
    # Even an empty file has one piece.
    pieces = chain([stream.read(_PIECE)], iter(lambda: stream.read(_PIECE), b""))
    for number, piece in enumerate(pieces):
        sealed = seal_bytes(piece, place=_place(record, number=number))
        where = artifacts.Place(record, artifacts.SOURCE, number)
        artifacts.keep_frames(where, frames={_FILE: pl.DataFrame({"sealed": [sealed]})})


def file_copy(record: Import, *, pieces: int | None = None) -> BinaryIO:
    """The file, or its first pieces (8 MiB each), as a temporary file without a name; the caller closes it.

    Raises PlanError if it is no longer stored, or was sealed with another key.
    """
    count = artifacts.count_parts(record, kind=artifacts.SOURCE)
    if not count:
        raise PlanError("import_file_gone", number=record.number)
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
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
    """The open imports of who asks, and the size of all open imports of the organisation (two queries)."""
    mine = Import.objects.filter(organization=scope.organization, state__in=OPEN, file_removed_at=None)
    size = engine().value(
        "SELECT coalesce(sum(length(a.data)), 0) FROM store_import i JOIN store_artifact a ON a.import_id = i.id"
        f" WHERE i.organization_id = %s AND i.state IN ({', '.join(['%s'] * len(OPEN))})",
        params=[scope.organization.pk, *OPEN],
    )
    return Unfinished(mine.filter(started_by=scope.actor, undoes=None).count(), int(size))


def drop(record: Import) -> None:
    """Delete the stored file."""
    artifacts.drop(record, kind=artifacts.SOURCE)


def _place(record: Import, *, number: int) -> str:
    return f"{record.pk}:{number}"
