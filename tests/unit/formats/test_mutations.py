"""Files that were damaged on their way: read, or refused by name; nothing else, and nothing is left behind.

A few of many: `HYPOTHESIS_PROFILE=deep pytest tests/unit/formats/test_mutations.py` tries more.
"""

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.errors import FileError
from enlist.core.table import Table
from enlist.formats.options import ReadOptions
from enlist.formats.reading import read
from tests.support.binary_workbooks import made as binary
from tests.support.binary_workbooks import text
from tests.support.workbooks import made

ROWS = [["username", "name", "email"], *([f"user{n}", "Zoë, Ann", f"user{n}@example.org"] for n in range(20))]
# The parts of an .ods; nobody needs more.
CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="people">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)


@cache
def whole(kind: str) -> bytes:
    """A small file of a kind that is read without a word."""
    match kind:
        case "csv":
            return "\n".join(",".join(f'"{cell}"' for cell in row) for row in ROWS).encode()
        case "utf-16":
            return "\r\n".join("\t".join(row) for row in ROWS).encode("utf-16")
        case "xlsx":
            return made(ROWS)
        case "stored":
            return packed_anew(made(ROWS), method=zipfile.ZIP_STORED)
        case "xlsb":
            return packed_anew(binary([[text(cell) for cell in row] for row in ROWS]), method=zipfile.ZIP_STORED)
        case _:
            return open_document()


def packed_anew(book: bytes, *, method: int) -> bytes:
    """The same parts packed in another way: where nothing is compressed, damage meets the parser of what is inside."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as given_book, zipfile.ZipFile(stream, "w", method) as archive:
        for name in given_book.namelist():
            archive.writestr(name, given_book.read(name))
    return stream.getvalue()


def open_document() -> bytes:
    rows = (
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in ROWS
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", CONTENT.format("".join(rows)))
    return stream.getvalue()


SIGNS = [b"\0", b'"', b"\r", b"\xff", b"<", b"&", b"PK\x03\x04", b"]]>"]
KINDS = ["csv", "utf-16", "xlsx", "stored", "xlsb", "ods"]


@st.composite
def damages(draw: st.DrawFn) -> bytes:
    """A whole file with some bytes changed, cut off, left out or repeated."""
    data = bytearray(whole(draw(st.sampled_from(KINDS))))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.sampled_from([1, 1, 2, 8, 64, 512]))
        match draw(st.sampled_from(["change", "cut", "leave out", "repeat", "put in"])):
            case "change":
                data[start : start + length] = draw(st.binary(min_size=1, max_size=4))
            case "cut":
                del data[start:]
            case "leave out":
                del data[start : start + length]
            case "repeat":
                data[start:start] = data[start : start + length]
            case _:
                data[start:start] = draw(st.sampled_from(SIGNS))
    return bytes(data)


def outcome(data: bytes) -> Table | FileError:
    try:
        return read(data, name="people", options=ReadOptions())
    except FileError as error:
        return error


@pytest.mark.parametrize("kind", KINDS)
def test_whole_files_are_read(kind: str) -> None:
    table = read(whole(kind))

    assert [list(table.headers), *map(list, table.frame.iter_rows())] == ROWS
    assert table.flags.is_empty()


@given(data=damages())
def test_damaged_files_are_read_or_refused_by_name(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", folder)
        found = outcome(data)

        assert list(Path(folder).iterdir()) == []
    if isinstance(found, FileError):
        assert found.message.endswith((".", ")"))
        assert "Traceback" not in found.message
    else:
        assert sum(column.null_count() for column in found.frame.iter_columns()) == 0
        assert found.lines.is_sorted()
