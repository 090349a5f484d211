"""Damaged files: whole ones of several kinds, with random damage.

A damaged file is known by its number: it is the same whenever it is made.
"""

from __future__ import annotations

import csv
import datetime
import io
import random
from functools import cache

from tests.support import binary_workbooks, old_workbooks, workbooks
from tests.support.workbooks import packed_anew, unpacked

FORMATS = ("00000", "dd.mm.yyyy", "0%")
HEADER = ("username", "name", "email", "idnumber", "since", "share")
SINCE = datetime.date(2023, 3, 15)
# The same day, as workbooks count days.
DAY = 45_000
ROWS = (
    HEADER,
    *((f"user{n}", "Zoë, Ann", f"user{n}@example.org", f"{n:05}", "15.03.2023", f"{n}%") for n in range(1, 21)),
)
KINDS = ("csv", "utf-16", "xlsx", "xlsb", "xls", "ods")
TEXTS = KINDS[:2]
# The parts of an .ods; nobody needs more.
CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="people">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)
SIGNS = (b"\0", b'"', b"\r", b"\n", b",", b"\t", b"\xff", b"<", b"&", b"PK\x03\x04", b"]]>", b"''", b"\xef\xbb\xbf")
# What counts, offsets and sizes become where bits are lost.
EXTREMES = (bytes(2), bytes(4), b"\xff" * 2, b"\xff" * 4, b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\xfe\xff\xff\xff")
LENGTHS = (1, 1, 1, 2, 4, 8, 64, 512)


def kind_of(number: int) -> str:
    """The kind of the damaged file with this number."""
    return KINDS[number % len(KINDS)]


def is_inside(number: int) -> bool:
    """Whether the damage is in a part that was packed afterwards: no check sum tells of it."""
    return kind_of(number) not in TEXTS and number // len(KINDS) % 2 == 1


def mutant(number: int) -> bytes:
    """The damaged file with this number: some bytes changed, cut off, left out, repeated or put in."""
    chance, kind = random.Random(number), kind_of(number)
    if not is_inside(number):
        return _damaged(whole(kind), chance=chance)
    if kind == "xls":
        return old_workbooks.compound(_damaged(_records(), chance=chance)[: 60 * old_workbooks.SECTOR])
    parts = unpacked(whole(kind))
    name = chance.choice([name for name, content in parts.items() if content])
    return packed_anew({**parts, name: _damaged(parts[name], chance=chance)})


@cache
def whole(kind: str) -> bytes:
    """A small file of a kind that is read as ROWS, without a word."""
    match kind:
        case "csv":
            text = io.StringIO(newline="")
            csv.writer(text, quoting=csv.QUOTE_ALL).writerows(ROWS)
            return text.getvalue().encode()
        case "utf-16":
            return "\r\n".join("\t".join(row) for row in ROWS).encode("utf-16")
        case "xlsx":
            cells = [[*row[:3], n, SINCE, n / 100] for n, row in enumerate(ROWS[1:], start=1)]
            places = range(1, len(ROWS))
            formats = {(n, column): FORMATS[column - 3] for n in places for column in (3, 4, 5)}
            return _anew(workbooks.made([HEADER, *cells], formats=formats))
        case "xlsb":
            return _binary()
        case "xls":
            return old_workbooks.compound(_records())
        case _:
            return _open_document()


def _binary() -> bytes:
    """Names and headers are in the list of texts, everything else in the cells."""
    text, shared, number = binary_workbooks.text, binary_workbooks.shared, binary_workbooks.whole
    rows = [[shared(n) for n in range(len(HEADER))]]
    for n, row in enumerate(ROWS[1:], start=1):
        cells = [text(row[0]), shared(len(HEADER)), text(row[2])]
        rows.append([*cells, number(n, style=1), number(DAY, style=2), binary_workbooks.real(n / 100, style=3)])
    return _anew(binary_workbooks.made(rows, strings=(*HEADER, ROWS[1][1]), formats=FORMATS))


@cache
def _records() -> bytes:
    """The records of an old workbook, with all texts in the list of texts."""
    texts = list(dict.fromkeys([*HEADER, *(cell for row in ROWS[1:] for cell in row[:3])]))
    shared, number = old_workbooks.shared, old_workbooks.whole
    rows = [[shared(texts.index(cell)) for cell in HEADER]]
    for n, row in enumerate(ROWS[1:], start=1):
        cells = [shared(texts.index(cell)) for cell in row[:3]]
        rows.append([*cells, number(n, style=1), number(DAY, style=2), old_workbooks.real(n / 100, style=3)])
    return old_workbooks.stream(rows, strings=texts, formats=FORMATS)


def _open_document() -> bytes:
    rows = (
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in ROWS
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed_anew({"mimetype": kind, "content.xml": CONTENT.format("".join(rows)).encode()})


def _anew(book: bytes) -> bytes:
    """The same workbook without anything that says when it was made."""
    return packed_anew({name: content for name, content in unpacked(book).items() if not name.startswith("docProps")})


def _damaged(whole_file: bytes, *, chance: random.Random) -> bytes:
    data = bytearray(whole_file)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        start, length = chance.randrange(len(data) or 1), chance.choice(LENGTHS)
        match chance.choice(("flip", "change", "extreme", "blank", "cut", "leave out", "repeat", "put in", "swap")):
            case "flip" if data:
                data[start] ^= 1 << chance.randrange(8)
            case "change":
                data[start : start + length] = chance.randbytes(chance.randrange(1, 5))
            case "extreme":
                found = chance.choice(EXTREMES)
                data[start : start + len(found)] = found
            case "blank":
                data[start : start + length] = bytes(len(data[start : start + length]))
            case "cut":
                del data[start:]
            case "leave out":
                del data[start : start + length]
            case "repeat":
                data[start:start] = data[start : start + length]
            case "put in":
                data[start:start] = chance.choice(SIGNS)
            case _:
                other = chance.randrange(len(data) or 1)
                piece, far = data[start : start + length], data[other : other + length]
                data[other : other + length], data[start : start + length] = piece, far
    return bytes(data)
