"""Patterns extract the same from a sheet as a parser; where they don't match, the parser is used."""

import datetime
import io
from unittest import mock
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.formats.workbook import archive
from enlist.formats.workbook.archive import open_archive
from enlist.formats.workbook.grid import Notes, Refusal, Request, Row, column_letters, one_by_one
from enlist.formats.workbook.kinds.xlsx import Xlsx
from enlist.formats.workbook.regular import Listing, cut_row
from tests.support.workbooks import PARTS, SPREADSHEET, made, packed

# By which only the parser reads a part; all else is ASCII.
FOREIGN = '<?xml version="1.0" encoding="iso-8859-1"?>'
STYLES = (
    f'<styleSheet {SPREADSHEET}><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)
RELATED = PARTS["xl/_rels/workbook.xml.rels"].replace(
    "</Relationships>",
    '<Relationship Id="r3" Target="styles.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>',
)

Outcome = tuple[list[Row], Notes] | str


def outcome(rows: str, *, strings: str, prolog: str, before: str = "", after: str = "") -> Outcome:
    """What is read of a sheet with these rows and shared strings, or why it is refused."""
    sheet = f"{prolog}<worksheet {SPREADSHEET}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    book = packed(
        {
            "xl/worksheets/sheet1.xml": sheet,
            "xl/sharedStrings.xml": f"{prolog}<sst {SPREADSHEET}>{strings}</sst>",
            "xl/styles.xml": STYLES,
            "xl/_rels/workbook.xml.rels": RELATED,
        }
    )
    try:
        opened = Xlsx(open_archive(io.BytesIO(book)), request=Request(columns=6))
        opened.sheets()
        return list(one_by_one(opened.rows(0))), opened.notes
    except Refusal as refusal:
        return f"{refusal.code} {refusal.fields.get('part', '')}"


def assert_same(rows: str, *, strings: str = "", before: str = "", after: str = "") -> Outcome:
    found = outcome(rows, strings=strings, prolog="", before=before, after=after)

    assert found == outcome(rows, strings=strings, prolog=FOREIGN, before=before, after=after)
    return found


texts = st.text(alphabet="ab<&\"' \n_x0041_1.5>", max_size=8).map(escape) | st.sampled_from(
    ["&#233;", "&#xE9;", "&amp;amp;", "1", "0", "12345678901234", "1e5", "-3.25", "TRUE", "#N/A", "45000", "7", "\r\n"]
)
kinds = st.sampled_from(["", ' t="s"', ' t="str"', ' t="n"', ' t="b"', ' t="e"', ' t="d"'])
styles = st.sampled_from(["", "", ' s="1"', ' s="2"', ' s="77"', ' s="1" cm="1"'])
formulas = st.sampled_from(["", "", "", "<f>A1</f>", '<f t="shared" si="0"/>', '<f ref="A1:B2">1&lt;2</f>'])
values = texts.map("<v>{}</v>".format) | texts.map('<v xml:space="preserve">{}</v>'.format) | st.just("")
inline = texts.map(' t="inlineStr"><is><t>{}</t></is>'.format) | texts.map(
    ' t="inlineStr"><is><r><t xml:space="preserve">{}</t></r><r><t>x</t></r></is>'.format
)
typed = st.tuples(styles, kinds, formulas, values).map(lambda found: f"{found[0]}{found[1]}>{found[2]}{found[3]}")
cells = st.tuples(st.integers(1, 8), typed | inline).map(
    lambda found: f'<c r="{column_letters(found[0])}1"{found[1]}</c>'
) | st.sampled_from(
    ['<c r="B1" s="1"/>', '<c r="C1"></c>', "<c><v>5</v></c>", "\n  ", "<!-- x -->", '<c r="A1" s="1" />']
)
heads = st.sampled_from(
    [
        "<row>",
        '<row r="3">',
        '<row r="4" spans="1:3">',
        '<row r="9" hidden="1">',
        '<row spans="1:2" r="5" ht="3.5">',
        "\n<row>",
    ]
)
rows = st.tuples(heads, st.lists(cells, max_size=4)).map(lambda found: f"{found[0]}{''.join(found[1])}</row>") | (
    st.sampled_from(
        ['<row r="2"/>', "<!-- </row> -->", "<!-- <row><c><v>1</v></c></row> -->", "<row><c><v>1</c></row>"]
    )
)
shared = texts.map("<si><t>{}</t></si>".format) | st.sampled_from(
    [
        "<si/>",
        "<si><t/></si>",
        "<si><r><t>a</t></r><rPh><t>b</t></rPh></si>",
        "<!-- </si> -->",
        '<si><t xml:space="preserve"> a </t></si>',
    ]
)


