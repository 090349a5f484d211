"""Workbooks give the same Table as delimited text: cells as displayed, lines as the sheet numbers them."""

import datetime
import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from enlist.core.errors import FileError
from enlist.core.flags.flags import sentences
from enlist.core.table.table import Source, Table
from enlist.formats.files.options import ReadOptions
from enlist.formats.reading import read
from tests.support.workbooks import made, packed, packed_anew, sheet, unpacked


def codes(table: Table) -> list[tuple[int | None, str | None, str]]:
    return table.flags.select("line", "column", "code").rows()


@pytest.mark.spec("EN-06", "TM-12")
def test_it_reads_cells_as_they_are_shown() -> None:
    book = made(
        [["username", "idnumber", "since", "share", "active"], ["jdoe", 123, datetime.date(2023, 3, 15), 0.25, True]],
        formats={(1, 1): "00000", (1, 2): "dd.mm.yyyy", (1, 3): "0%"},
    )

    assert read(book).frame.rows() == [("jdoe", "00123", "15.03.2023", "25%", "TRUE")]


@pytest.mark.spec("WL-06")
def test_it_reads_dates_as_dates_where_that_is_asked_for() -> None:
    book = made([["username", "since"], ["jdoe", 45000]], formats={(1, 1): "m/d/yy"})

    assert read(book, options=ReadOptions(dates="iso")).frame.rows() == [("jdoe", "2023-03-15")]


def test_it_reports_what_it_read(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(made([[], ["username", "city"], ["jdoe", "Bonn"]]))

    assert read(path).source == Source(
        name="people.xlsx",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        encoding="workbook",
        delimiter="",
        header_line=2,
        road="workbook",
        header=(("username", "city"),),
        sheet="people",
        sheets=("people",),
    )


def test_lines_are_the_numbers_of_the_sheet() -> None:
    table = read(made([["Our people"], [], ["username", "city"], ["jdoe", "Bonn"], [], ["msmith", "Rome"]]))

    assert (table.lines.to_list(), codes(table)) == ([4, 6], [(1, None, "line_above_header")])


def two_sheets() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("Read me").write_column(0, 0, ["How to fill this in", "Write one person a line."])
        people = book.add_worksheet("People")
        people.write_row(0, 0, ["username", "email"])
        people.write_row(1, 0, ["jdoe", "jdoe@example.org"])
        book.add_worksheet("Old").hide()
    return stream.getvalue()


def test_it_takes_the_sheet_that_looks_like_people() -> None:
    table = read(two_sheets())

    assert (table.source.sheet, table.frame.rows()) == ("People", [("jdoe", "jdoe@example.org")])
    assert sentences(table.flags).to_list() == ["Sheet “People” was read; the others were not: Read me, Old."]


def test_it_takes_the_sheet_that_is_named() -> None:
    assert read(two_sheets(), options=ReadOptions(sheet="read me")).headers == ("How to fill this in",)


def test_it_names_the_sheets_where_there_is_none_of_that_name() -> None:
    with pytest.raises(FileError, match=r"has no sheet “Teachers”\. Its sheets: Read me, People, Old\.$"):
        read(two_sheets(), options=ReadOptions(sheet="Teachers"))


def test_it_reports_hidden_rows_and_columns() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        people = book.add_worksheet("People")
        for number, row in enumerate([["username", "city"], ["jdoe", "Bonn"], ["msmith", "Rome"]]):
            people.write_row(number, 0, row)
        people.set_row(2, None, None, {"hidden": True})
        people.set_column(1, 1, None, None, {"hidden": True})

    table = read(stream.getvalue())

    assert table.height == 2
    assert sentences(table.flags).to_list() == [
        "Column B (city) is hidden in the workbook; it was read like the others.",
        "Rows are hidden in the workbook (1, the first in line 3); they were read like the others.",
    ]


@pytest.mark.spec("WL-09")
def test_it_reports_cells_with_formulas_and_errors() -> None:
    table = read(
        packed(
            sheet(
                '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>city</t></is></c></row>'
                '<row r="2"><c r="A2" t="str"><f>A1&amp;"x"</f><v>usernamex</v></c>'
                '<c r="B2" t="e"><v>#N/A</v></c></row>'
            )
        )
    )

    assert table.frame.rows() == [("usernamex", "#N/A")]
    assert sentences(table.flags).to_list() == [
        "Cell A2 holds a formula; the value that was last computed is used.",
        "Cell B2 shows the error #N/A.",
    ]


def test_a_header_of_merged_cells_names_every_column_below() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        people = book.add_worksheet("People")
        people.merge_range(0, 0, 0, 1, "student")
        people.merge_range(0, 2, 0, 3, "parent")
        people.write_row(1, 0, ["first name", "e-mail", "nickname", "e-mail"])
        people.write_row(2, 0, ["John", "john@example.org", "Jack", "jack@example.org"])

    table = read(stream.getvalue())

    assert table.headers == ("first name", "student e-mail", "nickname", "parent e-mail")
    assert codes(table) == [(1, None, "header_lines")]


def test_a_lone_cell_far_away_costs_nothing_and_is_reported() -> None:
    table = read(
        packed(
            sheet(
                '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
                '<row r="1048576"><c r="XFD1048576" t="s"><v>1</v></c></row>'
            )
        )
    )

    assert table.frame.rows() == [("jdoe",)]
    assert sentences(table.flags).to_list() == ["Cell XFD1048576 stands beyond the last column of the header."]


def test_text_keeps_its_runs_and_escapes() -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>username</t></si>'
        '<si><r><t>J</t></r><r><rPr><b/></rPr><t>örg</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>'
    )

    assert read(packed({"xl/sharedStrings.xml": strings})).frame.rows() == [("Jörg",)]


