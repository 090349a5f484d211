"""Binary Excel workbooks (.xlsb): the text of their cells as Excel shows it ([MS-XLSB])."""

from __future__ import annotations

import struct
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Final

from enlist.formats.workbook.archive import Archive
from enlist.formats.workbook.cells.cell_text import Shown, shown_number
from enlist.formats.workbook.cells.number_format import BUILT_IN, GENERAL, NumberFormat, number_format
from enlist.formats.workbook.grid import (
    MOST_SHEETS,
    Notes,
    Refusal,
    Request,
    Row,
    Sheet,
    check_formats,
    column_letters,
    first_rows,
    named,
    next_row,
    place,
    put,
)

from .xlsx import related

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = range(8)
_FORMULAS: Final = {8: _TEXT, 9: _REAL, 10: _BOOL, 11: _ERROR}
_RICH, _STRING, _FORMAT, _STYLE, _COLUMN = 62, 19, 44, 47, 60
_PROPERTIES, _SHEET, _MERGED, _STYLES, _STYLES_END = 153, 156, 176, 617, 618
_CELLS: Final = frozenset((_RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED, *_FORMULAS, _RICH))
_IN_SHEET: Final = _CELLS | {_ROW, _COLUMN, _MERGED}
_ROW_HIDDEN: Final = 0x10
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip

# The longest record: a text with all its runs.
_LONGEST: Final = 1 << 20

Record = tuple[int, bytes]


class Xlsb:
    """An open .xlsb workbook."""

    def __init__(self, archive: Archive, *, path: str, request: Request) -> None:
        self.notes = Notes()
        self._archive, self._path, self._request = archive, path, request
        if not request.macros and "xl/vbaproject.bin" in archive:
            raise Refusal("workbook_with_macros")

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""
        return [sheet for sheet, _ in self._sheets]

    def rows(self, number: int) -> Iterator[Row]:
        """The non-empty rows of a sheet."""
        part = self._sheets[number][1]
        row, cells = 0, list[str]()
        with _refusing(part):
            for code, data in _records(self._archive, part=part, wanted=_IN_SHEET):
                if code in _CELLS:
                    self._put(cells, row=row, record=(code, data))
                elif code == _ROW:
                    if any(cells) or self.notes.is_full:
                        yield row, cells
                    row, cells = self._row(data, after=row), []
                else:
                    self._note(code, data=data)
            if any(cells):
                yield row, cells

    def peeks(self, numbers: list[int], *, most: int) -> Iterator[tuple[int, list[Row]]]:
        """The first rows of several sheets."""
        for number in numbers:
            yield number, first_rows(self.rows(number), most=most)

    @cached_property
    def _sheets(self) -> list[tuple[Sheet, str]]:
        found = list(islice(self._listed(), MOST_SHEETS + 1))
        checked = named(sheet.name for sheet, _ in found)
        return [(replace(sheet, name=name), part) for (sheet, part), name in zip(found, checked, strict=True)]

    def _listed(self) -> Iterator[tuple[Sheet, str]]:
        parts = related(self._archive, part=self._path)
        self._archive.check_small(self._path)
        with _refusing(self._path):
            for code, data in _records(self._archive, part=self._path, wanted=(_PROPERTIES, _SHEET)):
                if code == _PROPERTIES:
                    self._is_1904 = bool(data[0] & 1)
                    continue
                relation, end = _wide(data, at=8)
                name, _ = _wide(data, at=end)
                part = parts.get(relation, "")
                yield Sheet(name, data[0] != 0, "worksheets/" in part.lower()), part

    @cached_property
    def _is_1904(self) -> bool:
        return False

    @cached_property
    def _strings(self) -> list[str]:
        part = self._related("sharedStrings")
        if not part:
            return []
        with _refusing(part):
            return [_wide(data, at=1)[0] for _, data in _records(self._archive, part=part, wanted=(_STRING,))]

    @cached_property
    def _formats(self) -> list[NumberFormat]:
        """The number format of every style, by the numbers that cells use."""
        codes, numbers, inside, count, signs = dict(BUILT_IN), list[int](), False, 0, 0
        part = self._related("styles")
        if not part:
            return []
        self._archive.check_small(part)
        with _refusing(part):
            for code, data in _records(self._archive, part=part, wanted=(_FORMAT, _STYLE, _STYLES, _STYLES_END)):
                if code == _FORMAT:
                    code_text = codes[struct.unpack_from("<H", data)[0]] = _wide(data, at=2)[0]
                    count, signs = count + 1, signs + len(code_text)
                    check_formats(count=count, signs=signs, styles=0)
                elif code == _STYLE and inside:
                    numbers.append(struct.unpack_from("<H", data, 2)[0])
                inside = code == _STYLES or (inside and code != _STYLES_END)
        check_formats(count=count, signs=signs, styles=len(numbers))
        return [number_format(codes.get(n, GENERAL), epoch_1904=self._is_1904) for n in numbers]

    @cached_property
    def _shown(self) -> dict[int, Shown]:
        return {}

    def _related(self, kind: str) -> str | None:
        return next(iter(related(self._archive, part=self._path, kind=kind).values()), None)

    def _row(self, data: bytes, *, after: int) -> int:
        row = next_row(struct.unpack_from("<I", data)[0] + 1, after=after)
        if data[11] & _ROW_HIDDEN:
            self.notes.hidden_rows.append(row)
        return row

    def _note(self, code: int, *, data: bytes) -> None:
        if code == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", data)
            self.notes.merge(top + 1, left + 1, bottom + 1, right + 1)
        elif data[16] & 1:
            first, last = struct.unpack_from("<2I", data)
            self.notes.hide_columns(first + 1, last=min(last + 1, self._request.columns))

    def _put(self, cells: list[str], *, row: int, record: Record) -> None:
        code, data = record
        column, style = struct.unpack_from("<I", data)[0] + 1, int.from_bytes(data[4:7], "little")
        address = f"{column_letters(column)}{row}"
        place(address)
        if code in _FORMULAS:
            code = _FORMULAS[code]
            self.notes.note(row, column, "formula", address)
        text = self._text(code, data=data, style=style)
        if code == _ERROR:
            self.notes.note(row, column, "error", text)
        if text and column > self._request.columns:
            self.notes.note(row, column, "beyond", address)
        elif text:
            put(cells, column=column, text=text)

    def _text(self, code: int, *, data: bytes, style: int) -> str:
        match code:
            case 3:
                return _ERRORS.get(data[8], "#ERROR")
            case 4:
                return "TRUE" if data[8] else "FALSE"
            case 2:
                return self._number(_rk(struct.unpack_from("<I", data, 8)[0]), style=style)
            case 5:
                return self._number(struct.unpack_from("<d", data, 8)[0], style=style)
            case 7:
                return self._formatted(self._string(struct.unpack_from("<I", data, 8)[0]), style=style)
            case _:
                return self._formatted(_wide(data, at=9 if code == _RICH else 8)[0], style=style)

    def _string(self, number: int) -> str:
        if number >= len(self._strings):
            raise Refusal("workbook_text_missing", number=number, texts=len(self._strings))
        return self._strings[number]

    def _formatted(self, text: str, *, style: int) -> str:
        return self._formats[style].text(text) if style < len(self._formats) else text

    def _number(self, value: float, *, style: int) -> str:
        if not (shown := self._shown.get(style)):
            found = self._formats[style] if style < len(self._formats) else number_format(GENERAL)
            shown = shown_number(found, is_iso=self._request.is_iso, epoch_1904=self._is_1904)
            self._shown[style] = shown
        return shown(repr(value))


