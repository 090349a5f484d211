"""Old workbooks (.xls) give the same table as other files."""

import struct

import pytest

from enlist.core.errors import FileError
from enlist.core.flags.flags import sentences
from enlist.formats.files.options import ReadOptions
from enlist.formats.reading import read
from tests.support.old_workbooks import ROW, Cell, boolean, compound, computed, error, real, shared, stream, whole

HEADER = ("username", "idnumber", "since", "share", "active")


@pytest.mark.spec("EN-06", "TM-12")
def test_it_reads_cells_as_they_are_shown() -> None:
    book = stream(
        [
            [shared(number) for number in range(5)],
            [shared(5), whole(123, style=1), whole(45000, style=2), real(0.25, style=3), boolean(True)],
            [shared(6), whole(-7), real(1.5), whole(1234, hundredths=True), boolean(False)],
        ],
        strings=(*HEADER, "jdoe", "нина 😀"),
        formats=("00000", "dd.mm.yyyy", "0%"),
    )
    table = read(compound(book))

    assert table.frame.rows() == [
        ("jdoe", "00123", "15.03.2023", "25%", "TRUE"),
        ("нина 😀", "-7", "1.5", "12.34", "FALSE"),
    ]
    assert table.frame.columns == list(HEADER)
    assert table.lines.to_list() == [2, 3]
    assert table.flags.is_empty()


def test_it_reads_records_without_a_compound_file_around_them() -> None:
    book = stream([[shared(0)], [shared(1)]], strings=("username", "jdoe"))

    assert read(book).frame.rows() == [("jdoe",)]


@pytest.mark.spec("WL-06")
def test_it_reads_dates_as_dates_where_that_is_asked_for() -> None:
    rows = [[shared(0), shared(1)], [shared(2), whole(45000, style=1)]]
    book = compound(stream(rows, strings=("username", "since", "jdoe"), formats=("m/d/yy",)))

    assert read(book, options=ReadOptions(dates="iso")).frame.rows() == [("jdoe", "2023-03-15")]


def test_it_reports_formulas_errors_and_hidden_parts() -> None:
    book = stream(
        [
            [shared(0), shared(1), shared(2)],
            [shared(3), error(0x2A), computed(7.0)],
            [shared(4), None, None],
        ],
        strings=("username", "city", "room", "jdoe", "msmith"),
        hidden_rows=[2],
        hidden_columns=[2],
    )
    table = read(compound(book))

    assert table.frame.rows() == [("jdoe", "#N/A", "7"), ("msmith", "", "")]
    assert table.flags.select("line", "column", "code", "value").rows() == [
        (None, None, "column_hidden", "C (room)"),
        (3, None, "rows_hidden", "1"),
        (2, "room", "formula", "C2"),
        (2, "city", "formula_error", "#N/A"),
    ]


def test_a_header_of_merged_cells_names_every_column_below() -> None:
    strings = (
        "student",
        "parent",
        "first name",
        "e-mail",
        "nickname",
        "John",
        "john@example.org",
        "Jack",
        "j@example.org",
    )
    book = stream(
        [
            [shared(0), None, shared(1), None],
            [shared(2), shared(3), shared(4), shared(3)],
            [shared(5), shared(6), shared(7), shared(8)],
        ],
        strings=strings,
        merged=[(0, 0, 0, 1), (0, 2, 0, 3)],
    )

    assert read(compound(book)).headers == ("first name", "student e-mail", "nickname", "parent e-mail")


def test_a_value_merged_downwards_counts_for_every_row() -> None:
    cells: list[list[Cell | None]] = [
        [shared(0), shared(1)],
        [shared(2), shared(3)],
        [None, shared(4)],
        [shared(5), shared(6)],
    ]
    book = stream(cells, strings=("course1", "username", "M", "a", "b", "A", "c"), merged=[(1, 0, 2, 0)])

    table = read(compound(book))

    assert table.frame.rows() == [("M", "a"), ("M", "b"), ("A", "c")]
    assert table.flags.get_column("code").to_list() == ["merged_down"]


@pytest.mark.parametrize("length", [512, 1024, 4096])
def test_half_a_workbook_is_refused(length: int) -> None:
    strings = ("username", *(f"user{number}" for number in range(200)))
    book = compound(stream([[shared(number)] for number in range(201)], strings=strings))

    with pytest.raises(FileError):
        read(book[:-length], name="book.xls")


def test_missing_rows_of_the_workbook_are_reported() -> None:
    rows = [[shared(0)], [shared(1)], *[[shared(2)]] * 3]
    book = stream(rows, strings=("username", "jdoe", "msmith"))
    # The record of the third row now says that it is as long as all below it.
    place = book.index(struct.pack("<3H", ROW, 16, 2))
    length = len(book) - place - 8
    damaged = book[: place + 2] + struct.pack("<H", length) + book[place + 4 :]
    table = read(compound(damaged))

    assert table.frame.rows() == [("jdoe",)]
    assert sentences(table.flags).to_list() == [
        "The workbook says that its sheet goes down to row 5; the last one found is row 2."
    ]
