"""Sheet rows: the cells of one sheet of an .xlsx workbook, by patterns if they match, else by the parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from .archive import Archive
from .cells.cell_text import CellTexts, Shown, rich_text, whole
from .grid import (
    MOST_COLUMNS,
    MOST_MERGED,
    MOST_ROWS,
    Block,
    Notes,
    Refusal,
    Request,
    Row,
    column_letters,
    column_number,
    next_row,
    place,
    put,
    without_blank_end,
)
from .regular import CutRow, Irregular, Listing, cut_row, rows_like, without_entities
from .xml_part import Damaged, Element, elements, is_true, local_name, parsed

_DIGITS: Final = "0123456789"
_ATTRIBUTES: Final = re.compile(r'(\w+)="([^"]*)"')
# Numbers of one style recur (days, grades); others would only fill the memory.
_MOST_KNOWN: Final = 10_000
# Values are remembered for this many kinds of cells only.
_MOST_REMEMBERED: Final = 20
# Excel has at most 65,490 styles.
_MOST_KINDS: Final = 70_000
# With more, a lookup table takes more memory than the strings themselves.
_MOST_STRINGS: Final = 1_000_000
_MOST_PATTERNS: Final = 20
_WIDE: Final = 200
# One row in this many may be different, and splitting all rows at once is still faster.
_FEW: Final = 3
_LARGE: Final = 1 << 26
_MERGED: Final = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]+[0-9]+):([A-Z]+[0-9]+)"')


@dataclass(frozen=True)
class Reading:
    """How to read a sheet. is_peek: only its first rows are needed."""

    request: Request
    is_peek: bool = False


class SheetRows:
    """The non-empty rows of a sheet, and notes on what else it contains."""

    def __init__(self, archive: Archive, *, part: str, texts: CellTexts, notes: Notes, reading: Reading) -> None:
        self._archive, self._part = archive, part
        self._request, self._is_peek = reading.request, reading.is_peek
        self._notes = notes
        self._shown = lru_cache(_MOST_KINDS)(lambda kind, style: texts.shown(kind, style=style))
        self._kinds = _Kinds(texts)
        self._last = self._count = 0
        self._shapes: dict[tuple[tuple[str, ...], ...], _RowShape] = {}
        self._shape: _RowShape | None = None

    def __iter__(self) -> Iterator[Row | Block]:
        try:
            yield from self._regular()
        except Irregular:
            yield from self._parsed(skip=self._count)

    def _regular(self) -> Iterator[Row | Block]:
        """The rows by patterns. Raises Irregular if only the parser can continue, after `_count` rows."""
        listing = Listing(self._chunks(), inside=("worksheet", "sheetData"), item="row")
        for column in self._wellformed(listing.head + listing.after, wanted=("col",)):
            self._note_column(column)
        for piece in listing.pieces():
            yield from self._piece(piece, listing=listing)
        # The tail may contain rows without cells.
        for blank in self._wellformed([listing.before.encode(), listing.tail.encode()], wanted=("row",)):
            self._element(blank)

    def _piece(self, piece: str, *, listing: Listing) -> Iterator[Row | Block]:
        """The rows of a piece: those like the last one at once, the others one by one."""
        shape = self._shape
        gaps, parts = shape.cut(piece) if shape else ([piece], [])
        odd = [number for number, gap in enumerate(gaps) if gap]
        if shape is None or len(odd) * _FEW > len(gaps):
            yield from self._one_by_one(piece, listing=listing)
            return
        start = 0
        for end in odd:
            yield from self._block([part[start:end] for part in parts], shape=shape)
            yield from self._one_by_one(gaps[end], listing=listing)
            start = end
        yield from self._block([part[start:] for part in parts], shape=shape)
        self._shape = shape

    def _one_by_one(self, piece: str, *, listing: Listing) -> Iterator[Row]:
        if not piece.endswith("</row>"):
            # The row was in a comment.
            raise Irregular
        for text in piece.split("</row>")[:-1]:
            if row := cut_row(text):
                found = [self._cut(row)]
            else:
                document = listing.document(text + "</row>")
                found = [self._element(each) for each in self._wellformed(document, wanted=("row",))]
            self._count += len(found)
            yield from (row for row in found if row[1] or self._notes.is_full)

    def _block(self, parts: list[list[str | None]], *, shape: _RowShape) -> Iterator[Block]:
        """Rows that are alike, from their numbers and raw values."""
        numbers, last = [], self._last
        for number in parts[0]:
            numbers.append(last := _row_number(number, after=last))
        columns = [list(map(known.__getitem__, part)) for known, part in zip(shape.known, parts[1:], strict=True)]
        self._last, self._count = last, self._count + len(numbers)
        yield from _filled(numbers, columns=columns, places=shape.columns)

    def _chunks(self) -> Iterable[bytes]:
        """The unpacked part; a part that isn't large is unpacked once."""
        if self._is_peek:
            return self._archive.chunks(self._part)
        if self._archive.size(self._part) > _LARGE:
            self._note_merged(self._archive.chunks(self._part))
            return self._archive.chunks(self._part)
        chunks = list(self._archive.chunks(self._part))
        self._note_merged(chunks)
        return chunks

    def _note_merged(self, chunks: Iterable[bytes]) -> None:
        for area in merged(chunks):
            self._notes.merge(*area)

    def _wellformed(self, document: Iterable[bytes] | str, *, wanted: tuple[str, ...]) -> list[Element]:
        chunks = [document.encode()] if isinstance(document, str) else document
        try:
            return list(parsed(chunks, name=self._part, wanted=wanted))
        except Damaged:
            # With comments between rows the pieces may not be valid XML, while the whole part is.
            raise Irregular from None

    def _parsed(self, *, skip: int) -> Iterator[Row]:
        """The rows after the first `skip`, by the parser."""
        self._last = 0
        for element in elements(self._archive, name=self._part, wanted=("row", "col")):
            if local_name(element) == "col":
                self._note_column(element)
            elif skip:
                skip -= 1
                self._last = _row_number(element.get("r"), after=self._last)
            elif any((row := self._element(element))[1]) or self._notes.is_full:
                yield row

    def _note_column(self, element: Element) -> None:
        if is_true(element, name="hidden"):
            last = min(whole(element.get("max")), self._request.columns)
            self._notes.hide_columns(whole(element.get("min")), last=last)

    def _cut(self, row: CutRow) -> Row:
        columns, kinds = _places(row.letters), self._kinds
        number = self._last = _row_number(row.number, after=self._last)
        cells = [kinds[kind][value] for kind, value in zip(row.kinds, row.values, strict=True)]
        if any(row.formulas) or not kinds.errors.isdisjoint(row.kinds) or columns[-1:] > (self._request.columns,):
            return number, self._noted(row, cells=cells, number=number)
        self._expect(row)
        return number, _placed(cells, columns=columns)

    def _expect(self, row: CutRow) -> None:
        """Expect more rows like this one. Making a pattern takes as long as splitting many rows, so few are made."""
        kinds = tuple(row.kinds)
        if (row.letters, kinds) not in self._shapes:
            if len(self._shapes) >= _MOST_PATTERNS or not 0 < len(kinds) <= _WIDE:
                return
            known = [self._kinds[kind] for kind in kinds]
            self._shapes[row.letters, kinds] = _RowShape(rows_like(row), _places(row.letters), known)
        self._shape = self._shapes[row.letters, kinds]

    def _noted(self, row: CutRow, *, cells: list[str], number: int) -> list[str]:
        """The cells of a row in their columns, with notes on formulas, errors and cells beyond the last column."""
        placed: list[str] = []
        for column, kind, formula, text in zip(_places(row.letters), row.kinds, row.formulas, cells, strict=True):
            address = f"{column_letters(column)}{number}"
            if formula:
                self._notes.note(number, column, "formula", address)
            if text and kind in self._kinds.errors:
                self._notes.note(number, column, "error", text)
            self._put(placed, column=column, text=text, row=number)
        return placed

    def _element(self, element: Element) -> Row:
        row = self._last = _row_number(element.get("r"), after=self._last)
        if is_true(element, name="hidden"):
            self._notes.hidden_rows.append(row)
        cells: list[str] = []
        last = 0
        for cell in element:
            address = cell.get("r")
            column = last = _column(address.rstrip(_DIGITS)) if address else last + 1
            if len(cell):
                self._put(cells, column=column, text=self._cell(cell, row=row, column=column), row=row)
        return row, cells

    def _put(self, cells: list[str], *, column: int, text: str, row: int) -> None:
        if text and column <= self._request.columns:
            put(cells, column=column, text=text)
        elif text:
            self._notes.note(row, column, "beyond", f"{column_letters(column)}{row}")

    def _cell(self, element: Element, *, row: int, column: int) -> str:
        kind, value = element.get("t"), None
        for child in element:
            name = child.tag[-2:]
            if name == "}v" or child.tag == "v":
                value = child.text
            elif name == "}f" or child.tag == "f":
                self._notes.note(row, column, "formula", f"{column_letters(column)}{row}")
            elif name == "is":
                value = rich_text(child)
        if value is None:
            return ""
        if kind == "e":
            self._notes.note(row, column, "error", value)
        return self._shown(kind, element.get("s"))(value)


