"""What a workbook must not be is refused by name, by a process that may die; this one lives."""

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from enlist.core.errors import FileError
from enlist.formats.options import ReadOptions
from enlist.formats.reading import read
from enlist.formats.safety import DEFAULT_LIMITS
from tests.support.workbooks import PARTS, SPREADSHEET, packed, sheet

ENTITIES = f'<!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst {SPREADSHEET}><si><t>&b;</t></si></sst>'
OUTSIDE = f'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst {SPREADSHEET}><si><t>&x;</t></si></sst>'


def lying() -> bytes:
    """A part that says that it holds ten bytes, and holds a million."""
    content = PARTS["xl/worksheets/sheet1.xml"].replace("</sheetData>", " " * 1_000_000 + "</sheetData>")
    book = packed({"xl/worksheets/sheet1.xml": content})
    return book.replace(struct.pack("<I", len(content)), struct.pack("<I", 10))


def flagged(bit: int) -> bytes:
    """A workbook whose parts say that they are encrypted."""
    book = bytearray(packed())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := book.find(mark, start)) >= 0:
            book[start + offset] |= bit
            start += 4
    return bytes(book)


def overlapping() -> bytes:
    """Two entries of the directory that share the bytes of one part."""
    book = packed()
    directory, end = book.index(b"PK\x01\x02"), book.index(b"PK\x05\x06")
    entry = book[directory : book.index(b"PK\x01\x02", directory + 4)]
    twin = entry.replace(b"[Content_Types].xml", b"[Content_Typez].xml")
    count = struct.unpack_from("<H", book, end + 8)[0] + 1
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, end - directory + len(twin), directory, 0)
    return book[:end] + twin + tail


def twins() -> bytes:
    stream = io.BytesIO(packed())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("XL/workbook.xml", PARTS["xl/workbook.xml"])
    return stream.getvalue()


def linked() -> bytes:
    stream = io.BytesIO(packed())
    link = zipfile.ZipInfo("xl/link.xml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def protected() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: packed({"xl/media/image1.emf": bytes(10_000_000)}), "more than 100 times its size"),
    "a lie about its size": (lying, "xl/worksheets/sheet1.xml is damaged"),
    "too many parts": (lambda: packed({f"xl/x/{n}.xml": "<a/>" for n in range(1_000)}), "It has 1,006 parts"),
    "parts over each other": (overlapping, "Its parts lie over each other"),
    "a part that is there twice": (twins, "xl/workbook.xml twice"),
    "entities": (lambda: packed({"xl/sharedStrings.xml": ENTITIES}), "has a document type definition"),
    "entities from outside": (lambda: packed({"xl/sharedStrings.xml": OUTSIDE}), "has a document type definition"),
    "entities in wide letters": (
        lambda: packed({"xl/sharedStrings.xml": ENTITIES.encode("utf-16")}),
        "has a document type definition",
    ),
    "an encoding that nobody knows": (
        lambda: packed({"xl/sharedStrings.xml": f'<?xml version="1.0" encoding="pTF-8"?><sst {SPREADSHEET}/>'}),
        "xl/sharedStrings.xml is damaged",
    ),
    "elements in elements": (
        lambda: packed(sheet('<row r="1"><c r="A1" t="inlineStr"><is>' + "<r>" * 50 + "</r>" * 50 + "</is></c></row>")),
        "nests elements deeper than 40",
    ),
    "very many attributes": (
        lambda: packed(sheet("<row " + " ".join(f'a{n}="{n % 97}"' for n in range(20_000)) + "/>")),
        "too many attributes",
    ),
    "a row that no sheet has": (lambda: packed(sheet('<row r="2147483647"/>')), "It names a cell A2147483647"),
    "a column that no sheet has": (
        lambda: packed(sheet('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>')),
        "It names a column ZZZZZZ",
    ),
    "a text that is not there": (
        lambda: packed(sheet('<row r="1"><c r="A1" t="s"><v>999999999</v></c></row>')),
        "text number 999999999",
    ),
    "a text before the first": (lambda: packed(sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')), "number -1"),
    "a path that leads out": (lambda: packed({"../../tmp/x": "x"}), "points outside of the workbook"),
    "a link": (linked, "is a link to a file outside"),
    "no list of types": (lambda: packed(without="[Content_Types].xml"), "[Content_Types].xml is missing"),
    "no sheet": (lambda: packed(without="xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml is missing"),
    "another packing": (lambda: packed(method=zipfile.ZIP_LZMA), "packed in a way that no workbook is"),
    "a cut": (lambda: packed()[:600], "It is cut off or damaged"),
    "a broken byte": (
        lambda: packed().replace(b"PK\x01\x02", b"PK\x01\x02", 1)[:60] + b"?" + packed()[61:],
        "is damaged",
    ),
    "a password": (lambda: flagged(1), "It is protected by a password"),
    "a password of Excel's own": (protected, "It is protected by a password"),
    "a program before it": (lambda: b"PK\x03\x04" + bytes(4096) + packed(), "Something else stands before"),
    "macros": (lambda: packed({"xl/vbaProject.bin": b"x"}), "a workbook with macros"),
    "garbage": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 8192,
        "It is cut off, or its list of sectors is damaged",
    ),
}


@pytest.mark.parametrize(("make", "what"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_by_name(make: Callable[[], bytes], what: str) -> None:
    with pytest.raises(FileError) as refused:
        read(make(), name="people.xlsx")

    assert refused.value.message.startswith("people.xlsx cannot be read. ")
    assert what in refused.value.message
    assert refused.value.hint.endswith(".")


def test_macros_are_let_in_where_that_is_allowed() -> None:
    book = packed({"xl/vbaProject.bin": b"x"})

    assert read(book, options=ReadOptions(macros=True)).frame.rows() == [("jdoe",)]


@pytest.mark.parametrize(
    ("limits", "what"),
    [({"memory": 25_000_000}, "bytes of memory|more memory"), ({"seconds": 0}, "cannot be read in 0 seconds")],
)
def test_a_parser_beyond_its_limits_dies_alone(limits: dict[str, int], what: str) -> None:
    texts = "".join(f"<si><t>{n * 7919 % 104729:x}</t></si>" for n in range(100_000))
    book = packed({"xl/sharedStrings.xml": f"<sst {SPREADSHEET}>{texts}</sst>"})

    with pytest.raises(FileError, match=what):
        read(book, name="people.xlsx", options=ReadOptions(limits=replace(DEFAULT_LIMITS, **limits)))
