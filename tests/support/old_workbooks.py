"""Old Excel workbooks (.xls) made record by record ([MS-XLS] 2.4, [MS-CFB] 2): no maintained library writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

BOF, EOF, SHARED, STRINGS, SHEET, CODE_PAGE, FONT, FORMAT, STYLE = (
    0x809, 0x0A, 0xFD, 0xFC, 0x85, 0x42, 0x31, 0x41E, 0xE0,
)  # fmt: skip
DIMENSIONS, ROW, COLUMN, NUMBER, PACKED, TRUTH, FORMULA, MERGED = 0x200, 0x208, 0x7D, 0x203, 0x27E, 0x205, 0x06, 0xE5
SECTOR = 512
FREE, END, OF_TABLE, NOBODY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
# Streams below this size lie in sectors of another kind.
SMALLEST = 4_096


@dataclass(frozen=True)
class Cell:
    """One cell: its kind (a record's number), what stands after its place and style, its style."""

    kind: int
    value: bytes
    style: int = 0


def shared(number: int, *, style: int = 0) -> Cell:
    """A cell that names a shared string."""
    return Cell(SHARED, struct.pack("<I", number), style)


def whole(value: int, *, hundredths: bool = False, style: int = 0) -> Cell:
    """A cell with a whole number in 30 bits; hundredths: it counts those."""
    return Cell(PACKED, struct.pack("<i", value << 2 | 2 | hundredths), style)


def real(value: float, *, style: int = 0) -> Cell:
    """A cell with a number in 64 bits."""
    return Cell(NUMBER, struct.pack("<d", value), style)


def boolean(value: bool) -> Cell:
    """A cell that is true or false."""
    return Cell(TRUTH, bytes([value, 0]))


def error(code: int) -> Cell:
    """A cell with an error's code."""
    return Cell(TRUTH, bytes([code, 1]))


def computed(value: float, *, style: int = 0) -> Cell:
    """A cell with a formula (the number 1), and what it came to."""
    return Cell(FORMULA, struct.pack("<dHIH", value, 0, 0, 3) + b"\x1e\x01\x00", style)


def stream(
    rows: Sequence[Sequence[Cell | None]],
    *,
    strings: Sequence[str] = (),
    formats: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> bytes:
    """The records of a workbook with one sheet, “people”. formats: those of styles 1, 2, …; places count from 0."""
    head = _begun(0x05) + record(CODE_PAGE, struct.pack("<H", 1200))
    head += record(FONT, struct.pack("<5H4B", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _short("Arial")) * 4
    head += b"".join(record(FORMAT, struct.pack("<H", 164 + n) + _wide(code)) for n, code in enumerate(formats))
    numbers = [0, *(164 + n for n in range(len(formats)))]
    head += b"".join(record(STYLE, struct.pack("<3H", 0, number, 1) + bytes(14)) for number in numbers)
    tail = record(STRINGS, struct.pack("<2I", len(strings), len(strings)) + b"".join(map(_wide, strings)))
    tail += record(EOF, b"")
    name = _short("people")
    start = len(head) + 4 + 6 + len(name) + len(tail)
    places = (_hidden(hidden_columns), _rows(rows, hidden=hidden_rows), _merged(merged))
    size = struct.pack("<2I2HH", 0, len(rows), 0, max(map(len, rows), default=0), 0)
    sheet = _begun(0x10) + record(DIMENSIONS, size) + b"".join(places) + record(EOF, b"")
    return head + record(SHEET, struct.pack("<I2B", start, 0, 0) + name) + tail + sheet


def compound(data: bytes) -> bytes:
    """A compound file with one stream, “Workbook”: header, table of sectors, directory, sectors of the stream."""
    data = data.ljust(SMALLEST, b"\0")
    sectors = -(-len(data) // SECTOR)
    if sectors + 2 > SECTOR // 4:
        raise ValueError("so many sectors need a second table")
    follows = [OF_TABLE, END, *range(3, sectors + 2), END]
    table = struct.pack(f"<{SECTOR // 4}I", *follows, *[FREE] * (SECTOR // 4 - len(follows)))
    head = struct.pack("<8s16x5H6x4I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0)
    head += struct.pack("<5I", SMALLEST, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    directory = _entry("Root Entry", kind=5, child=1, start=END) + _entry("Workbook", kind=2, start=2, size=len(data))
    return head + table + directory.ljust(SECTOR, b"\0") + data.ljust(sectors * SECTOR, b"\0")


def record(number: int, data: bytes) -> bytes:
    """A record: its number, its size, what it says."""
    return struct.pack("<2H", number, len(data)) + data


def _begun(kind: int) -> bytes:
    return record(BOF, struct.pack("<4H2I", 0x600, kind, 0x0DBB, 1996, 0, 6))


def _hidden(columns: Sequence[int]) -> bytes:
    return b"".join(record(COLUMN, struct.pack("<6H", at, at, 2340, 0, 1, 0)) for at in columns)


def _rows(rows: Sequence[Sequence[Cell | None]], *, hidden: Sequence[int]) -> bytes:
    found = b""
    for number, cells in enumerate(rows):
        state = 0x100 | (0x20 if number in hidden else 0)
        found += record(ROW, struct.pack("<6HI", number, 0, len(cells), 300, 0, 0, state))
        for column, cell in enumerate(cells):
            if cell:
                found += record(cell.kind, struct.pack("<3H", number, column, cell.style) + cell.value)
    return found


def _merged(ranges: Sequence[tuple[int, int, int, int]]) -> bytes:
    """Ranges as top, left, bottom, right."""
    places = (struct.pack("<4H", top, bottom, left, right) for top, left, bottom, right in ranges)
    return record(MERGED, struct.pack("<H", len(ranges)) + b"".join(places)) if ranges else b""


def _wide(value: str) -> bytes:
    """A text with its length before it, two bytes a letter."""
    data = value.encode("utf-16-le")
    return struct.pack("<HB", len(data) // 2, 1) + data


def _short(value: str) -> bytes:
    return struct.pack("<2B", len(value), 0) + value.encode("latin-1")


def _entry(name: str, *, kind: int, start: int, child: int = NOBODY, size: int = 0) -> bytes:
    """An entry of the directory, without brothers, black."""
    letters = name.encode("utf-16-le")
    head = struct.pack("<64sH2B3I", letters, len(letters) + 2, kind, 1, NOBODY, NOBODY, child)
    return head + struct.pack("<36xIQ", start, size)
