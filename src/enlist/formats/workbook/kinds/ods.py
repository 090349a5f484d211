"""OpenDocument spreadsheets (.ods): the text of their cells, which the file contains as shown."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from enlist.formats.workbook.archive import Archive
from enlist.formats.workbook.grid import (
    MOST_COLUMNS,
    MOST_ROWS,
    Block,
    Notes,
    Refusal,
    Request,
    Row,
    Sheet,
    column_letters,
    first_rows,
    named,
)
from enlist.formats.workbook.xml_part import Element, attribute, elements, local_name

_CONTENT: Final = "content.xml"
_CELLS: Final = ("table-cell", "covered-table-cell")
_HIDDEN: Final = ("collapse", "filter")
# The size of blocks of repeated rows.
_AT_ONCE: Final = 1_000


class Ods:
    """An open .ods workbook."""

    def __init__(self, archive: Archive, *, request: Request) -> None:
        self.notes = Notes()
        self._archive, self._request = archive, request
        manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive else b""
        if b"encryption-data" in manifest:
            raise Refusal("workbook_locked")

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""
        return self._sheets

    def rows(self, number: int) -> Iterator[Row | Block]:
        """The non-empty rows of a sheet."""
        row = 0
        wanted = ("table-row", "table-column", "table")
        table = 0
        for element in elements(self._archive, name=_CONTENT, wanted=wanted):
            name = local_name(element)
            if name == "table":
                table, row = table + 1, 0
            elif table == number and name == "table-column":
                self._note_column(element)
            elif table == number:
                times = _times(element, name="number-rows-repeated")
                row, first = row + times, row + 1
                yield from self._repeated(element, rows=range(first, first + times))

    def peeks(self, numbers: list[int], *, most: int) -> Iterator[tuple[int, list[Row]]]:
        """The first rows of several sheets, in one pass through the part that contains all sheets."""
        table, rows = 0, list[Row]()
        for element in elements(self._archive, name=_CONTENT, wanted=("table-row", "table")):
            if local_name(element) == "table":
                if table in numbers:
                    yield table, rows
                table, rows = table + 1, []
            elif len(rows) < most:
                rows += first_rows(self._repeated(element, rows=range(1, 2)), most=most)

    @cached_property
    def _sheets(self) -> list[Sheet]:
        tables = elements(self._archive, name=_CONTENT, wanted=("table", "table-row"))
        names = (attribute(each, name="name") or "" for each in tables if local_name(each) == "table")
        return [Sheet(name) for name in named(names)]

    def _note_column(self, element: Element) -> None:
        self._column = getattr(self, "_column", 0)
        first = self._column + 1
        self._column += _times(element, name="number-columns-repeated")
        if attribute(element, name="visibility") in _HIDDEN:
            self.notes.hide_columns(first, last=min(self._column, self._request.columns))

    def _repeated(self, element: Element, *, rows: range) -> Iterator[Row | Block]:
        if not (cells := self._cells(element, row=rows[0])):
            if self.notes.is_full:
                yield rows[0], cells
            return
        if rows[-1] > MOST_ROWS:
            raise Refusal("workbook_beyond_sheet", what="row", number=rows[-1], most=MOST_ROWS)
        if attribute(element, name="visibility") in _HIDDEN:
            self.notes.hidden_rows.extend(rows)
        if len(rows) == 1:
            yield rows[0], cells
            return
        for start in range(0, len(rows), _AT_ONCE):
            some = list(rows[start : start + _AT_ONCE])
            yield Block(some, [[cell] * len(some) for cell in cells])

    def _cells(self, element: Element, *, row: int) -> list[str]:
        cells: list[str] = []
        column = 0
        for cell in element:
            if local_name(cell) not in _CELLS:
                continue
            times = _times(cell, name="number-columns-repeated")
            column, first = column + times, column + 1
            if text := self._text(cell):
                self._note(cell, row=row, columns=range(first, column + 1))
                last = min(column, self._request.columns)
                if first <= last:
                    cells.extend([""] * (first - 1 - len(cells)) + [text] * (last - first + 1))
        return cells

    def _text(self, cell: Element) -> str:
        """The text that a cell shows; for a date, if requested, the date itself."""
        shown = _text(cell)
        date = attribute(cell, name="date-value") if shown and self._request.is_iso else None
        return date.replace("T", " ").removesuffix(" 00:00:00") if date else shown

    def _note(self, cell: Element, *, row: int, columns: range) -> None:
        address = f"{column_letters(columns[0])}{row}"
        if columns[-1] > MOST_COLUMNS:
            raise Refusal("workbook_beyond_sheet", what="column", number=columns[-1], most=MOST_COLUMNS)
        if attribute(cell, name="formula") is not None:
            self.notes.note(row, columns[0], "formula", address)
        if columns[-1] > self._request.columns:
            self.notes.note(row, columns[-1], "beyond", address)
        across, down = _times(cell, name="number-columns-spanned"), _times(cell, name="number-rows-spanned")
        if across > 1 or down > 1:
            self.notes.merge(row, columns[0], row + down - 1, columns[0] + across - 1)


def _times(element: Element, *, name: str) -> int:
    times = attribute(element, name=name) or "1"
    return max(1, int(times)) if times.isdigit() and len(times) < 10 else 1


def _text(cell: Element) -> str:
    lines = ["".join(_pieces(each)) for each in cell if local_name(each) == "p"]
    return "\n".join(lines)


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        match local_name(child):
            case "s":
                yield " " * min(_times(child, name="c"), 1_000)
            case "tab":
                yield "\t"
            case "line-break":
                yield "\n"
            case "annotation" | "note" | "ruby-text":
                pass
            case _:
                yield from _pieces(child)
        yield child.tail or ""
