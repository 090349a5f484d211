"""The fast path and the careful one give the same Table, for any text and any chunks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal, assert_series_equal

from enlist.core.errors import FileError
from enlist.core.table.table import Source, Table
from enlist.formats.encoding.encodings import Text
from enlist.formats.files.safety import DEFAULT_LIMITS, Limits
from enlist.formats.layout.assembly import Assembly, assemble
from enlist.formats.layout.chunks import Chunk
from enlist.formats.layout.layout import Layout
from enlist.formats.layout.records import Dialect
from enlist.formats.text.delimited import careful_chunks
from enlist.formats.text.fast_path import fast_chunks
from enlist.formats.text.plain import is_clear
from enlist.formats.text.plain import plain as plain_text

SOURCE = Source(name="x", sha256="", encoding="utf-8", delimiter=",", header_line=1, road="")
SMALL = replace(DEFAULT_LIMITS, cell=12)

words = st.text(alphabet="ab é小'\"\t ,;\n", max_size=5) | st.sampled_from(
    ["", "a", " a ", "x^", "\\N", "null", "#a", "0"]
)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


cells = (
    words | words.map(quoted) | words.map(lambda cell: f" {quoted(cell)} ") | words.map(lambda cell: quoted(cell) + "x")
)
plain = st.text(alphabet="ab é小' ", max_size=5)
rows = st.lists(cells, min_size=1, max_size=4) | st.lists(plain | plain.map(quoted), min_size=3, max_size=3)
ends = st.sampled_from(["\n", "\n", "\r\n", "\n\n", "\r\n \t\r\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    delimiter = draw(st.sampled_from([",", ",", ";", "\t", "|", "^"]))
    lines = draw(st.lists(st.tuples(rows, ends), max_size=8))
    body = "".join(delimiter.join(row) + end for row, end in lines)
    return delimiter.join("pqr") + "\n" + draw(st.sampled_from([body, body.rstrip("\r\n")]))


def outcome(chunks: Iterator[Chunk], *, text: Text, layout: Layout) -> Table | str:
    try:
        return assemble(chunks, by=Assembly(text, layout, SOURCE))
    except FileError as error:
        return str(error)


def assert_same(one: Table, other: Table) -> None:
    assert_frame_equal(one.frame, other.frame)
    assert_series_equal(one.lines, other.lines)
    assert_frame_equal(one.flags, other.flags)


@given(text=texts(), size=st.sampled_from([1, 7, 20, 1 << 24]), limits=st.sampled_from([DEFAULT_LIMITS, SMALL]))
def test_both_roads_lead_to_the_same_table(text: str, size: int, limits: Limits) -> None:
    layout = Layout(Dialect(text[1]), ("p", "q", "r"), header_line=1, first_line=2)
    given_text = Text(text.encode(), "utf-8")

    fast = outcome(fast_chunks(given_text, layout=layout, limits=limits, size=size), text=given_text, layout=layout)
    slow = outcome(careful_chunks(given_text, layout=layout, limits=limits), text=given_text, layout=layout)

    assert is_clear(given_text, dialect=layout.dialect)
    if isinstance(fast, Table) and isinstance(slow, Table):
        assert_same(fast, slow)
    else:
        # Of two faults in one text, each road meets its own first.
        assert isinstance(fast, str)
        assert isinstance(slow, str)


evident = st.lists(st.lists(st.text(alphabet="ab é小' ", max_size=5), min_size=2, max_size=4), max_size=6).map(
    lambda rows: "p,q,r\n" + "\n".join(",".join(row) for row in rows)
)
# Quotation marks in all places: what is doubled, dropped, closed too early.
marked = st.lists(st.text(alphabet='a"", \r', max_size=9).map(lambda row: row + ",b,c"), min_size=1, max_size=4).map(
    lambda rows: "p,q,r\n" + "\n".join(rows)
)


@given(
    text=texts() | evident | marked,
    end=st.sampled_from(["", "\n", "\n\n\r\n"]),
    limits=st.sampled_from([DEFAULT_LIMITS, SMALL]),
    start=st.sampled_from(["", "\ufeff"]),
)
def test_a_text_is_read_at_once_as_record_by_record_or_not_at_all(
    text: str, end: str, limits: Limits, start: str
) -> None:
    layout = Layout(Dialect(text[1]), ("p", "q", "r"), header_line=1, first_line=2)
    given_text = Text((start + text + end).encode(), "utf-8", start=len(start.encode()))
    chunk = plain_text(given_text, layout=layout, limits=limits)

    if chunk:
        fast = outcome(iter([chunk]), text=given_text, layout=layout)
        slow = outcome(careful_chunks(given_text, layout=layout, limits=limits), text=given_text, layout=layout)

        assert isinstance(fast, Table)
        assert isinstance(slow, Table)
        assert_same(fast, slow)


def at_once(text: str) -> list[tuple[str, ...]] | None:
    layout = Layout(Dialect(","), ("p", "q", "r"), header_line=1, first_line=2)
    chunk = plain_text(Text(text.encode(), "utf-8"), layout=layout, limits=DEFAULT_LIMITS)
    return None if chunk is None else chunk.trimmed.drop("line").rows()


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ("a,b,c\n,,d\n", [("a", "b", "c"), ("", "", "d")]),
        ("a, b ,c\n", [("a", "b", "c")]),
        ("a,b,\n", [("a", "b", "")]),
        ("a,b,c\n\n\r\n", [("a", "b", "c")]),
        ('a,"b, ""c""",d\n"","",""', [("a", 'b, "c"', "d"), ("", "", "")]),
        ('a,b,"c"\r\n"d",e,f\r\n', [("a", "b", "c"), ("d", "e", "f")]),
    ],
    ids=repr,
)
def test_evident_rows_are_read_at_once(rows: str, cells: list[tuple[str, ...]]) -> None:
    assert at_once("p,q,r\n" + rows) == cells


@pytest.mark.parametrize(
    "rows",
    [
        "a,b\n", "a,b,c,d\n", "a,b,c\n\nd,e,f\n", "a,b,c\rd,e,f\n", 'a,b,"c\nd"\n', 'a,"b"x,c\n', 'a, "b",c\n',
        'a,b"b,c\n',
        # Polars would read these as x,y,z · aa · ab.
        '"x,"y",z",b,c\n', '""a"a",b,c\n', '"a"b"",b,c\n',
    ],
    ids=repr,
)  # fmt: skip
def test_rows_that_somebody_has_to_look_at_are_not_read_at_once(rows: str) -> None:
    assert at_once("p,q,r\n" + rows) is None
