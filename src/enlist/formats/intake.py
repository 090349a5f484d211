"""Intake: the bytes of whatever was handed in, and a clear refusal of what is no text."""

from __future__ import annotations

import sys
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final

from enlist.core.errors import FileError

from .safety import Limits

Given = str | PathLike[str] | bytes | BinaryIO

_SAVE_AS_CSV: Final = "Save it as CSV (UTF-8) and use that; reading workbooks comes later."
_GZIP: Final = "Unpack it first."
_MAGIC: Final = (
    (b"PK\x03\x04", b"xl/", "an Excel workbook (.xlsx)", _SAVE_AS_CSV),
    (b"PK\x03\x04", b"opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)", _SAVE_AS_CSV),
    (b"PK", b"", "a ZIP archive", "Unpack it first; save a workbook as CSV (UTF-8)."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", "an old Excel workbook (.xls)", _SAVE_AS_CSV),
    (b"%PDF-", b"", "a PDF document", "Save the table as CSV (UTF-8) where it was made."),
    (b"\x1f\x8b", b"", "a gzip archive", _GZIP),
    (b"\x28\xb5\x2f\xfd", b"", "a Zstandard archive", _GZIP),
    (b"\xfd7zXZ\x00", b"", "an xz archive", _GZIP),
    (b"BZh", b"", "a bzip2 archive", _GZIP),
    (b"7z\xbc\xaf\x27\x1c", b"", "a 7-Zip archive", _GZIP),
    (b"\x89PNG", b"", "a picture", "Give it a table of text."),
    (b"\xff\xd8\xff", b"", "a picture", "Give it a table of text."),
    (b"PAR1", b"", "a Parquet file", "Save it as CSV (UTF-8) and use that."),
    (b"SQLite format 3\x00", b"", "an SQLite database", "Export the table as CSV (UTF-8)."),
)


def take_in(source: Given, *, name: str | None, limits: Limits) -> tuple[bytes, str]:
    """All bytes of a path, an open binary file or bytes, and a name for them; "-" is standard input.

    Raises FileError where there is no such file, it cannot be read, is too large, or is evidently no text.
    """
    if isinstance(source, bytes):
        data, found = source, "data"
    elif isinstance(source, str | PathLike):
        data, found = _of_path(Path(source), limits=limits)
    else:
        data, found = _of_stream(source, limits=limits), Path(str(getattr(source, "name", "data"))).name
    name = name or found
    if len(data) > limits.size:
        raise _too_large(name, limits=limits)
    _refuse_binary(data, name=name)
    return data, name


def _of_path(path: Path, *, limits: Limits) -> tuple[bytes, str]:
    if str(path) == "-":
        return _of_stream(sys.stdin.buffer, limits=limits), "standard input"
    try:
        with path.open("rb") as stream:
            return _of_stream(stream, limits=limits), path.name
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.", hint="Check the path.") from None
    except IsADirectoryError:
        raise FileError(f"{path} is a directory, not a file.", hint="Name a file in it.") from None
    except PermissionError:
        raise FileError(f"{path} may not be read.", hint="Ask for permission to read it, or copy it.") from None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.", hint="Try again, or copy it.") from error


def _of_stream(stream: BinaryIO, *, limits: Limits) -> bytes:
    # One byte more than allowed says that there is too much, whatever the stream still holds.
    data = stream.read(limits.size + 1)
    if not isinstance(data, bytes):
        raise TypeError("open the file in binary mode: its encoding is found from its bytes")
    return data


def _too_large(name: str, *, limits: Limits) -> FileError:
    return FileError(f"{name} is larger than {limits.size:,} bytes.", hint="Split it into several files.")


def _refuse_binary(data: bytes, *, name: str) -> None:
    for start, mark, what, hint in _MAGIC:
        if data.startswith(start) and mark in data:
            raise FileError(f"{name} is {what}, not a text file.", hint=hint)
