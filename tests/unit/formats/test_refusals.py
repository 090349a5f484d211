"""Every unreadable file is refused with one sentence and one hint."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from enlist.core.errors import FileError
from enlist.formats.files.options import ReadOptions
from enlist.formats.files.safety import DEFAULT_LIMITS
from enlist.formats.reading import read

DEFAULTS = ReadOptions()
SMALL = ReadOptions(limits=replace(DEFAULT_LIMITS, size=60, rows=2, columns=3, cell=10))
LONG = b"username,city\n" + b"jdoe,Bonn\n" * 20_000

REFUSED = {
    "nothing": (b"", DEFAULTS, "data is empty."),
    "only blanks": (b"\xef\xbb\xbf \r\n\t\n", DEFAULTS, "The file has only blank lines."),
    "blanks": (b" \r\n\t\n", DEFAULTS, "data is empty."),
    "a blank line as header": (
        b"username,city\n,\njdoe,Bonn\n",
        ReadOptions(header=2),
        "Line 2 can't be the header, because all its cells are blank.",
    ),
    "a NUL byte in the header": (b"user\0name,city\n", DEFAULTS, "Line 1 has a NUL byte in a header."),
    "control characters in the header": (
        b"\x04K\x03\x04",
        DEFAULTS,
        "Line 1 has control characters in a header, so this isn't a text table.",
    ),
    "a repeated header": (
        b"username,email, email \n",
        DEFAULTS,
        "Columns 2 and 3 in line 1 are both called “email”.",
    ),
    "nothing but passwords": (
        b"password\ns3cret\n",
        DEFAULTS,
        "The file has only a column of passwords, which isn't read.",
    ),
    "a delimiter that misses": (
        b"username;city\njdoe;Bonn\n",
        ReadOptions(delimiter=","),
        "Line 1 is a single column. Split at every semicolon, it would be 2.",
    ),
    "a delimiter in the header only": (
        b"username|city\nBonn\nRome\nOslo\n",
        ReadOptions(delimiter=","),
        "Line 1 is a single column. Split at every bar, it would be 2.",
    ),
    "no delimiter": (
        b"username firstname lastname\njdoe John Doe\n",
        DEFAULTS,
        "Line 1 names several columns, but there is no delimiter between them.",
    ),
    "a delimiter of two characters": (
        b"username::city\n",
        ReadOptions(delimiter="::"),
        "“::” can't be the delimiter. It must be one character, not a letter or a quotation mark.",
    ),
    "a quote of two characters": (
        b"username,city\n",
        ReadOptions(quote="<>"),
        "“<>” can't be the quotation mark. It must be one character.",
    ),
    "a quote that never closes": (
        b'username,city\na,"x\ny"\njdoe,"Bonn\nmsmith,Rome\n',
        DEFAULTS,
        "A quotation mark opens in line 4 and is never closed.",
    ),
    "a quote that never closes in a long file": (
        LONG.replace(b"Bonn", b'"Bonn', 1),
        DEFAULTS,
        "A quotation mark opens in line 2, and its cell is longer than 131,072 characters.",
    ),
    "a cell far too long": (
        b"username,city\njdoe," + b"x" * 140_000 + b"\n",
        DEFAULTS,
        "A cell of line 2 is longer than 131,072 characters.",
    ),
    "a quote that never closes in the header": (
        b'username,"city\njdoe,Bonn\n',
        DEFAULTS,
        "A quotation mark opens in line 1 and is never closed.",
    ),
    "too many bytes": (LONG, SMALL, "data is larger than 60 bytes."),
    "too many rows": (b"username\na\nb\nc\n", SMALL, "The file has more than 2 rows."),
    "too many columns": (b"a,b,c,d\n", SMALL, "Line 1 has 4 columns. The limit is 3."),
    "a cell too long": (
        b"username,city\n\nx,abcdefghijk\n",
        SMALL,
        "The cell in line 3, column “city”, is longer than 10 characters.",
    ),
    "a line without end": (
        b"x" * 300_000,
        DEFAULTS,
        "The first line is longer than 262,144 bytes, so this isn't a text table.",
    ),
    "bytes of another encoding": (
        "username,city\njdoe,Bonn\nmsmith,Köln".encode("cp1252"),
        ReadOptions(encoding="utf8"),
        "data isn't utf-8: line 3, character 9 can't be read.",
    ),
    "half a letter": (
        "username".encode("utf-16") + b"x",
        DEFAULTS,
        "data isn't utf-16-le: line 1, character 9 can't be read.",
    ),
    "an unknown encoding": (b"username", ReadOptions(encoding="klingon"), "There is no encoding “klingon”."),
    "no encoding of text": (b"username", ReadOptions(encoding="base64"), "There is no encoding “base64”."),
    "an encoding of half letters": (
        b"username\n\\ud800\n",
        ReadOptions(encoding="raw_unicode_escape"),
        "data can't be read as raw-unicode-escape.",
    ),
    "a header of another encoding": (
        "usernäme,city,ort\njdoe,Köln,Åre\n".encode().replace(b"n\xc3\xa4", b"n\xe4"),
        DEFAULTS,
        "The header of data has bytes that aren't UTF-8.",
    ),
    "a cut workbook": (
        b"PK\x03\x04...xl/workbook.xml",
        DEFAULTS,
        "data is cut off or damaged (File is not a zip file).",
    ),
    "a PDF": (b"%PDF-1.7 \xff\xff", DEFAULTS, "data is a PDF document, not a table."),
    "a workbook as XML": (
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>',
        DEFAULTS,
        "data is an XML document, which Enlist can't read.",
    ),
    "JSON": (
        b'[\n  {"username": "jdoe", "city": "Bonn"}\n]',
        DEFAULTS,
        "data is a JSON document, which Enlist can't read.",
    ),
    "JSON in wide letters": (
        '{"users": 1,"b":2}'.encode("utf-16"),
        DEFAULTS,
        "data is a JSON document, which Enlist can't read.",
    ),
    "RTF": (b"{\\rtf1\\ansi a,b}", DEFAULTS, "data is a text document (RTF), not a table."),
    "address cards": (
        b"BEGIN:VCARD\r\nFN:John\r\n",
        DEFAULTS,
        "data is a list of address cards (vCard), which Enlist can't read.",
    ),
    "entries of a directory": (
        b"version: 1\n\ndn: uid=jdoe,ou=people\nuid: jdoe\n",
        DEFAULTS,
        "data is a list of directory entries (LDIF), which Enlist can't read.",
    ),
    "a web archive": (b"MIME-Version: 1.0\r\nX: y\r\n", DEFAULTS, "data is a web archive or mail, not a table."),
    "SQL": (
        b"INSERT INTO users VALUES (1,'x');\n",
        DEFAULTS,
        "data is a list of SQL commands, which Enlist can't read.",
    ),
    "SYLK": (b"ID;PWXL;N;E\r\nP;PGeneral\r\n", DEFAULTS, "data is a SYLK workbook, which Enlist can't read."),
    "DIF": (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', DEFAULTS, "data is a DIF workbook, which Enlist can't read."),
    "UTF-7": (
        b"username,city\njdoe,+ADw-b+AD4-\n",
        DEFAULTS,
        "data may be UTF-7: in line 2, +ADw- would be <.",
    ),
    "more names than columns": (
        b"username,city\njdoe,Bonn\n",
        ReadOptions(names=("a", "b", "c")),
        "You named 3 columns, but the file has 2.",
    ),
    "lines that are neither": (b"username\n", ReadOptions(lines="some"), "Lines can't be read as “some”."),
    "what is hidden in another way": (
        b"username\n",
        ReadOptions(hidden="show"),
        "Hidden rows and columns can't be handled as “show”.",
    ),
    "dates of another kind": (b"username\n", ReadOptions(dates="roman"), "Dates can't be read as “roman”."),
    "other binary data": (b"\x7fELF\x01\x00\xff\xfe\x80\x00", DEFAULTS, "data isn't a text file."),
}


@pytest.mark.parametrize(("data", "options", "sentence"), REFUSED.values(), ids=REFUSED)
def test_it_refuses(data: bytes, options: ReadOptions, sentence: str) -> None:
    with pytest.raises(FileError) as refused:
        read(data, options=options)

    assert refused.value.message == sentence
    assert refused.value.hint.endswith(".")


def test_it_refuses_a_file_that_is_not_there() -> None:
    with pytest.raises(FileError, match=r"^There is no file nowhere/people\.csv\. Check the path\.$"):
        read("nowhere/people.csv")


def test_it_refuses_a_directory(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"is a directory, not a file\. Name a file in it\.$"):
        read(tmp_path)


def test_it_refuses_a_file_it_may_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by a file's mode: the administrator of a machine may read every file."""

    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(FileError, match=r"^people\.csv can't be read: permission denied\. Ask for "):
        read("people.csv")


class FailingDisk(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        raise OSError(5, "Input/output error")


def test_it_refuses_a_file_on_a_failing_disk() -> None:
    with pytest.raises(FileError, match=r"^data can't be read: Input/output error\."):
        read(io.BufferedReader(FailingDisk()))


def test_it_explains_that_text_files_must_be_opened_in_binary_mode() -> None:
    with pytest.raises(TypeError, match="open the file in binary mode"):
        read(io.StringIO("username\n"))  # type: ignore[arg-type]
