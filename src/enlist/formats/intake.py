"""Intake: the bytes of whatever was handed in, and a clear refusal of what is no text."""

from __future__ import annotations

import sys
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final

from enlist.core.errors import FileError

from .safety import Limits

Given = str | PathLike[str] | bytes | BinaryIO

_BLOCK: Final = 1 << 28
_SAVE_AS_CSV: Final = "Save it as CSV (UTF-8) and use that; reading workbooks comes later."
_GZIP: Final = "Unpack it first."
_MAGIC: Final = (
    (b"PK\x03\x04", b"xl/", "an Excel workbook (.xlsx)", _SAVE_AS_CSV),
    (b"PK\x03\x04", b"opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)", _SAVE_AS_CSV),
    (b"PK\x03\x04", b"", "a ZIP archive", "Unpack it first; save a workbook as CSV (UTF-8)."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", "an old Excel workbook (.xls)", _SAVE_AS_CSV),
    (b"%PDF-", b"", "a PDF document", "Save the table as CSV (UTF-8) where it was made."),
    (b"\x1f\x8b", b"", "a gzip archive", _GZIP),
    (b"\x28\xb5\x2f\xfd", b"", "a Zstandard archive", _GZIP),
    (b"\xfd7zXZ\x00", b"", "an xz archive", _GZIP),
    (b"BZh", b"1AY&SY", "a bzip2 archive", _GZIP),
    (b"7z\xbc\xaf\x27\x1c", b"", "a 7-Zip archive", _GZIP),
    (b"\x89PNG", b"", "a picture", "Give it a table of text."),
    (b"\xff\xd8\xff", b"", "a picture", "Give it a table of text."),
    (b"PAR1", b"\0", "a Parquet file", "Save it as CSV (UTF-8) and use that."),
    (b"SQLite format 3\x00", b"", "an SQLite database", "Export the table as CSV (UTF-8)."),
)


def take_in(source: Given, *, name: str | None, limits: Limits) -> tuple[bytes, str]:
    """All bytes of a path, an open binary file or bytes, and a name for them; "-" is standard input.

    Raises FileError where there is no such file, it cannot be read, is too large, or is evidently no text.
    """
    what = _said(source)
    try:
        data = source if isinstance(source, bytes) else _bytes_of(source, limits=limits)
    except FileNotFoundError:
        raise FileError(f"There is no file {what}.", hint="Check the path.") from None
    except IsADirectoryError:
        raise FileError(f"{what} is a directory, not a file.", hint="Name a file in it.") from None
    except PermissionError:
        raise FileError(f"{what} may not be read.", hint="Ask for permission to read it, or copy it.") from None
    except OSError as error:
        raise FileError(f"{what} cannot be read: {error.strerror or error}.", hint="Try again, or copy it.") from error
    name = name or Path(what).name
    if len(data) > limits.size:
        raise FileError(f"{name} is larger than {limits.size:,} bytes.", hint="Split it into several files.")
    _refuse_binary(data, name=name)
    return data, name


def _said(source: Given) -> str:
    if isinstance(source, str | PathLike):
        return "standard input" if str(source) == "-" else str(source)
    return str(getattr(source, "name", "data"))


def _bytes_of(source: str | PathLike[str] | BinaryIO, *, limits: Limits) -> bytes:
    if not isinstance(source, str | PathLike):
        return _of_stream(source, limits=limits)
    if str(source) == "-":
        return _of_stream(sys.stdin.buffer, limits=limits)
    with Path(source).open("rb") as stream:
        return _of_stream(stream, limits=limits)


def _of_stream(stream: BinaryIO, *, limits: Limits) -> bytes:
    blocks, size = [], 0
    # One byte more than allowed says that there is too much, whatever the stream still holds.
    while size <= limits.size and (block := stream.read(min(_BLOCK, limits.size + 1 - size))):
        if not isinstance(block, bytes):
            raise TypeError("open the file in binary mode: its encoding is found from its bytes")
        blocks.append(block)
        size += len(block)
    return b"".join(blocks)


def _refuse_binary(data: bytes, *, name: str) -> None:
    for start, mark, what, hint in _MAGIC:
        if data.startswith(start) and mark in data:
            raise FileError(f"{name} is {what}, not a text file.", hint=hint)
