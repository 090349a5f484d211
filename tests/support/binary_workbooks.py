"""Binary Excel workbooks made in tests, record by record ([MS-XLSB] 2.1.4, 2.4): no maintained library writes them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ROW, RK, ERROR, BOOLEAN, REAL, TEXT, SHARED, FORMULA_TEXT, FORMULA_NUMBER = 0, 2, 3, 4, 5, 6, 7, 8, 9
STRING, FORMAT, STYLE, COLUMN, SHEET, MERGED, STYLES, STYLES_END = 19, 44, 47, 60, 156, 176, 617, 618


@dataclass(frozen=True)
class Cell:
    """One cell: its kind (a record's number), its value, its style."""

    kind: int
    value: bytes
    style: int = 0


def shared(number: int, *, style: int = 0) -> Cell:
    """A cell that names a shared string."""
    return Cell(SHARED, struct.pack("<I", number), style)


def text(value: str) -> Cell:
    """A cell with a text of its own."""
    return Cell(TEXT, wide(value))


def whole(value: int, *, hundredths: bool = False, style: int = 0) -> Cell:
    """A cell with a whole number in 30 bits; hundredths: it counts those."""
    return Cell(RK, struct.pack("<i", value << 2 | 2 | hundredths), style)


def real(value: float, *, style: int = 0) -> Cell:
    """A cell with a number in 64 bits."""
    return Cell(REAL, struct.pack("<d", value), style)


def boolean(value: bool) -> Cell:
    """A cell that is true or false."""
    return Cell(BOOLEAN, bytes([value]))


def error(code: int) -> Cell:
    """A cell with an error's code."""
    return Cell(ERROR, bytes([code]))


def computed(value: float, *, style: int = 0) -> Cell:
    """A cell with a formula (an empty one), and what it came to."""
    return Cell(FORMULA_NUMBER, struct.pack("<dHII", value, 0, 0, 0), style)


def made(
    rows: Sequence[Sequence[Cell | None]],
    *,
    strings: Sequence[str] = (),
    formats: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> bytes:
    """A workbook with one sheet, “people”. formats: those of styles 1, 2, …; places count from 0, as the records do."""
    sheet = b"".join(record(COLUMN, struct.pack("<4IH", at, at, 2340, 0, 1)) for at in hidden_columns)
    for number, cells in enumerate(rows):
        hidden = 0x10 if number in hidden_rows else 0
        sheet += record(ROW, struct.pack("<2IHBBBI", number, 0, 300, 0, hidden, 0, 0))
        for column, cell in enumerate(cells):
            if cell:
                head = struct.pack("<I", column) + cell.style.to_bytes(3, "little") + b"\0"
                sheet += record(cell.kind, head + cell.value)
    sheet += b"".join(
        record(MERGED, struct.pack("<4I", top, bottom, left, right)) for top, left, bottom, right in merged
    )
    codes = b"".join(record(FORMAT, struct.pack("<H", 164 + n) + wide(code)) for n, code in enumerate(formats))
    numbers = [0, *(164 + n for n in range(len(formats)))]
    styles = b"".join(record(STYLE, struct.pack("<2H", 0, number) + bytes(12)) for number in numbers)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
        "_rels/.rels": _relations(officeDocument="xl/workbook.bin"),
        "xl/workbook.bin": record(SHEET, struct.pack("<2I", 0, 1) + wide("worksheet") + wide("people")),
        "xl/_rels/workbook.bin.rels": _relations(
            worksheet="worksheets/sheet1.bin", styles="styles.bin", sharedStrings="sharedStrings.bin"
        ),
        "xl/worksheets/sheet1.bin": sheet,
        "xl/styles.bin": codes + record(STYLES, bytes(4)) + styles + record(STYLES_END, b""),
        "xl/sharedStrings.bin": b"".join(record(STRING, b"\0" + wide(each)) for each in strings),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def record(number: int, data: bytes) -> bytes:
    """A record: its number in one byte or two, its size in as many as it takes, seven bits in each."""
    head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    size = len(data)
    while size > 0x7F:
        head, size = head + bytes([size & 0x7F | 0x80]), size >> 7
    return head + bytes([size]) + data


def wide(value: str) -> bytes:
    """A text with its length before it."""
    return struct.pack("<I", len(value.encode("utf-16-le")) // 2) + value.encode("utf-16-le")


def _relations(**targets: str) -> bytes:
    """Relations called as their kinds are."""
    found = "".join(
        f'<Relationship Id="{kind}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'.encode()
