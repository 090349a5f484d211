"""Content: the bytes of a source, with a clear refusal of anything that isn't text or a workbook."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final

from enlist.core.errors import FileError
from enlist.formats.files.safety import Limits
from enlist.formats.files.signatures import is_web_page
from enlist.formats.layout.dialect import refuse_endless_cell

Readable = str | PathLike[str] | bytes | BinaryIO

_BLOCK: Final = 1 << 20
_LONGEST_LINE: Final = 1 << 23
_LINES_A_ROW: Final = 2
# This part of a block is enough to estimate the length of its lines.
_SOME: Final = 1 << 14
# ZIP (.xlsx, .xlsb, .ods), compound files (.xls), and the bare streams of the oldest .xls.
_WORKBOOKS: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00",
    b"\x09\x04\x06\x00", b"\x09\x02\x06\x00", b"\x09\x00\x04\x00", b"\x09\x00\x06\x00",
)  # fmt: skip
_MAGIC: Final = (
    (b"%PDF-", b"", "file_is_pdf", "a PDF document"),
    (b"\x1f\x8b", b"", "file_is_archive", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", b"", "file_is_archive", "a Zstandard archive"),
    (b"\xfd7zXZ\x00", b"", "file_is_archive", "an xz archive"),
    (b"BZh", b"1AY&SY", "file_is_archive", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", b"", "file_is_archive", "a 7-Zip archive"),
    (b"\x89PNG", b"", "file_is_picture", "a picture"),
    (b"\xff\xd8\xff", b"", "file_is_picture", "a picture"),
    (b"PAR1", b"\0", "file_is_other_table", "a Parquet file"),
    (b"SQLite format 3\x00", b"", "file_is_other_table", "an SQLite database"),
)
# Texts that aren't tables, by their first characters; reading them as tables would give meaningless rows.
_TEXTS: Final = (
    (re.compile(rb"<\?xml[\s?]"), "file_is_other_table", "an XML document"),
    (re.compile(rb'\{\s*"[^"]*"\s*:|\[\s*\{'), "file_is_other_table", "a JSON document"),
    (re.compile(rb"\{\\rtf"), "file_is_document", "a text document (RTF)"),
    (re.compile(rb"BEGIN:VCARD\b", re.IGNORECASE), "file_is_other_table", "a list of address cards (vCard)"),
    (
        re.compile(rb"(?:version: *1\s+)?dn::? *\w+=", re.IGNORECASE),
        "file_is_other_table",
        "a list of directory entries (LDIF)",
    ),
    (re.compile(rb"MIME-Version:|Return-Path:|Received: from"), "file_is_document", "a web archive or mail"),
    (
        re.compile(rb"(?:CREATE|DROP|INSERT|SELECT)\s+(?:TABLE|DATABASE|INTO)\s", re.IGNORECASE),
        "file_is_other_table",
        "a list of SQL commands",
    ),
    (re.compile(rb"ID;P[^\r\n]*[\r\n]+[A-Z];"), "file_is_old_workbook", "a SYLK workbook"),
    (re.compile(rb'TABLE\r?\n0,1\r?\n"'), "file_is_old_workbook", "a DIF workbook"),
)


@dataclass(frozen=True)
class Content:
    """A source: its name and all its bytes; for a workbook, the file it is in and its fingerprint."""

    name: str
    data: bytes = b""
    workbook: BinaryIO | None = None
    sha256: str = ""
    is_page: bool = False


@contextmanager
def open_content(source: Readable, *, name: str | None, limits: Limits) -> Iterator[Content]:
    """Open and check a path, an open binary file or bytes; "-" is standard input.

    Raises FileError if the file doesn't exist, cannot be read, is too large or clearly isn't a table.
    """
    what = _source_name(source)
    # The name is stored with the table, but its bytes may not be text.
    name = (name or Path(what).name).encode("utf-8", "replace").decode().replace("\0", "")
    try:
        with _opened(source) as stream, ExitStack() as copies:
            yield _checked(stream, name=name, limits=limits, copies=copies)
    except FileNotFoundError:
        raise FileError("file_missing", file=what) from None
    except IsADirectoryError:
        raise FileError("file_is_directory", file=what) from None
    except PermissionError:
        raise FileError("file_forbidden", file=what) from None
    except OSError as error:
        raise FileError("file_unreadable", file=what, reason=error.strerror or error) from error


def is_workbook(head: bytes) -> bool:
    """Whether bytes begin like a workbook, or like a web page that a spreadsheet saved under that name."""
    return head.startswith(_WORKBOOKS) or is_web_page(head[:1024])


def _source_name(source: Readable) -> str:
    if isinstance(source, str | PathLike):
        return "standard input" if str(source) == "-" else str(source)
    return str(getattr(source, "name", "data"))


def _opened(source: Readable) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if not isinstance(source, str | PathLike):
        return nullcontext(source)
    return nullcontext(sys.stdin.buffer) if str(source) == "-" else Path(source).open("rb")


def _checked(stream: BinaryIO, *, name: str, limits: Limits, copies: ExitStack) -> Content:
    head = stream.read(_BLOCK)
    if not isinstance(head, bytes):
        raise TypeError("open the file in binary mode: its encoding is found from its bytes")
    if not is_workbook(head):
        _refuse_binary(head, name=name)
        return Content(name, data=_all(head, stream=stream, name=name, limits=limits))
    # The parser gets an open file, not a path: an unnamed copy, unless the bytes are in a file already.
    copy = _as_file(stream)
    if copy is None:
        copy = copies.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - a stack of contexts closes it
        copy.write(head)
        shutil.copyfileobj(stream, copy, _BLOCK)
    size = copy.seek(0, io.SEEK_END)
    _refuse_large(size, name=name, limits=limits)
    copy.seek(0)
    digest = hashlib.sha256()
    while block := copy.read(_BLOCK):
        digest.update(block)
    return Content(name, workbook=copy, sha256=digest.hexdigest(), is_page=is_web_page(head[:1024]))


def _as_file(stream: BinaryIO) -> BinaryIO | None:
    try:
        stream.fileno()
        return stream if stream.seekable() and stream.tell() >= 0 else None
    except OSError:
        return None


def _all(head: bytes, *, stream: BinaryIO, name: str, limits: Limits) -> bytes:
    """All bytes of a text, checked on the way: what no table has is refused before it fills the memory."""
    # It grows in place, and its value is not a copy.
    content = io.BytesIO()
    lines = open_line = 0
    block, most = head, _LINES_A_ROW * limits.rows
    while block:
        content.write(block)
        _refuse_large(content.tell(), name=name, limits=limits)
        open_line = _bytes_after_last_line(block, before=open_line)
        if open_line > _LONGEST_LINE:
            raise FileError("line_too_long", file=name, most=_LONGEST_LINE)
        lines += _lines(block)
        if lines > most and (lines := content.getvalue().count(b"\n")) > most:
            raise FileError("too_many_lines", file=name, most=most)
        block = stream.read(_BLOCK)
        if block and content.tell() == len(head):
            refuse_endless_cell(head)
    return content.getvalue()


def _lines(block: bytes) -> int:
    """The approximate number of line ends in a block: counting them all takes as long as reading."""
    return block.count(b"\n", 0, _SOME) * max(len(block), _SOME) // _SOME


def _bytes_after_last_line(block: bytes, *, before: int) -> int:
    end = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return len(block) - end - 1 if end >= 0 else before + len(block)


def _refuse_large(size: int, *, name: str, limits: Limits) -> None:
    if size > limits.size:
        raise FileError("file_too_large", file=name, most=limits.size)


def _refuse_binary(data: bytes, *, name: str) -> None:
    for start, mark, code, what in _MAGIC:
        if data.startswith(start) and mark in data:
            raise FileError(code, file=name, what=what)
    # In UTF-16, there are zero bytes between letters.
    text = data[:_SOME].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    for pattern, code, what in _TEXTS:
        if pattern.match(text):
            raise FileError(code, file=name, what=what)