def test_it_reads_from_a_stream_that_cannot_be_rewound() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert read(Pipe(packed())).frame.rows() == [("jdoe",)]


def test_the_cage_never_loads_polars() -> None:
    script = "import sys, enlist.formats.workbook.child; sys.exit('polars' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_web_page_under_another_name_gives_its_table() -> None:
    page = (
        "<html><style>td {color: red}</style><p>x</p><table><tr><th>username<th>city</tr>"
        "<tr><td>jdoe<td>Bad<br>Homburg &amp; co<script>alert(1)</script></tr></table><table><tr><td>y</table></html>"
    )

    table = read(page.encode(), name="people.xls")

    assert (table.headers, table.frame.rows()) == (("username", "city"), [("jdoe", "Bad Homburg & co")])
    assert codes(table) == [(None, None, "web_page")]


def test_a_web_page_without_a_table_is_refused() -> None:
    with pytest.raises(FileError, match=r"is a web page without a table\."):
        read(b"<!DOCTYPE html><html><p>Sign in</p></html>")


def with_hidden(*, columns: str) -> bytes:
    """A workbook with a hidden row that holds a formula, and hidden columns."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("people")
        for row, cells in enumerate([["username", "city", "room"], ["jdoe", "Bonn", "1"], ["msmith", "Rome", "2"]]):
            page.write_row(row, 0, cells)
        page.write_formula(1, 2, "=1", None, 1)
        page.set_row(1, None, None, {"hidden": True})
        page.set_column(columns, None, None, {"hidden": True})
    return stream.getvalue()


def test_what_is_hidden_is_left_out_where_that_is_asked_for() -> None:
    table = read(with_hidden(columns="B:B"), options=ReadOptions(hidden="skip"))

    assert (table.headers, table.frame.rows(), table.lines.to_list()) == (("username", "room"), [("msmith", "2")], [3])
    assert sentences(table.flags).to_list() == [
        "What is hidden in the workbook was left out: column B (city), 1 rows (the first in line 2)."
    ]


def test_it_refuses_to_leave_out_every_column() -> None:
    with pytest.raises(FileError, match=r"^All columns of data are hidden\. Show those"):
        read(with_hidden(columns="A:C"), options=ReadOptions(hidden="skip"))


def test_a_workbook_without_its_styles_is_refused() -> None:
    """Numbers would lose their zeros without a warning."""
    parts = unpacked(made([["username", "idnumber"], ["jdoe", 7]], formats={(1, 1): "00000"}))
    del parts["xl/styles.xml"]

    with pytest.raises(FileError, match=r"isn't a complete workbook: part xl/styles\.xml is missing\."):
        read(packed_anew(parts))


def test_rows_that_do_not_rise_are_refused() -> None:
    rows = '<row r="2"><c r="A2" t="str"><v>username</v></c></row><row r="2"><c r="A2" t="str"><v>jdoe</v></c></row>'

    with pytest.raises(FileError, match=r"is damaged: row 2 comes after row 2\."):
        read(packed(sheet(rows)))
