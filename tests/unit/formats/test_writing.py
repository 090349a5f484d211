"""Reading what we wrote gives it back, and no spreadsheet runs it."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.formats.delimited import read, write

# A reader trims ASCII blanks, and no database stores NUL.
cells = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")).map(
    lambda t: t.strip(" \t\r\n\v\f")
)
tricky = st.sampled_from(
    ["=1+1", "'=1+1", "''@x", "+49 30", "-", "'", "'quoted'", "＝x", 'say "hi"', "a,b", "a\nb", "a;b\tc"]
)
rows = st.lists(st.tuples(st.text("abc", min_size=1), cells | tricky, tricky), max_size=8)


@given(rows)
@pytest.mark.spec("EN-10")
def test_reading_what_was_written_gives_it_back(lines: list[tuple[str, str, str]]) -> None:
    frame = pl.DataFrame(lines, schema=dict.fromkeys(["username", "firstname", "city"], pl.String), orient="row")

    assert read(write(frame)).frame.rows() == frame.rows()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_run_is_written_as_text(start: str) -> None:
    frame = pl.DataFrame({"username": ["a"], "city": [f"{start}cmd|' /C calc'!A0"]})

    assert write(frame).decode() == f"username,city\na,'{start}cmd|' /C calc'!A0\n"


def test_other_text_is_written_as_it_is() -> None:
    frame = pl.DataFrame({"username": ["a"], "city": ["'s-Hertogenbosch"], "department": ['Arts, "old"']})

    assert write(frame).decode() == 'username,city,department\na,\'s-Hertogenbosch,"Arts, ""old"""\n'
