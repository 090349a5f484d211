"""Hostile workbooks are refused with a reason, by a process that may die; this one survives."""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from enlist.core.errors import FileError
from enlist.core.table.storable import is_storable
from enlist.formats.files.options import ReadOptions
from enlist.formats.files.safety import DEFAULT_LIMITS
from enlist.formats.reading import read
from enlist.formats.workbook.grid import column_letters
from tests.support import binary_workbooks, old_workbooks
from tests.support.workbooks import PARTS, SPREADSHEET, made, packed, packed_anew, sheet, unpacked

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


def similar_values() -> bytes:
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


def noise(size: int) -> str:
    """So much text that does not pack well."""
    return random.Random(1).randbytes(size // 2).hex()


def many_sheets(count: int) -> bytes:
    """A workbook that names its only sheet many times."""
    named = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, count + 1))
    listed = PARTS["xl/workbook.xml"].replace('<sheet name="people" sheetId="1" r:id="r1"/>', named)
    return packed({"xl/workbook.xml": listed + f"<!--{noise(20_000)}-->"})


def styled(styles: str) -> bytes:
    """A workbook with these styles."""
    relations = PARTS["xl/_rels/workbook.xml.rels"]
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
    added = f'<Relationship Id="r9" Type="{kind}" Target="styles.xml"/></Relationships>'
    number = '<row r="1"><c r="A1" s="1"><v>1</v></c></row>'
    return packed(
        {
            "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", added),
            "xl/styles.xml": f"<styleSheet {SPREADSHEET}>{styles}</styleSheet><!--{noise(100_000)}-->",
            **sheet(number),
        }
    )


def formats(codes: Iterable[str]) -> bytes:
    made = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(codes))
    return styled(f"<numFmts>{made}</numFmts>")


def repeating(text: str, *, rows: int, columns: int = 1) -> bytes:
    """A text that is in the file once, and in very many cells."""
    cells = "".join(f'<c r="{column_letters(n)}{{0}}" t="s"><v>1</v></c>' for n in range(1, columns + 1))
    body = "".join(f'<row r="{n}">{cells.format(n)}</row>' for n in range(1, rows + 1))
    strings = f"<sst {SPREADSHEET}><si><t>username</t></si><si><t>{text}</t></si></sst>"
    return packed({"xl/sharedStrings.xml": strings, **sheet(body)})


def tables(count: int) -> bytes:
    """An OpenDocument spreadsheet with so many sheets."""
    return open_document("".join(f'<table:table table:name="{n}"/>' for n in range(count)) + f"<!--{noise(4_000)}-->")


def repeated(text: str, *, rows: int, columns: int) -> bytes:
    """An OpenDocument spreadsheet in which one cell stands for very many."""
    cell = f'<table:table-cell table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    head = "<table:table-row><table:table-cell><text:p>username</text:p></table:table-cell></table:table-row>"
    return open_document(f'<table:table table:name="people">{head}{row}</table:table>')


def open_document(tables: str) -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(f'xmlns:{name}="{space}:{name}:1.0"' for name in ("office", "table", "text"))
    inner = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", f"<office:document-content {names}>{inner}</office:document-content>")
    return stream.getvalue()


def long_listed() -> bytes:
    """A workbook whose list of parts is long by what is said beside each."""
    stream = io.BytesIO(packed())
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(20):
            part = zipfile.ZipInfo(f"xl/x{number}.xml")
            part.comment = bytes(60_000)
            archive.writestr(part, "<a/>")
    return stream.getvalue()


def with_globals(records: bytes) -> bytes:
    """An old workbook with these records before its first sheet."""
    book = old_workbooks.stream([[old_workbooks.shared(0)]], strings=["username"])
    start = 4 + struct.unpack_from("<H", book, 2)[0]
    return book[:start] + records + book[start:]


def in_sheet(records: bytes) -> bytes:
    """An old workbook with these records in its sheet."""
    end = old_workbooks.record(old_workbooks.EOF, b"")
    return old_workbooks.stream([[old_workbooks.shared(0)]], strings=["username"]).removesuffix(end) + records + end


def binary_sheets(count: int) -> bytes:
    parts = unpacked(binary_workbooks.made([[binary_workbooks.text("username")]]))
    one = [binary_workbooks.record(binary_workbooks.SHEET, struct.pack("<2I", 0, n) + binary_workbooks.wide("worksheet")
           + binary_workbooks.wide(str(n))) for n in range(1, count + 1)]  # fmt: skip
    return packed_anew({**parts, "xl/workbook.bin": b"".join(one)})


