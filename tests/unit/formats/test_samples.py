"""Every sample file: how it is read on either path, and that it is the same after writing."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from enlist.formats.reading import read
from enlist.formats.text.delimited import write

SAMPLES = Path(__file__).parents[2] / "samples" / "delimited"

Cells = list[tuple[str, ...]]

# File → header, rows, their lines, flags as (line, code).
EXPECTED: dict[str, tuple[tuple[str, ...], Cells, list[int], list[tuple[int | None, str]]]] = {
    "plain.csv": (
        ("username", "firstname", "lastname"),
        [("jdoe", "John", "Doe"), ("msmith", "Mary", "Smith")],
        [2, 3],
        [],
    ),
    "crlf-bom-semicolon.csv": (("username", "firstname", "city"), [("jmueller", "Jürgen", "Köln")], [2], []),
    "tab.tsv": (
        ("username", "firstname", "lastname"),
        [("jdoe", "John", "Doe"), ("msmith", "Mary", "")],
        [2, 4],
        [(3, "lines_blank")],
    ),
    "bar.txt": (("username", "firstname", "url"), [("jdoe", "John", "http://example.org:80/,;")], [2], []),
    "colon.txt": (("username", "firstname"), [("jdoe", "John")], [2], []),
    "caret.txt": (("x", "username"), [("x", "jdoe")], [2], []),
    "single-quotes.csv": (("username", "city"), [("jdoe", "Paris, Texas")], [2], []),
    "old-mac-line-ends.csv": (("username", "city"), [("jdoe", "Bonn"), ("msmith", "Rome")], [2, 3], []),
    "mixed-line-ends.csv": (
        ("username", "city"),
        [("jdoe", "Bonn"), ("msmith", "Rome"), ("x", "Oslo")],
        [2, 3, 4],
        [(3, "line_ends_mixed")],
    ),
    "utf-16-with-mark.csv": (("username", "city"), [("jmueller", "Köln")], [2], []),
    "utf-32-with-mark.csv": (("username", "city"), [("jmueller", "Köln")], [2], []),
    "windows-1252.csv": (
        ("username", "city"),
        [("jmueller", "Köln"), ("elopez", "A Coruña")],
        [2, 3],
        [(None, "encoding_guessed")],
    ),
    "utf-8-with-a-broken-cell.csv": (
        ("username", "city"),
        [("jmueller", "Köln"), ("elopez", "A Coruña"), ("ro", "Br\ufffdten"), ("x", "Åre")],
        [2, 3, 4, 5],
        [(4, "undecodable")],
    ),
    "quoted-line-breaks.csv": (
        ("username", "description"),
        [("jdoe", 'first\r\nsecond, with "quotes"'), ("msmith", "x")],
        [2, 4],
        [],
    ),
    "quoted-after-blanks.csv": (("username", "firstname", "lastname"), [("jdoe", "Doe, John", "Doe")], [2], []),
    "stray-quotes.csv": (
        ("username", "firstname", "city"),
        [("jdoe", 'John "Jack" Doe', '5" away'), ("msmith", '"Mary" Ann', "Rome")],
        [2, 3],
        [(3, "quotes_repaired")],
    ),
    "quote-across-rows.csv": (
        ("username", "city"),
        [("jdoe", '"Bonn'), ("msmith", "Rome"), ("x", "Oslo")],
        [2, 3, 4],
        [(2, "quotes_repaired")],
    ),
    "ragged.csv": (
        ("username", "firstname", "city"),
        [("jdoe", "John", ""), ("msmith", "Mary", "Rome"), ("x", "Xan", "Oslo")],
        [2, 3, 4],
        [(2, "row_short"), (3, "row_long")],
    ),
    "blank-lines-and-title-case.csv": (
        ("UserName", "First Name"),
        [("jdoe", "John"), ("msmith", "Mary")],
        [5, 8],
        [(6, "lines_blank")],
    ),
    "nul-byte.csv": (("username", "city"), [("jdoe", ""), ("msmith", "Rome")], [2, 3], [(2, "nul_byte")]),
    "trailing-delimiters.csv": (("username", "city"), [("jdoe", "Bonn"), ("msmith", "Rome")], [2, 3], []),
    "column-without-a-header.csv": (
        ("username", "Column 2", "city"),
        [("jdoe", "x", "Bonn")],
        [2],
        [(1, "header_missing")],
    ),
    "header-with-a-line-break.csv": (("user name", "city"), [("jdoe", "Bonn")], [3], []),
    "passwords.csv": (
        ("username", "city"),
        [("jdoe", "Bonn"), ("msmith", "")],
        [2, 3],
        [(1, "secret_not_handled"), (3, "row_short")],
    ),
    "header-only.csv": (("username", "city"), [], [], []),
    "one-column.csv": (("e-mail",), [("jdoe@example.org",), ("msmith@example.org",)], [2, 4], []),
    "signs-first.csv": (
        ("username", "phone1", "sysrole1"),
        [("jdoe", "+47 22 85 50 50", "-manager"), ("'tjong", "=1+1", "@x")],
        [2, 3],
        [],
    ),
    "our-guarded-export.csv": (("username", "phone1"), [("jdoe", "+47 22 85 50 50"), ("'=x", "'t Hooft")], [2, 3], []),
}


def test_every_sample_is_expected() -> None:
    assert sorted(path.name for path in SAMPLES.iterdir()) == sorted(EXPECTED)


@pytest.mark.spec("EC-01", "EC-13")
@pytest.mark.parametrize("name", EXPECTED)
def test_it_reads_the_sample(name: str) -> None:
    table = read(SAMPLES / name)

    flags = table.flags.select("line", "code").rows()
    assert (table.headers, table.frame.rows(), table.lines.to_list(), flags) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_it_reads_back_what_it_wrote(name: str) -> None:
    frame = read(SAMPLES / name).frame

    assert_frame_equal(read(write(frame)).frame, frame)


def test_no_flag_and_no_frame_holds_a_password() -> None:
    table = read(SAMPLES / "passwords.csv")

    assert "tops3cret" not in str(table.frame.rows()) + str(table.flags.rows())
