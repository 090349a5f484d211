"""Binary workbooks (.xlsb) give the same table as other files."""

import pytest

from enlist.core.errors import FileError
from enlist.formats.files.options import ReadOptions
from enlist.formats.reading import read
from tests.support.binary_workbooks import (
    STYLE,
    STYLES,
    Cell,
    boolean,
    computed,
    error,
    made,
    real,
    record,
    shared,
    text,
    whole,
)
from tests.support.workbooks import packed_anew, unpacked

HEADER = ("username", "idnumber", "since", "share", "active")


@pytest.mark.spec("EN-06", "TM-12")
def test_it_reads_cells_as_they_are_shown() -> None:
    book = made(
        [
            [shared(number) for number in range(5)],
            [text("jdoe"), whole(123, style=1), whole(45000, style=2), real(0.25, style=3), boolean(True)],
            [shared(5), whole(-7), real(1.5), whole(1234, hundredths=True), boolean(False)],
        ],
        strings=(*HEADER, "нина 😀"),
        formats=("00000", "dd.mm.yyyy", "0%"),
    )
    table = read(book)

    assert table.frame.rows() == [
        ("jdoe", "00123", "15.03.2023", "25%", "TRUE"),
        ("нина 😀", "-7", "1.5", "12.34", "FALSE"),
    ]
    assert table.frame.columns == list(HEADER)
    assert table.lines.to_list() == [2, 3]


@pytest.mark.spec("WL-06")
def test_it_reads_dates_as_dates_where_that_is_asked_for() -> None:
    book = made([[text("username"), text("since")], [text("jdoe"), whole(45000, style=1)]], formats=("m/d/yy",))

    assert read(book, options=ReadOptions(dates="iso")).frame.rows() == [("jdoe", "2023-03-15")]


def test_it_reports_formulas_errors_and_hidden_parts() -> None:
    book = made(
        [
            [text("username"), text("city"), text("room")],
            [text("jdoe"), error(0x2A), computed(7.0)],
            [text("msmith"), None, None],
        ],
        hidden_rows=[2],
        hidden_columns=[2],
    )
    table = read(book)

    assert table.frame.rows() == [("jdoe", "#N/A", "7"), ("msmith", "", "")]
    assert table.flags.select("line", "column", "code", "value").rows() == [
        (None, None, "column_hidden", "C (room)"),
        (3, None, "rows_hidden", "1"),
        (2, "city", "formula_error", "#N/A"),
        (2, "room", "formula", "C2"),
    ]


def test_a_header_of_merged_cells_names_every_column_below() -> None:
    book = made(
        [
            [text("student"), None, text("parent"), None],
            [text("first name"), text("e-mail"), text("nickname"), text("e-mail")],
            [text("John"), text("john@example.org"), text("Jack"), text("jack@example.org")],
        ],
        merged=[(0, 0, 0, 1), (0, 2, 0, 3)],
    )

    assert read(book).headers == ("first name", "student e-mail", "nickname", "parent e-mail")


def test_a_value_merged_downwards_counts_for_every_row() -> None:
    rows: list[list[Cell | None]] = [
        [text("course1"), text("username")],
        [text("M"), text("a")],
        [None, text("b")],
        [text("A"), text("c")],
    ]

    table = read(made(rows, merged=[(1, 0, 2, 0)]))

    assert table.frame.rows() == [("M", "a"), ("M", "b"), ("A", "c")]
    assert table.flags.get_column("code").to_list() == ["merged_down"]


def test_a_cell_that_names_a_text_there_is_not_is_refused() -> None:
    with pytest.raises(FileError, match="a cell refers to text 3, but there are 1 texts"):
        read(made([[text("username"), text("city")], [shared(0), shared(3)]], strings=("jdoe",)), name="book.xlsb")


@pytest.mark.parametrize("length", [10, 200, 1000])
def test_half_a_workbook_is_refused(length: int) -> None:
    whole_book = made([[text("username")], *[[text(f"p{number}")] for number in range(200)]])

    with pytest.raises(FileError):
        read(whole_book[:-length], name="book.xlsb")


def test_a_part_that_ends_within_a_record_is_refused() -> None:
    parts = unpacked(made([[text("username")], *[[text(f"p{number}")] for number in range(200)]]))
    parts["xl/worksheets/sheet1.bin"] = parts["xl/worksheets/sheet1.bin"][:-3]

    with pytest.raises(FileError, match=r"sheet1\.bin of book\.xlsb is cut off: it ends within a record\."):
        read(packed_anew(parts), name="book.xlsb")


def test_a_record_that_is_too_short_is_refused_with_its_part() -> None:
    parts = unpacked(made([[text("username")], [text("jdoe")]]))
    parts["xl/styles.bin"] = record(STYLES, bytes(4)) + record(STYLE, b"") + parts["xl/styles.bin"]

    with pytest.raises(FileError, match=r"xl/styles\.bin of book\.xlsb is damaged: a record is too short\."):
        read(packed_anew(parts), name="book.xlsb")