def long_record() -> bytes:
    parts = unpacked(binary_workbooks.made([[binary_workbooks.text("username")]]))
    name = "xl/worksheets/sheet1.bin"
    endless = b"\x81\x01\xff\xff\xff\x7f" + noise(3_000_000).encode()
    return packed_anew({**parts, name: parts[name] + endless})


BOUNDED: dict[str, tuple[Callable[[], bytes], str]] = {
    "very many sheets": (lambda: many_sheets(30_000), "too many sheets. The limit is 1,000."),
    "very many sheets of OpenDocument": (lambda: tables(1_001), "too many sheets. The limit is 1,000."),
    "very many sheets of a binary workbook": (lambda: binary_sheets(1_001), "too many sheets. The limit is 1,000."),
    "very many sheets of an old workbook": (
        lambda: with_globals(old_workbooks.record(old_workbooks.SHEET, bytes(6) + b"\x01\0p") * 1_001),
        "too many sheets. The limit is 1,000.",
    ),
    "a sheet with a very long name": (
        lambda: packed({"xl/workbook.xml": PARTS["xl/workbook.xml"].replace("people", "p" * 256)}),
        "The name of sheet 1 of people.xlsx is longer than 255 characters",
    ),
    "very many number formats": (lambda: formats(["0"] * 10_001), "too many number formats. The limit is 10,000."),
    "very long number formats": (
        lambda: formats(["0" * 60_000] * 4),
        "too many characters in its number formats. The limit is 200,000.",
    ),
    "very many styles": (
        lambda: styled(f"<cellXfs>{'<xf/>' * 100_001}</cellXfs>"), "too many cell styles. The limit is 100,000."
    ),
    "a row of very many elements": (
        lambda: packed(sheet(f"<row>{'<c/>' * 250_000}</row>{noise(100_000)}")),
        "too many elements in one row or other element. The limit is 250,000.",
    ),
    "a text that no cell holds": (
        lambda: packed(sheet(f'<row r="1"><c r="A1"><v>{noise(1_200_000)}</v></c><x/></row>')),
        "too many bytes in one text, tag or comment. The limit is 1,048,576.",
    ),
    "a tag that hides how long it is": (
        lambda: packed(sheet(f'<row r="1" x="{noise(30_000)}>{noise(1_200_000)}"/>')),
        "too many bytes in one text, tag or comment. The limit is 1,048,576.",
    ),
    "very many kinds of elements": (
        lambda: packed(sheet("", after="".join(f"<x{n}/>" for n in range(1_001)))),
        "too many kinds of elements or attributes. The limit is 1,000.",
    ),
    "very many kinds of attributes": (
        lambda: packed(sheet("", after="".join(f'<x a{n}="1"/>' for n in range(1_001)))),
        "too many kinds of elements or attributes. The limit is 1,000.",
    ),
    "a large part without cells": (
        lambda: packed({"xl/workbook.xml": PARTS["xl/workbook.xml"] + f"<!--{noise(10_000_000)}-->"}),
        "xl/workbook.xml of people.xlsx would unpack to 10,000,",
    ),
    "a long list of parts": (long_listed, "too many bytes in its list of parts. The limit is 1,000,000."),
    "an XML part that does not begin": (
        lambda: packed({"xl/x.xml": f"<!--{noise(200_000)}--><x/>"}),
        "has more than 65,536 bytes before its first element",
    ),
    "a text in a thousand cells": (
        lambda: repeating("x" * 30_000, rows=1_000), "too many characters in its cells. The limit is 20,000,000."
    ),
    "a text in a thousand cells of a row": (
        lambda: repeating("x" * 30_000, rows=3, columns=500), "Row 1 of people.xlsx has more than 4,194,304 characters"
    ),
    "a cell that stands for a million": (
        lambda: repeated("x" * 30_000, rows=1_000_000, columns=1),
        "too many characters in its cells. The limit is 20,000,000.",
    ),
    "very many texts of an old workbook": (
        lambda: with_globals(old_workbooks.record(old_workbooks.STRINGS, struct.pack("<2I", 1, 3_000_000))),
        "too many texts. The limit is 1,000,000.",
    ),
    "very many fonts of an old workbook": (
        lambda: with_globals(old_workbooks.record(old_workbooks.FONT, bytes(16)) * 10_001),
        "too many fonts. The limit is 10,000.",
    ),
    "very many names of an old workbook": (
        lambda: with_globals(old_workbooks.record(0x18, bytes(16)) * 50_001),
        "too many records of kind 0x18 before its first sheet. The limit is 50,000.",
    ),
    "very many comments of an old workbook": (
        lambda: in_sheet(old_workbooks.record(0x1C, bytes(12)) * 50_001),
        "too many records of kind 0x1c beside its cells. The limit is 50,000.",
    ),
    "a web page with a tag that does not end": (
        lambda: b"<html><table><tr><td>" + b"<a " * 2_000_000, "people.xlsx has a tag of more than 262,144 characters"
    ),
    "a web page with a cell of very many lines": (
        lambda: b"<html><table><tr><td>username<tr><td>" + b"a<br>" * 1_000_000, "is longer than 32,767 characters"
    ),
    "a record that does not end": (long_record, "has a record of more than 1,048,576 bytes"),
}  # fmt: skip
# Of address space, of which Python itself takes a third.
SMALL = ReadOptions(limits=replace(DEFAULT_LIMITS, memory=300_000_000))


