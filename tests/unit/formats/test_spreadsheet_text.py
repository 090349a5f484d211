"""What a spreadsheet leaves in a file instead of a value is removed, or reported."""

import polars as pl
import pytest

from enlist.core.flags.flags import sentences
from enlist.formats.reading import read
from enlist.formats.text.delimited import write
from tests.support.workbooks import made


@pytest.mark.parametrize("wrapped", ['="00712345"', '"=""00712345"""'])
def test_texts_in_formulas_are_read_as_texts(wrapped: str) -> None:
    table = read(f"username,idnumber\njdoe,12\nmsmith,{wrapped}\n".encode())

    assert table.frame.rows() == [("jdoe", "12"), ("msmith", "00712345")]
    assert sentences(table.flags).to_list() == [
        'Column “idnumber” has texts written as formulas (="00712345"), by which spreadsheets keep zeros; the texts '
        "alone are read."
    ]
    assert table.flags.get_column("line").to_list() == [3]


@pytest.mark.parametrize("cell", ['="a"&"b"', '="a', "=A1", 'x="a"'])
def test_other_formulas_stay_unchanged(cell: str) -> None:
    table = read(f"username;city;room\njdoe;{cell};1\n".encode())

    assert table.frame.rows() == [("jdoe", cell, "1")]


def test_what_an_export_guarded_stays_what_it_was() -> None:
    frame = pl.DataFrame({"username": ["jdoe"], "city": ['="007"']})
    table = read(write(frame))

    assert table.frame.rows() == frame.rows()
    assert table.flags.is_empty()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.23457E+11", "number_shortened"),
        ("5E+12", "number_shortened"),
        ("1,2E+15", "number_shortened"),
        ("########", "value_not_shown"),
        ("#N/A", "error_shown"),
        ("#DIV/0!", "error_shown"),
        ("#NAME?", "error_shown"),
        ("\\N", "null_shown"),
    ],
)
def test_cells_that_hide_their_value_are_reported(cell: str, code: str) -> None:
    table = read(f"username;idnumber\njdoe;7\nmsmith;{cell}\n".encode())

    assert table.frame.rows() == [("jdoe", "7"), ("msmith", cell)]
    assert table.flags.select("row", "line", "column", "code", "value").rows() == [(1, 3, "idnumber", code, cell)]


@pytest.mark.parametrize("cell", ["E+11", "1E5", "12.5E+11", "#1", "###", "#hash", "0E+11", "#N/A?"])
def test_cells_that_only_look_so_are_not(cell: str) -> None:
    assert read(f"username;room\njdoe;{cell}\n".encode()).flags.is_empty()


def test_a_workbook_keeps_all_digits_of_a_whole_number() -> None:
    ids = [123456789012, 199912310001, 199912310002, 123456789012345]
    table = read(made([["username", "idnumber"], *(["jdoe", each] for each in ids)]))

    assert table.frame.get_column("idnumber").to_list() == list(map(str, ids))
    assert table.flags.is_empty()


def test_a_number_longer_than_a_workbook_stores_is_reported() -> None:
    table = read(made([["username", "idnumber"], ["jdoe", 1234567890123456]]))

    assert table.frame.rows() == [("jdoe", "1.23457E+15")]
    assert table.flags.select("row", "line", "column", "code").rows() == [(0, 2, "idnumber", "number_shortened")]
