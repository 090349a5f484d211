"""Workbooks with several sheets, and with merged cells among their rows."""

import io
from collections.abc import Mapping, Sequence

import pytest
import xlsxwriter

from enlist.formats.reading import read
from enlist.formats.workbook.sheet_choice import Peek, best_sheet, peek_of

HEAD = ["username", "firstname", "lastname", "email"]
Rows = Sequence[Sequence[str]]
Areas = Sequence[tuple[int, int, int, int]]


def people(count: int, *, name: str = "p") -> list[list[str]]:
    return [HEAD, *([f"{name}{n}", "Ann", f"Lee{n}", f"{name}{n}@example.org"] for n in range(count))]


def book(sheets: Mapping[str, Rows], *, merged: Areas = ()) -> bytes:
    """A workbook of these sheets; merged: areas of the first one (row, column to row, column, from 0)."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for top, left, bottom, right in merged if name == next(iter(sheets)) else ():
                sheet.merge_range(top, left, bottom, right, rows[top][left])
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    ["Instructions", "Read me", "Example", "Beispiel", "Anleitung", "Ejemplo", "説明", "Template"],
)
def test_a_sheet_that_explains_is_not_read_where_another_has_people(name: str) -> None:
    table = read(book({name: people(1, name="example"), "Users": people(40)}))

    assert (table.source.sheet, table.height) == ("Users", 40)
    assert table.flags.get_column("code").to_list() == ["sheet_chosen"]


def test_a_sheet_that_explains_is_read_where_it_is_the_only_list() -> None:
    assert read(book({"Notes": [["Hello"]], "Template": people(3)})).source.sheet == "Template"


def test_the_longer_list_is_read_and_the_other_named() -> None:
    table = read(book({"Sheet1": people(1), "Sheet2": people(30)}))

    assert (table.source.sheet, table.height) == ("Sheet2", 30)
    assert table.flags.select("code", "value", "detail").rows() == [
        ("sheet_chosen", "Sheet2", "Sheet1"),
        ("sheet_unsure", "Sheet2", "Sheet1"),
    ]


@pytest.mark.parametrize("name", ["Lists", "Dropdown", "Auswahl", "Tabelle2"])
def test_lists_of_choices_are_no_list_of_people(name: str) -> None:
    choices = [["Country", "Language", "Role"], *([f"Country {n}", "de", "Student"] for n in range(30))]

    assert read(book({name: choices, "Data": people(2)})).source.sheet == "Data"


def test_a_list_of_something_else_is_no_rival() -> None:
    courses = [["course", "name"], *([f"MATH{n}", "Mathematics"] for n in range(39))]

    assert read(book({"Courses": courses, "People": people(30)})).flags.get_column("code").to_list() == ["sheet_chosen"]


def test_without_any_list_the_first_sheet_with_cells_is_read() -> None:
    assert best_sheet({"Empty": Peek(0, 0), "Text": Peek(0, 1), "More": Peek(0, 1)}) == ("Text", [])
    assert peek_of([["Hello"], ["username", "email"], ["a", "b"], ["total"], ["c", "d"]]) == Peek(2, 2)


def test_a_value_merged_downwards_counts_for_every_row() -> None:
    rows = [["course1", *HEAD], *([course, *row] for course, row in zip("MxxA", people(4)[1:], strict=True))]
    rows[2][0] = rows[3][0] = ""

    table = read(book({"people": rows}, merged=[(1, 0, 3, 0)]))

    assert table.frame.get_column("course1").to_list() == ["M", "M", "M", "A"]
    assert table.flags.select("code", "value", "detail").rows() == [("merged_down", "course1", "2 rows")]


def test_several_merged_columns_are_filled_and_blank_cells_beside_them_stay() -> None:
    rows = [["course1", "group1", *HEAD], *(["", "", *row] for row in people(5)[1:])]
    rows[1][:2], rows[3][:2], rows[5][:2] = ["M", "red"], ["A", "blue"], ["", "green"]

    table = read(book({"people": rows}, merged=[(1, 0, 2, 0), (1, 1, 2, 1), (3, 0, 4, 0)]))

    assert table.frame.get_column("course1").to_list() == ["M", "M", "A", "A", ""]
    assert table.frame.get_column("group1").to_list() == ["red", "red", "blue", "", "green"]


def test_a_value_merged_across_belongs_to_the_first_column() -> None:
    rows = people(3)
    rows[2] = ["p1", "Ann Lee", "", "p1@example.org"]

    table = read(book({"people": rows}, merged=[(2, 1, 2, 2)]))

    assert table.frame.row(1) == ("p1", "Ann Lee", "", "p1@example.org")
    assert table.flags.select("code", "value", "line").rows() == [("merged_across", "1", 3)]


def test_merged_titles_above_the_header_change_nothing() -> None:
    table = read(book({"people": [["Class 5b"], *people(2)]}, merged=[(0, 0, 0, 3)]))

    assert table.flags.get_column("code").to_list() == ["line_above_header"]