@pytest.mark.parametrize(("make", "what"), BOUNDED.values(), ids=BOUNDED)
def test_it_refuses_what_is_too_much_before_that_fills_the_memory(make: Callable[[], bytes], what: str) -> None:
    with pytest.raises(FileError) as refused:
        read(make(), name="people.xlsx", options=SMALL)

    assert what in refused.value.message
    assert refused.value.hint.endswith(".")


def test_one_text_in_many_styles_takes_its_room_once() -> None:
    strings = "".join(f"<si><t>u{n}</t></si>" for n in range(100_000))
    cells = "".join(f'<row r="{n}"><c r="A{n}" s="{n % 200}" t="s"><v>{n}</v></c></row>' for n in range(1, 2_000))
    book = packed({"xl/sharedStrings.xml": f"<sst {SPREADSHEET}>{strings}</sst>", **sheet(cells)})

    assert read(book, options=SMALL).frame.height == 1_999


def test_a_repeatedly_hidden_column_is_reported_once() -> None:
    hidden = '<col min="1" max="16384" hidden="1"/>' * 20_000
    part = sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')
    name = "xl/worksheets/sheet1.xml"
    whole = str(part[name]).replace("<sheetData>", f"<cols>{hidden}</cols><sheetData>") + f"<!--{noise(20_000)}-->"

    codes = read(packed({name: whole}), options=SMALL).flags.get_column("code").to_list()
    assert codes.count("column_hidden") == 1


def test_only_the_first_rows_of_each_sheet_tell_which_one_is_meant() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 50_000))
    book = many_sheets(900)
    parts = {**unpacked(book), "xl/worksheets/sheet1.xml": str(*sheet(rows).values()).encode()}

    assert read(packed_anew(parts), options=SMALL).source.sheet == "1"


def test_rows_times_columns_are_limited() -> None:
    few = ReadOptions(limits=replace(DEFAULT_LIMITS, cells=10))
    with pytest.raises(FileError, match="more than 10 cells: 3 columns in 4 rows"):
        read(b"a,b,c\n1,2,3\n1,2,3\n1,2,3\n1,2,3", name="x.csv", options=few)
    with pytest.raises(FileError, match="more than 10 cells"):
        read(made([["a", "b", "c"], *[["1", "2", "3"]] * 4]), name="x.xlsx", options=few)


@pytest.mark.parametrize(
    ("written", "code"), [("a_x0000_b", "nul_byte"), ("a_xD800_b", "undecodable"), ("a_xDC00__xD800_b", "undecodable")]
)
def test_a_cell_that_no_database_can_store_is_reported(written: str, code: str) -> None:
    cells = [f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c></row>'
             for n, text in enumerate(("username", written, "ann"), start=1)]  # fmt: skip
    table = read(packed(sheet("".join(cells))))

    assert table.flags.select("code", "row").rows() == [(code, 0)]
    assert is_storable(table.frame.to_dicts())


def test_a_letter_in_two_halves_is_one() -> None:
    cells = [f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c></row>'
             for n, text in enumerate(("username", "_xD83D__xDE00_"), start=1)]  # fmt: skip

    assert read(packed(sheet("".join(cells)))).frame.rows() == [("😀",)]


def test_a_file_name_that_is_not_text_is_shown_as_far_as_possible() -> None:
    assert is_storable(read(b"username\nann\n", name="a\0b\ud800.csv").source.name)


