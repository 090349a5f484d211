"""Written files are the same when read again, and run nothing in a spreadsheet."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from enlist.core.errors import FileError
from enlist.core.headers.words import is_secret
from enlist.formats.files.options import ReadOptions
from enlist.formats.files.safety import GUARD_MARK
from enlist.formats.layout.records import BLANKS
from enlist.formats.reading import read
from enlist.formats.text.delimited import write

LETTERS = "ab 7é小=+-@＝'\"`,;\t|:^\r\n\u00a0\ufeff\u2028.\\"

texts = st.text(alphabet=LETTERS, max_size=6) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
cells = texts.map(lambda text: text.replace("\0", "").strip(BLANKS))
# What is no header for `read` is in no Table.
headers = cells.filter(lambda cell: cell.isprintable() and any(map(str.isalpha, cell)) and not is_secret(cell))
headers = headers.filter(lambda cell: "@" not in cell)


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    names = draw(st.lists(headers, min_size=1, max_size=4, unique=True))
    # A line of blank cells isn't a row.
    rows = draw(st.lists(st.tuples(*[cells] * len(names)).filter(any), max_size=5))
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


@pytest.mark.spec("EN-10")
@given(frame=frames(), bom=st.booleans())
def test_reading_what_we_wrote_gives_it_back(frame: pl.DataFrame, bom: bool) -> None:
    # Arbitrary words may be names or values; in files of people, they can be distinguished.
    assert_frame_equal(read(write(frame, bom=bom), options=ReadOptions(header=1)).frame, frame)


@given(frame=frames(), delimiter=st.sampled_from(",;\t|:^~"))
def test_reading_what_we_wrote_with_any_delimiter_gives_it_back(frame: pl.DataFrame, delimiter: str) -> None:
    written = write(frame, delimiter=delimiter)

    assert_frame_equal(read(written, options=ReadOptions(delimiter=delimiter, header=1)).frame, frame)


@pytest.mark.spec("EN-10")
@given(frame=frames())
def test_no_cell_we_wrote_starts_like_a_formula(frame: pl.DataFrame) -> None:
    # A foreign reader takes no guard off: the mark is a column like any other to it.
    foreign = read(write(frame).replace(GUARD_MARK.encode(), b"foreign_mark"), options=ReadOptions(header=1)).frame

    cells = [*foreign.columns, *(cell for row in foreign.rows() for cell in row)]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@＝\t\r\n"))] == []


def test_it_writes_as_rfc_4180_defines() -> None:
    frame = pl.DataFrame({"username": ["jdoe", "x"], "about": ['says "hi"', "a,\nb"], "n": [1, None]})

    assert write(frame) == b'username,about,n\njdoe,"says ""hi""",1\nx,"a,\nb",\n'


def test_it_guards_text_that_spreadsheets_run() -> None:
    frame = pl.DataFrame({"phone": ["+47 22", "'t Hooft", "'-x"], "balance": [-5, 0, 7]})

    assert write(frame) == b"phone,balance,enlist_guard\n'+47 22,-5,\n't Hooft,0,\n''-x,7,\n"


def test_it_writes_a_blank_cell_of_a_single_column_so_that_it_is_no_blank_line() -> None:
    frame = pl.DataFrame({"email": ["", None, "x"]})

    assert write(frame) == b'email\n""\n""\nx\n'


def test_it_takes_no_guard_off_where_the_file_is_not_ours() -> None:
    assert read(b"username,phone\njdoe,'+47 22\n").frame.rows() == [("jdoe", "'+47 22")]


def test_it_refuses_to_write_a_column_that_is_named_like_our_mark() -> None:
    with pytest.raises(FileError, match="enlist_guard"):
        write(pl.DataFrame({GUARD_MARK: ["x"]}))