@dataclass(frozen=True)
class _RowShape:
    """A shape of rows: their pattern, the columns of their cells, and the texts of values in each."""

    pattern: re.Pattern[str]
    columns: tuple[int, ...]
    known: list[dict[str | None, str]]

    def cut(self, piece: str) -> tuple[list[str], list[list[str | None]]]:
        """The text between matching rows, and the numbers and values by column of those rows."""
        parts = self.pattern.split(piece)
        step = len(self.columns) + 2
        return parts[::step], [parts[place::step] for place in range(1, step)]


class _Kinds(dict[str, dict[str | None, str]]):
    """Texts of values, by the raw attributes of their cells; errors: attributes of cells that show an error."""

    def __init__(self, texts: CellTexts) -> None:
        super().__init__()
        self.errors: set[str] = set()
        self._texts = texts

    def __missing__(self, attributes: str) -> dict[str | None, str]:
        found = _ATTRIBUTES.findall(attributes)
        given = dict(found)
        if len(given) < len(found):
            raise Irregular
        kind, style = given.get("t"), given.get("s")
        if len(self) >= _MOST_KINDS:
            raise Refusal("workbook_too_many", what="kinds of attributes in its cells", most=_MOST_KINDS)
        if kind == "e":
            self.errors.add(attributes)
        if kind == "s" and self._texts.format_of(style).keeps_text:
            self[attributes] = self._strings
        else:
            most = _MOST_KNOWN if kind in (None, "n") and len(self) < _MOST_REMEMBERED else 0
            self[attributes] = _Values(self._texts.shown(kind, style=style), most=most)
        return self[attributes]

    @cached_property
    def _strings(self) -> dict[str | None, str]:
        """The shared strings; one list serves all styles that don't change text."""
        shown = _Values(self._texts.shown("s", style=None), most=0)
        if len(self._texts.strings) <= _MOST_STRINGS:
            shown.update(self._texts.by_number())
        return shown