def protected() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: packed({"xl/media/image1.emf": bytes(10_000_000)}), "more than 100 times its size"),
    "a lie about its size": (lying, "xl/worksheets/sheet1.xml of people.xlsx is damaged"),
    "too many parts": (
        lambda: packed({f"xl/x/{n}.xml": "<a/>" for n in range(1_000)}),
        "too many parts. The limit is 1,000.",
    ),
    "parts over each other": (overlapping, "Parts of people.xlsx overlap."),
    "a part that is there twice": (similar_values, "two parts called xl/workbook.xml"),
    "entities": (lambda: packed({"xl/sharedStrings.xml": ENTITIES}), "has a document type definition"),
    "entities from outside": (lambda: packed({"xl/sharedStrings.xml": OUTSIDE}), "has a document type definition"),
    "entities in wide letters": (
        lambda: packed({"xl/sharedStrings.xml": ENTITIES.encode("utf-16")}),
        "has a document type definition",
    ),
    "an encoding that nobody knows": (
        lambda: packed({"xl/sharedStrings.xml": f'<?xml version="1.0" encoding="pTF-8"?><sst {SPREADSHEET}/>'}),
        "xl/sharedStrings.xml of people.xlsx is damaged",
    ),
    "elements in elements": (
        lambda: packed(sheet('<row r="1"><c r="A1" t="inlineStr"><is>' + "<r>" * 50 + "</r>" * 50 + "</is></c></row>")),
        "too many elements inside each other. The limit is 40.",
    ),
    "very many attributes": (
        lambda: packed(sheet("<row " + " ".join(f'a{n}="{n % 97}"' for n in range(20_000)) + "/>")),
        "too many bytes in the attributes of one element",
    ),
    "a row that no sheet has": (lambda: packed(sheet('<row r="2147483647"/>')), "refers to a cell A2147483647"),
    "a column that no sheet has": (
        lambda: packed(sheet('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>')),
        "refers to a cell ZZZZZZ",
    ),
    "a text that is not there": (
        lambda: packed(sheet('<row r="1"><c r="A1" t="s"><v>999999999</v></c></row>')),
        "a cell refers to text 999999999",
    ),
    "a text before the first": (
        lambda: packed(sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')),
        "a cell refers to text -1",
    ),
    "a path that leads out": (lambda: packed({"../../tmp/x": "x"}), "points outside the workbook"),
    "a link": (linked, "is a link to a file outside"),
    "no list of types": (lambda: packed(without="[Content_Types].xml"), "[Content_Types].xml is missing"),
    "no sheet": (lambda: packed(without="xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml is missing"),
    "another packing": (lambda: packed(method=zipfile.ZIP_LZMA), "packed in a way that isn't supported"),
    "a cut": (lambda: packed()[:600], "people.xlsx is cut off or damaged"),
    "a broken byte": (
        lambda: packed().replace(b"PK\x01\x02", b"PK\x01\x02", 1)[:60] + b"?" + packed()[61:],
        "is damaged",
    ),
    "a password": (lambda: flagged(1), "people.xlsx is protected by a password"),
    "a password of Excel's own": (protected, "people.xlsx is protected by a password"),
    "a program before it": (lambda: b"PK\x03\x04" + bytes(4096) + packed(), "Other data comes before the workbook"),
    "macros": (lambda: packed({"xl/vbaProject.bin": b"x"}), "has macros"),
    "garbage": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 8192,
        "people.xlsx is cut off, or its list of sectors is damaged",
    ),
}


@pytest.mark.parametrize(("make", "what"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_by_name(make: Callable[[], bytes], what: str) -> None:
    with pytest.raises(FileError) as refused:
        read(make(), name="people.xlsx")

    assert what in refused.value.message
    assert refused.value.hint.endswith(".")


def test_macros_are_let_in_where_that_is_allowed() -> None:
    book = packed({"xl/vbaProject.bin": b"x"})

    assert read(book, options=ReadOptions(macros=True)).frame.rows() == [("jdoe",)]


@pytest.mark.parametrize(
    ("limits", "what"),
    [({"memory": 25_000_000}, "bytes of memory|more memory"), ({"seconds": 0}, "can't be read in 0 seconds")],
)
def test_a_parser_beyond_its_limits_dies_alone(limits: dict[str, int], what: str) -> None:
    texts = "".join(f"<si><t>{n * 7919 % 104729:x}</t></si>" for n in range(100_000))
    book = packed({"xl/sharedStrings.xml": f"<sst {SPREADSHEET}>{texts}</sst>"})

    with pytest.raises(FileError, match=what):
        read(book, name="people.xlsx", options=ReadOptions(limits=replace(DEFAULT_LIMITS, **limits)))
