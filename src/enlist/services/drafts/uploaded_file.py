"""Read the uploaded file of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, BinaryIO, Final

from enlist.core.errors import FileError, PolicyError
from enlist.core.policy import Macros, Policy
from enlist.core.table.storable import is_storable
from enlist.core.table.table import Table
from enlist.formats import ReadOptions, read
from enlist.formats.content import is_workbook
from enlist.services.imports.file_limits import within_limits
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.imports import uploads
from enlist.store.secrets import sealing

# The options that a draft can have: see ReadOptions.
READING: Final = (
    "encoding", "delimiter", "quote", "escape", "header", "names", "sheet", "dates", "lines", "hidden", "pasted",
    "password",
)  # fmt: skip
# Bytes at the beginning of a text that suffice to detect its options.
_BEGINNING: Final = 1 << 19


def stored_reading(options: ReadOptions) -> dict[str, Any]:
    """Reading options as stored values, without those that Enlist detects."""
    usual = ReadOptions()
    chosen = {name: getattr(options, name) for name in READING if getattr(options, name) != getattr(usual, name)}
    return {name: list(value) if name == "names" else value for name, value in chosen.items()}


def reading_options(reading: Mapping[str, Any]) -> ReadOptions:
    """The reading options from stored values."""
    names = {"names": tuple(reading["names"])} if "names" in reading else {}
    return ReadOptions(**{**reading, **names})


def reading_check(reading: Mapping[str, Any]) -> None:
    """Raise FileError or PolicyError for invalid options, before a file is opened."""
    if unknown := set(reading) - set(READING):
        raise PolicyError("reading_option_unknown", options=", ".join(sorted(unknown)))
    if not is_storable(reading):
        raise PolicyError("reading_option_unstorable")
    reading_options(reading).check()


def uploaded_read(
    record: models.Import, *, reading: Mapping[str, Any], policy: Policy, progress: Progress = silent
) -> Table:
    """The uploaded file of a draft as a table, with encrypted passwords. Raises FileError, PlanError."""
    with closing(uploads.file_copy(record)) as stream:
        return _read(stream, name=record.file_name, options=_options(reading, policy=policy, progress=progress))


def uploaded_look(record: models.Import, *, reading: Mapping[str, Any], policy: Policy, rows: int) -> Table:
    """Only about the first rows of a long text or workbook. Raises as `uploaded_read`."""
    with closing(_beginning(record)) as stream:
        options = replace(_options(reading, policy=policy, progress=silent), first=rows)
        return _read(stream, name=record.file_name, options=options)


def _options(reading: Mapping[str, Any], *, policy: Policy, progress: Progress) -> ReadOptions:
    return replace(
        reading_options(reading),
        seal=sealing.seal,
        macros=policy.macros == Macros.LET_IN,
        progress=lambda rows: progress("reading", rows, 0),
    )


def _read(stream: BinaryIO, *, name: str, options: ReadOptions) -> Table:
    table = read(stream, name=name, options=within_limits(options))
    if not table.height:
        raise FileError("file_without_rows", file=name)
    return table


def _beginning(record: models.Import) -> BinaryIO:
    """A draft's file; of a long text only its first lines, which suffice to detect its options."""
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
    """The length in bytes of the whole lines in a text's beginning. In UTF-16 or UTF-32 a line end has 2 or 4 bytes."""
    end = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
    for more in (1, 2):
        if end % (2 * more) and head[end : end + more] == bytes(more):
            end += more
    return end or len(head)
