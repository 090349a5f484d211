"""Archives: a ZIP directory is checked before anything in it is unpacked (OWASP ASVS 5.0, 5.2.1–5.2.4)."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from .grid import Refusal

_ENTRIES: Final = 1_000
_RATIO: Final = 100
# Small parts compress well, whatever their content.
_NOT_JUDGED: Final = 102_400
_SIZE: Final = 1_000_000_000
_PART: Final = 1 << 16
# Size of the list of parts: 1,000 bytes for each part a workbook may have.
_DIRECTORY: Final = 1_000_000
# Parts without cells are read whole; those that spreadsheets write are far smaller.
_BESIDE: Final = 10_000_000
# The first element of an XML part comes within this many bytes.
_PROLOG: Final = 1 << 16
_LINK: Final = 0o120000
_END: Final = b"PK\x05\x06"


@dataclass(frozen=True)
class Archive:
    """A checked ZIP archive; parts are found without case, as in Excel."""

    zip: zipfile.ZipFile
    names: dict[str, str]

    def __contains__(self, name: str) -> bool:
        return _key(name) in self.names

    def size(self, name: str) -> int:
        """The unpacked size of a part in bytes, from the directory; 0 if the part is missing."""
        found = self.names.get(_key(name))
        return self.zip.getinfo(found).file_size if found else 0

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, in chunks. Raises Refusal if it is missing or damaged."""
        found = self.names.get(_key(name))
        if found is None:
            raise Refusal("workbook_part_missing", part=name)
        try:
            with self.zip.open(found) as part:
                while chunk := part.read(_PART):
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, RuntimeError) as error:
            raise Refusal("workbook_part_damaged", part=name, reason=error) from None

    def read(self, name: str) -> bytes:
        """All bytes of a part without cells. Raises Refusal if they are too many."""
        self.check_small(name)
        return b"".join(self.chunks(name))

    def check_small(self, name: str) -> None:
        """Raise Refusal if a part without cells is larger than any such part."""
        if (size := self.size(name)) > _BESIDE:
            raise Refusal("workbook_part_too_large", part=name[:80], size=size, most=_BESIDE)


def open_archive(stream: BinaryIO) -> Archive:
    """The archive in this stream. Raises Refusal if it is damaged, encrypted, or would unpack to too much."""
    try:
        _refuse_long_directory(stream)
        found = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, OSError, ValueError, EOFError) as error:
        raise Refusal("workbook_cut_off", reason=error) from None
    parts = found.infolist()
    _refuse_many(parts)
    for part in parts:
        _refuse_part(part)
    _refuse_overlaps(found, parts=parts)
    return Archive(found, {_key(part.filename): part.filename for part in parts})


def _refuse_long_directory(stream: BinaryIO) -> None:
    """Refuse a list of parts that is too long: the library reads it whole before parts can be counted."""
    # The library's own search: it would read what this finds.
    end: list[Any] | None = zipfile._EndRecData(stream)  # type: ignore[attr-defined]
    if end and end[5] > _DIRECTORY:
        raise Refusal("workbook_too_many", what="bytes in its list of parts", most=_DIRECTORY)


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_many(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > _ENTRIES:
        raise Refusal("workbook_too_many", what="parts", most=_ENTRIES)
    names = Counter(_key(part.filename) for part in parts)
    if twin := next((name for name, count in names.items() if count > 1), None):
        raise Refusal("workbook_part_twice", part=twin[:80])
    if (size := sum(part.file_size for part in parts)) > _SIZE:
        raise Refusal("workbook_unpacks_too_large", size=size, most=_SIZE)


def _refuse_part(part: zipfile.ZipInfo) -> None:
    name = part.filename[:80]
    if part.flag_bits & 0x1:
        raise Refusal("workbook_locked")
    if part.orig_filename.startswith(("/", "\\")) or ".." in part.orig_filename.replace("\\", "/").split("/"):
        raise Refusal("workbook_part_outside", part=name)
    if part.external_attr >> 16 & 0o170000 == _LINK:
        raise Refusal("workbook_part_link", part=name)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal("workbook_part_packed", part=name)
    if part.file_size > _NOT_JUDGED and part.file_size > _RATIO * max(part.compress_size, 1):
        raise Refusal("workbook_part_bomb", part=name, size=part.file_size, times=_RATIO)


def _refuse_overlaps(archive: zipfile.ZipFile, *, parts: list[zipfile.ZipInfo]) -> None:
    ends = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < ends:
            raise Refusal("workbook_parts_overlap")
        ends = part.header_offset + part.compress_size + 30
    if parts and min(part.header_offset for part in parts) > 0:
        raise Refusal("workbook_not_at_start")


class _FirstElement(Exception):
    """The first element of a document was reached."""


def refuse_doctype(name: str, *, chunks: Iterator[bytes]) -> None:
    """Raise Refusal if an XML part defines entities, which no workbook does; reads its beginning only."""
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise Refusal("workbook_part_doctype", part=name)

    def start(*_: object) -> None:
        raise _FirstElement

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    seen = 0
    try:
        for chunk in chunks:
            if seen > _PROLOG:
                raise Refusal("workbook_part_prolog", part=name, most=_PROLOG)
            parser.Parse(chunk)
            seen += len(chunk)
    except _FirstElement:
        return
    except (expat.ExpatError, LookupError) as error:
        # A lookup fails where nobody knows the encoding that a part names.
        raise Refusal("workbook_part_damaged", part=name, reason=error) from None