class _Values(dict[str | None, str]):
    """Texts of values, of which it remembers `most`."""

    def __init__(self, shown: Shown, *, most: int) -> None:
        super().__init__({None: "", "": ""})
        self._shown, self._most = shown, most

    def __missing__(self, value: str) -> str:
        text = self._shown(without_entities(value))
        if len(self) < self._most:
            self[value] = text
        return text


def _filled(numbers: list[int], *, columns: list[list[str]], places: tuple[int, ...]) -> Iterator[Block]:
    """The non-empty rows of a block, with blank columns in between."""
    if all("" in column for column in columns):
        kept = [place for place, cells in enumerate(zip(*columns, strict=True)) if any(cells)]
        numbers, columns = [numbers[k] for k in kept], [[column[k] for k in kept] for column in columns]
    if numbers:
        blank = [""] * len(numbers)
        found = dict(zip(places, columns, strict=True))
        yield Block(numbers, [found.get(place, blank) for place in range(1, places[-1] + 1)])


def _placed(cells: list[str], *, columns: tuple[int, ...]) -> list[str]:
    """The cells of a row in their columns, up to the last that isn't blank."""
    if columns[-1:] != (len(columns),):
        texts, cells = cells, [""] * columns[-1] if columns else []
        for column, text in zip(columns, texts, strict=True):
            cells[column - 1] = text
    return without_blank_end(cells)


def merged(chunks: Iterable[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """The merged ranges of a sheet, which the file lists below the rows."""
    rest, count = b"", 0
    for chunk in chunks:
        rest += chunk
        if b"mergeCell" in rest:
            for found in _MERGED.finditer(rest):
                yield (*place(found[1].decode()), *place(found[2].decode()))
                if (count := count + 1) > MOST_MERGED:
                    return
        rest = rest[rest.rfind(b"<") :][:1_000]


def _places(letters: tuple[str, ...]) -> tuple[int, ...]:
    """The columns with these letters. Raises Irregular if they don't ascend."""
    return _known_places(letters) if len(letters) <= _WIDE else _found_places(letters)


@lru_cache(1_000)
def _known_places(letters: tuple[str, ...]) -> tuple[int, ...]:
    return _found_places(letters)


def _found_places(letters: tuple[str, ...]) -> tuple[int, ...]:
    columns = tuple(map(_column, letters))
    if any(after <= before for before, after in pairwise(columns)):
        raise Irregular
    return columns


def _row_number(number: str | None, *, after: int) -> int:
    return next_row(whole(number) if number else after + 1, after=after)


def _column(letters: str) -> int:
    number = column_number(letters) if letters.isalpha() and len(letters) < 5 else 0
    if not 1 <= number <= MOST_COLUMNS:
        raise Refusal("workbook_cell_unknown", cell=letters[:10], rows=MOST_ROWS, columns=MOST_COLUMNS)
    return number
