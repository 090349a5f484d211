"""Grids: what every kind of workbook gives its reader, and how a file that gives nothing is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple, Protocol

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384

_ADDRESS: Final = re.compile(r"\$?([A-Za-z]{1,7})\$?([0-9]{1,10})")
_WEB_PAGE: Final = re.compile(rb"\s*<(!doctype html|html|table|head|meta|body)[\s>]", re.IGNORECASE)
# Somebody who imports says it by a setting, a program by ReadOptions.
WITHOUT_MACROS: Final = "Save it as .xlsx, or say --set macros=let_in: they are never run."
_SAVE_ANEW: Final = "Open it in the program it was made with and save it anew."


class Refusal(Exception):
    """A workbook that is not read: what is wrong with it, and what to do."""

    def __init__(self, what: str, *, hint: str = _SAVE_ANEW) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True)
class Wish:
    """How to read a workbook.

    sheet: a name, or None for the only one that can be seen; where there are several, the first `peek` rows of each are
    shown instead. is_iso: dates as YYYY-MM-DD instead of as they are shown. columns: cells beyond so many are told of,
    not read. macros: let workbooks with macros in.
    """

    sheet: str | None = None
    is_iso: bool = False
    columns: int = 1_000
    peek: int = 40
    macros: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet's name, whether it can be seen, and whether it holds cells (a chart has none)."""

    name: str
    is_hidden: bool = False
    has_cells: bool = True


@dataclass
class Notes:
    """What a sheet holds beside text; rows and columns count from 1.

    cells: row, column and what is notable: formula, error, beyond, short (the last row, and which should be). merged:
    row, column to row, column.
    """

    cells: list[tuple[int, int, str, str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)

    def taken(self) -> Notes:
        """All that was noted since this was last asked."""
        found = Notes(self.cells[:], self.merged[:], self.hidden_rows[:], self.hidden_columns[:])
        for each in (self.cells, self.merged, self.hidden_rows, self.hidden_columns):
            each.clear()
        return found


Row = tuple[int, list[str]]


class Block(NamedTuple):
    """Rows that are alike, at least one: their numbers, and their cells column by column (some may be "")."""

    numbers: list[int]
    columns: list[list[str]]

    def joined(self, other: Block) -> Block:
        """These rows and, below them, others with as many columns."""
        self.numbers.extend(other.numbers)
        for column, more in zip(self.columns, other.columns, strict=True):
            column.extend(more)
        return self

    def append(self, row: Row) -> None:
        """Put one more row below, with as many cells at most."""
        number, cells = row
        self.numbers.append(number)
        for place, column in enumerate(self.columns):
            column.append(cells[place] if place < len(cells) else "")

    def rows(self) -> Iterator[Row]:
        """The same, row by row, each up to its last cell that is not blank."""
        for number, *cells in zip(self.numbers, *self.columns, strict=True):
            yield number, without_blank_end(cells)


class Book(Protocol):
    """An open workbook."""

    notes: Notes

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""

    def rows(self, number: int) -> Iterator[Row | Block]:
        """The rows of a sheet (from 0) that hold anything: the row's number (from 1) and its cells as text."""


def without_blank_end(cells: list[str]) -> list[str]:
    """The same list, less the blank cells at its end."""
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


def is_web_page(start: bytes) -> bool:
    """Whether a file that begins so is a web page, whatever its name says."""
    return bool(_WEB_PAGE.match(start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe")))


def place(address: str) -> tuple[int, int]:
    """The row and column of an address such as B7. Raises Refusal where no sheet has it."""
    found = _ADDRESS.fullmatch(address)
    row, column = (int(found[2]), column_number(found[1])) if found else (0, 0)
    if not 1 <= row <= MOST_ROWS or not 1 <= column <= MOST_COLUMNS:
        raise Refusal(f"It names a cell {address[:20]}; a sheet has {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns.")
    return row, column


def next_row(number: int, *, after: int) -> int:
    """The same number (from 1). Raises Refusal where no sheet has it, or it does not come after another one."""
    if number <= after and number > 0:
        raise Refusal(f"It is damaged: row {number:,} stands below row {after:,}.")
    return number if 1 <= number <= MOST_ROWS else place(f"A{number}")[0]


def put(cells: list[str], *, column: int, text: str) -> None:
    """Put a text at a column (from 1) of a row."""
    if column > len(cells):
        cells.extend([""] * (column - len(cells)))
    cells[column - 1] = text
