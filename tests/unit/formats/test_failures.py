"""Rows with errors are written to a workbook, corrected there, and read like the file."""

import io
import zipfile

import polars as pl
import pytest

from enlist.core.flags.flags import FLAG_SCHEMA
from enlist.formats.reading import read
from enlist.formats.workbook.failures import write_failures

ROWS = pl.DataFrame(
    {"row": [3, 7], "username": ["jdoe", "=1+1"], "idnumber": ["007", ""]},
    schema={"row": FLAG_SCHEMA["row"], "username": pl.String, "idnumber": pl.String},
)
PROBLEMS = pl.DataFrame(
    {"row": [3, 7, 7], "column": ["idnumber", None, None], "sentence": ["It is taken.", "No name.", "Fill it."]}
)


@pytest.mark.spec("EN-05")
def test_the_rows_are_read_again_as_they_were() -> None:
    table = read(write_failures(ROWS, problems=PROBLEMS))

    assert (table.headers, table.frame.rows()) == (("username", "idnumber"), [("jdoe", "007"), ("=1+1", "")])
    assert table.flags.is_empty()


@pytest.mark.spec("EN-05")
def test_bad_cells_have_a_comment_with_the_reason() -> None:
    book = zipfile.ZipFile(io.BytesIO(write_failures(ROWS, problems=PROBLEMS)))

    comments = book.read("xl/comments1.xml").decode()
    assert [place in comments for place in ('ref="B2"', 'ref="A3"', 'ref="A2"')] == [True, True, False]
    assert [text in comments for text in ("It is taken.", "No name.\nFill it.")] == [True, True]