def _rk(packed: int) -> float:
    """A number packed into 30 bits: an integer, or the upper half of a fraction; a bit means divided by 100."""
    if packed & 2:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _wide(data: bytes, *, at: int) -> tuple[str, int]:
    """A text and its end."""
    size = struct.unpack_from("<I", data, at)[0]
    if size == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * size
    if end > len(data):
        raise Refusal("workbook_text_too_long")
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


@contextmanager
def _refusing(part: str) -> Iterator[None]:
    """Raise Refusal if a record of this part is too short."""
    try:
        yield
    except (struct.error, IndexError) as error:
        raise Refusal("workbook_record_short", part=part) from error


def _records(archive: Archive, *, part: str, wanted: Container[int]) -> Iterator[Record]:
    """The wanted records of a part. Raises Refusal if it ends within one."""
    rest = b""
    for chunk in archive.chunks(part):
        if len(rest) > _LONGEST:
            raise Refusal("workbook_record_long", part=part, most=_LONGEST)
        data, at = rest + chunk, 0
        while (head := _head(data, at=at)) and head[2] + head[1] <= len(data):
            code, size, start = head
            if code in wanted:
                yield code, data[start : start + size]
            at = start + size
        rest = data[at:]
    if rest:
        raise Refusal("workbook_part_cut_off", part=part)


def _head(data: bytes, *, at: int) -> tuple[int, int, int] | None:
    """A record's code, its size and the start of its data; None if more bytes are needed."""
    if at + 6 > len(data) and at + 2 > len(data):
        return None
    code, at = data[at], at + 1
    if code & 0x80:
        code, at = (code & 0x7F) | (data[at] & 0x7F) << 7, at + 1
    size = 0
    for shift in range(4):
        if at >= len(data):
            return None
        byte, at = data[at], at + 1
        size |= (byte & 0x7F) << (7 * shift)
        if not byte & 0x80:
            break
    return code, size, at
