"""Grids: the interface of all kinds of workbooks, and how unreadable ones are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
MOST_SHEETS: Final = 1_000
_MOST_NOTED: Final = 100_000
# Length of a sheet's name; Excel allows 31.
MOST_LETTERS: Final = 255
# Number formats: how many, and their length in all; Excel allows 250 with 255 characters.
MOST_FORMATS: Final = 10_000
MOST_FORMAT_SIGNS: Final = 200_000
MOST_STYLES: Final = 100_000
MOST_MERGED: Final = 10_000

_ADDRESS: Final = re.compile(r"\$?([A-Za-z]{1,7})\$?([0-9]{1,10})")


class Refusal(Exception):
    """A workbook that is not read: the code of the error, and its fields as they pass from process to process."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = {name: value if isinstance(value, int) else str(value) for name, value in fields.items()}


@dataclass(frozen=True)
class Request:
    """How to read a workbook.

    sheet: a name, or None for the only visible one; if there are several, the first `peek` rows of each are returned
    instead. is_iso: dates as YYYY-MM-DD instead of as shown. columns: cells beyond this number are noted, not read.
    macros: allow workbooks with macros. size: the most characters that its cells may have in all.
    """

    sheet: str | None = None
    is_iso: bool = False
    columns: int = 1_000
    peek: int = 40
    macros: bool = False
    size: int = 1_000_000_000


@dataclass(frozen=True)
class Sheet:
    """A sheet's name, whether it is hidden, and whether it has cells (a chart has none)."""

    name: str
    is_hidden: bool = False
    has_cells: bool = True


@dataclass
class Notes:
    """What a sheet contains beside text; rows and columns count from 1.

    cells: row, column, kind and text of what is notable: formula, error, beyond, short (the last row, and which it
    should be). merged: row, column to row, column. is_quiet: ignore notes about cells.
    """

    cells: list[tuple[int, int, str, str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    is_quiet: bool = field(default=False, compare=False)
    _areas: int = field(default=0, init=False, repr=False, compare=False)
    _columns: set[int] = field(default_factory=set, init=False, repr=False, compare=False)

    @property
    def is_full(self) -> bool:
        """Whether there are enough notes to send them, even with an empty row."""
        return len(self.cells) >= _MOST_NOTED

    def note(self, *noted: Any) -> None:
        """Add a note about a cell: row, column, kind, text; not if `is_quiet`."""
        if not self.is_quiet:
            row, column, kind, text = noted
            self.cells.append((row, column, kind, text))

    def drain(self) -> dict[str, list[Any]]:
        """All notes since the last call, by name."""
        lists: dict[str, list[Any]] = {"cells": self.cells, "merged": self.merged}
        lists |= {"hidden_rows": self.hidden_rows, "hidden_columns": self.hidden_columns}
        found = {name: each[:] for name, each in lists.items()}
        for each in lists.values():
            each.clear()
        return found

    def merge(self, *area: int) -> None:
        """Note a merged cell: row, column to row, column. Only as many are kept as a table's titles may need."""
        if self._areas < MOST_MERGED:
            self._areas += 1
            top, left, bottom, right = area
            self.merged.append((top, left, bottom, right))

    def hide_columns(self, first: int, *, last: int) -> None:
        """Note that columns are hidden, each once."""
        for column in range(max(first, 1), min(last, MOST_COLUMNS) + 1):
            if column not in self._columns:
                self._columns.add(column)
                self.hidden_columns.append(column)


Row = tuple[int, list[str]]


class Block(NamedTuple):
    """One or more rows that are alike: their numbers, and their cells by column (some may be "")."""

    numbers: list[int]
    columns: list[list[str]]

    def joined(self, other: Block) -> Block:
        """These rows and, below them, others with as many columns."""
        self.numbers.extend(other.numbers)
        for column, more in zip(self.columns, other.columns, strict=True):
            column.extend(more)
        return self

    def append(self, row: Row) -> None:
        """Add a row below, with at most as many cells."""
        number, cells = row
        self.numbers.append(number)
        for place, column in enumerate(self.columns):
            column.append(cells[place] if place < len(cells) else "")

    def rows(self) -> Iterator[Row]:
        """The same row by row, each up to its last cell that isn't blank."""
        for number, *cells in zip(self.numbers, *self.columns, strict=True):
            yield number, without_blank_end(cells)


class Book(Protocol):
    """An open workbook."""

    notes: Notes

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""

    def rows(self, number: int) -> Iterator[Row | Block]:
        """The non-empty rows of a sheet (from 0): the row's number (from 1) and its cells as text.

        An empty row comes if `notes.is_full`.
        """

    def peeks(self, numbers: list[int], *, most: int) -> Iterator[tuple[int, list[Row]]]:
        """The first non-empty rows of several sheets, sheet by sheet, each cell shortened."""


def named(names: Iterable[str]) -> Iterator[str]:
    """The names of a workbook's sheets, as stored. Raises Refusal if they are too many or too long."""
    for number, name in enumerate(names):
        if number >= MOST_SHEETS:
            raise Refusal("workbook_too_many", what="sheets", most=MOST_SHEETS)
        if len(name) > MOST_LETTERS:
            raise Refusal("sheet_name_too_long", sheet=number + 1, most=MOST_LETTERS)
        yield name.replace("\0", "")


def check_formats(*, count: int, signs: int, styles: int) -> None:
    """Raise Refusal if a workbook has too many number formats, characters in them, or styles."""
    for what, number, most in (
        ("number formats", count, MOST_FORMATS),
        ("characters in its number formats", signs, MOST_FORMAT_SIGNS),
        ("cell styles", styles, MOST_STYLES),
    ):
        if number > most:
            raise Refusal("workbook_too_many", what=what, most=most)


def one_by_one(found: Iterator[Row | Block]) -> Iterator[Row]:
    """The same rows, one by one."""
    for each in found:
        if isinstance(each, Block):
            yield from each.rows()
        else:
            yield each


def first_rows(found: Iterator[Row | Block], *, most: int) -> list[Row]:
    """The first rows, each cell shortened: enough to recognise a sheet."""
    return [(row, [cell[:MOST_LETTERS] for cell in cells]) for row, cells in islice(one_by_one(found), most) if cells]


def without_blank_end(cells: list[str]) -> list[str]:
    """The same list, without blank cells at its end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


@cache
def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """1 → A, 26 → Z, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(address: str) -> tuple[int, int]:
    """The row and column of an address such as B7. Raises Refusal if no sheet has it."""
    found = _ADDRESS.fullmatch(address)
    row, column = (int(found[2]), column_number(found[1])) if found else (0, 0)
    if not 1 <= row <= MOST_ROWS or not 1 <= column <= MOST_COLUMNS:
        raise Refusal("workbook_cell_unknown", cell=address[:20], rows=MOST_ROWS, columns=MOST_COLUMNS)
    return row, column


def next_row(number: int, *, after: int) -> int:
    """The same number (from 1). Raises Refusal if no sheet has it, or it is not greater than `after`."""
    if number <= after and number > 0:
        raise Refusal("workbook_rows_disordered", row=number, after=after)
    return number if 1 <= number <= MOST_ROWS else place(f"A{number}")[0]


def put(cells: list[str], *, column: int, text: str) -> None:
    """Put a text into a column (from 1) of a row."""
    if column > len(cells):
        cells.extend([""] * (column - len(cells)))
    cells[column - 1] = text
