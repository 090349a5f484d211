"""OpenDocument spreadsheets: their displayed cells and their notes."""

import io
import zipfile

import pytest

from enlist.core.errors import FileError
from enlist.formats import ReadOptions, read

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
SHOWN = "<text:p>31.01.27</text:p>"
DATE = f'<table:table-cell office:value-type="date" office:date-value="2027-01-31">{SHOWN}</table:table-cell>'


def cell(text: str, **attributes: str) -> str:
    said = " ".join(f'table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-cell {said}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, said: str = "") -> str:
    return f"<table:table-row {said}>{''.join(cells)}</table:table-row>"


def book(*rows: str, manifest: str = "") -> bytes:
    stream = io.BytesIO()
    content = (
        f'<office:document-content {NAMES}><office:body><office:spreadsheet><table:table table:name="People">'
        f"{''.join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        if manifest:
            archive.writestr("META-INF/manifest.xml", manifest)
    return stream.getvalue()


HEADER = row(cell("username"), cell("city"), cell("since"))


@pytest.mark.spec("TM-12", "EN-06")
def test_it_reads_cells_as_they_are_shown() -> None:
    blank = "<table:table-cell/>"
    twice = row(cell("twin"), blank, DATE, said='table:number-rows-repeated="2"')
    table = read(book(HEADER, row(cell("ann"), cell("New<text:s text:c='1'/>York"), DATE), row(blank), twice))

    assert table.frame.rows() == [
        ("ann", "New York", "31.01.27"),
        ("twin", "", "31.01.27"),
        ("twin", "", "31.01.27"),
    ]
    assert table.lines.to_list() == [2, 4, 5]
    assert table.source.sheet == "People"


def test_it_reads_dates_as_dates_where_that_is_asked_for() -> None:
    table = read(book(HEADER, row(cell("ann"), cell("Rome"), DATE)), options=ReadOptions(dates="iso"))

    assert table.frame.row(0) == ("ann", "Rome", "2027-01-31")


@pytest.mark.spec("WL-09")
def test_it_reports_formulas_and_hidden_rows() -> None:
    hidden = row(cell("bob"), cell("Oslo"), DATE, said='table:visibility="collapse"')
    table = read(book(HEADER, row(cell("ann"), cell("Rome", formula="of:=[.A1]"), DATE), hidden))

    assert table.flags.select("line", "code", "value").rows() == [(3, "rows_hidden", "1"), (2, "formula", "B2")]


def test_it_refuses_one_that_needs_a_password() -> None:
    with pytest.raises(FileError, match="protected by a password"):
        read(book(HEADER, manifest="<manifest><encryption-data/></manifest>"))