# Rows of one kind, which are cut at once, with others among them.
alike = st.tuples(st.lists(rows, min_size=1, max_size=2), st.lists(st.sampled_from([0, 0, 0, 0, 1]), max_size=12)).map(
    lambda found: "".join(found[0][0 if kind == 0 else -1] for kind in found[1])
)


@given(
    rows=st.lists(rows, max_size=5).map("".join) | alike,
    strings=st.lists(shared, max_size=4).map("".join),
    size=st.sampled_from([64, 200, 1 << 16]),
)
def test_patterns_read_what_a_parser_reads(rows: str, strings: str, size: int) -> None:
    with mock.patch.object(archive, "_PART", size):
        assert_same(rows, strings=strings)


def test_a_row_that_matches_no_pattern_is_parsed_in_place() -> None:
    rows = "".join(
        f'<row r="{n}"{hidden}><c r="A{n}"><v>{n}</v></c></row>' for n, hidden in ((1, ""), (2, ' hidden="1"'), (3, ""))
    )

    found = assert_same(rows)

    assert found == ([(1, ["1"]), (2, ["2"]), (3, ["3"])], Notes(hidden_rows=[2]))


def test_a_comment_with_a_row_in_it_is_no_row() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row><!-- </row><row r="2"><c r="A2"><v>2</v></c></row> -->'
        "<row><c><v>3</v></c></row>"
    )

    assert assert_same(rows) == ([(1, ["1"]), (2, ["3"])], Notes())


def test_xml_before_and_after_the_rows_is_checked() -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    hidden = assert_same(row, before='<cols><col min="2" max="3" hidden="1"/></cols>')
    damaged = assert_same(row, after="<mergeCells>")

    assert hidden == ([(1, ["1", "2"])], Notes(hidden_columns=[2, 3]))
    assert damaged == "workbook_part_damaged xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("bad", ["\x01", "]]>", "&nothing;", "&#0;", "&#xD800;", "&"], ids=repr)
def test_signs_that_no_xml_holds_are_refused(bad: str) -> None:
    row = f'<row r="1"><c r="A1" t="str"><v>{bad}</v></c></row>'

    assert assert_same(row) == "workbook_part_damaged xl/worksheets/sheet1.xml"


def test_cells_that_do_not_rise_are_left_to_the_parser() -> None:
    row = '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>'

    assert assert_same(row) == ([(1, ["2", "1"])], Notes())


def test_numbers_are_shown_by_their_styles() -> None:
    row = '<row r="1"><c r="A1" s="1"><v>123</v></c><c r="B1" s="2"><v>45000</v></c><c r="C1"><v>0.5</v></c></row>'

    assert assert_same(row) == ([(1, ["00123", "3/15/23", "0.5"])], Notes())


def test_rows_as_they_are_written_are_cut() -> None:
    rows: list[list[object]] = [
        ["username", "since", "grade"],
        ["jdoe", datetime.date(2023, 3, 15), 1.5],
        ["msmith", None, True],
    ]
    book = open_archive(io.BytesIO(made(rows, formats={(1, 1): "dd.mm.yyyy"})))
    listing = Listing(book.chunks("xl/worksheets/sheet1.xml"), inside=("worksheet", "sheetData"), item="row")

    found = [cut_row(row) for piece in listing.pieces() for row in piece.split("</row>")[:-1]]

    assert [row and (row.number, row.letters, row.kinds, row.values) for row in found] == [
        ("1", ("A", "B", "C"), [' t="s"', ' t="s"', ' t="s"'], ["0", "1", "2"]),
        ("2", ("A", "B", "C"), [' t="s"', ' s="1"', ""], ["3", "45000", "1.5"]),
        ("3", ("A", "C"), [' t="s"', ' t="b"'], ["4", "1"]),
    ]


def test_a_long_list_is_cut_into_pieces_alike() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in range(1, 20_001))
    strings = "".join(f"<si><t>user {n} &amp; co</t></si>" for n in range(20_000))

    found = assert_same(rows, strings=strings)

    assert found == ([(n + 1, [f"user {n} & co"]) for n in range(20_000)], Notes())


def test_an_attribute_that_is_there_twice_is_refused() -> None:
    row = '<row r="1"><c r="A1" s="1" s="2"><v>7</v></c></row>'

    assert assert_same(row) == "workbook_part_damaged xl/worksheets/sheet1.xml"
