"""Uploaded files: read one as its draft says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from enlist.core.errors import FileError, PolicyError
from enlist.core.policy import Macros, Policy
from enlist.core.table.storable import is_storable
from enlist.core.table.table import Table
from enlist.formats import ReadOptions, read
from enlist.formats.content import is_workbook
from enlist.services.imports.file_limits import within_limits
from enlist.store import models
from enlist.store.imports import uploads
from enlist.store.secrets import sealing

# What a draft's reading can name: see ReadOptions.
READING: Final = (
    "encoding", "delimiter", "quote", "escape", "header", "names", "sheet", "dates", "lines", "hidden", "pasted",
)  # fmt: skip
# As many bytes of a text tell how it is understood.
_BEGINNING: Final = 1 << 19


def file_read(stream: BinaryIO, *, name: str, reading: Mapping[str, Any], policy: Policy) -> Table:
    """An uploaded file as a table, with its passwords sealed. Raises FileError, PolicyError."""
    if unknown := set(reading) - set(READING):
        raise PolicyError(f"A file cannot be read by {', '.join(sorted(unknown))}.")
    if not is_storable(reading):
        raise PolicyError("A file cannot be read by a character that cannot be kept.", hint="Type it again.")
    stream.seek(0)
    names = {"names": tuple(reading["names"])} if "names" in reading else {}
    options = ReadOptions(**{**reading, **names}, seal=sealing.seal, macros=policy.macros == Macros.LET_IN)
    table = read(stream, name=name, options=within_limits(options))
    if not table.height:
        raise FileError("file_without_rows", file=name)
    return table


def file_beginning(record: models.Import) -> BinaryIO:
    """A draft's file; of long text only its first lines, which are enough to see how it is understood."""
    stream = uploads.file_copy(record, pieces=1)
    head = stream.read(_BEGINNING)
    if is_workbook(head):
        stream.close()
        return uploads.file_copy(record)
    if stream.read(1):
        stream.truncate(_last_line_end(head))
    stream.seek(0)
    return stream


def _last_line_end(head: bytes) -> int:
    """How many bytes the whole lines of a text's beginning are; in UTF-16 and UTF-32 a line end is 2 or 4 of them."""
    end = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
    for more in (1, 2):
        if end % (2 * more) and head[end : end + more] == bytes(more):
            end += more
    return end or len(head)
