"""Old Excel workbooks (.xls, BIFF 2 to 8), read with xlrd: the text of their cells as Excel shows it."""

from __future__ import annotations

import io
import struct
from array import array
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from enlist.formats.workbook.cells.cell_text import shown_number
from enlist.formats.workbook.cells.number_format import GENERAL, number_format
from enlist.formats.workbook.grid import (
    MOST_FORMATS,
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
    put,
)

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORMULA: Final = (0x0006, 0x0206, 0x0406)
# Some programs give every sheet the greatest possible size.
_WHOLE_SHEET: Final = 65_536
# What xlrd raises for malformed records.
_SHORT: Final = (struct.error, LookupError, AssertionError, ValueError, TypeError, ArithmeticError, RecursionError)
_EOF, _BOF, _CONTINUE, _STRINGS = 0x000A, (0x0009, 0x0209, 0x0409, 0x0809), 0x003C, 0x00FC
_FORMATS: Final = (0x001E, 0x041E)
_COLUMN_BITS: Final = 16
_COLUMN_MASK: Final = 0xFFFF
# Records as numerous as cells: cells themselves, their rows, continuations.
_CELLS: Final = frozenset((
    0x01, 0x02, 0x03, 0x04, 0x05, 0x07, 0x08, 0x3C, 0x7E, 0xBC, 0xBD, 0xBE, 0xD6, 0xD7, 0xFD,
    0x201, 0x203, 0x204, 0x205, 0x207, 0x208, 0x27E, 0x4BC,
))  # fmt: skip
# Excel 2003 has at most 4,050 styles and 512 fonts.
_OLD_STYLES: Final = ("cell styles", 10_000)
_MOST: Final = {
    0x85: ("sheets", MOST_SHEETS),
    **dict.fromkeys((0x43, 0xE0, 0x243, 0x443), _OLD_STYLES),
    **dict.fromkeys((0x31, 0x231), ("fonts", 10_000)),
    **dict.fromkeys(_FORMATS, ("number formats", MOST_FORMATS)),
}
# The most names, comments or links of one kind.
_MOST_BESIDE: Final = 50_000
_MOST_STRINGS: Final = 1_000_000


class Xls:
    """An open .xls workbook."""

    def __init__(self, stream: BinaryIO, *, request: Request) -> None:
        import xlrd
        import xlrd.compdoc

        self.notes = Notes()
        self._request = request
        data = stream.read()
        if data.startswith(_OLE):
            _check_compound(data)
        if not request.macros and "_VBA_PROJECT_CUR".encode("utf-16-le") in data:
            raise Refusal("workbook_with_macros")
        try:
            data = _workbook_stream(data)
            _check_globals(data)
            self._book: Any = xlrd.open_workbook(
                file_contents=data, logfile=io.StringIO(), formatting_info=True, on_demand=True, ragged_rows=True
            )
        except xlrd.biffh.XLRDError as error:
            if _is_locked(str(error)):
                raise Refusal("workbook_locked") from None
            raise Refusal("workbook_kind_unknown") from error
        except xlrd.compdoc.CompDocError as error:
            raise Refusal("workbook_sectors_damaged") from error
        except _SHORT as error:
            raise Refusal("workbook_start_damaged") from error

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""
        names, hidden = named(self._book.sheet_names()), self._book._sheet_visibility
        return [Sheet(name, bool(state)) for name, state in zip(names, hidden, strict=False)]

    def peeks(self, numbers: list[int], *, most: int) -> Iterator[tuple[int, list[Row]]]:
        """The first rows of several sheets; each is read whole, and unloaded before the next."""
        for number in numbers:
            yield number, first_rows(self.rows(number), most=most)
            self._book.unload_sheet(number)

    def rows(self, number: int) -> Iterator[Row]:
        """The non-empty rows of a sheet."""
        import xlrd

        try:
            formulas = self._formulas(number)
            sheet = self._book.sheet_by_index(number)
            self._note(sheet)
        except (*_SHORT, xlrd.biffh.XLRDError) as error:
            at = self._book._position - (self._book._sh_abs_posn[number] or 0)
            raise Refusal("workbook_sheet_damaged", byte=at) from error
        for row in range(sheet.nrows):
            while formulas and formulas[-1] >> _COLUMN_BITS <= row:
                self._note_formula(formulas.pop())
            cells: list[str] = []
            for column in range(min(sheet.row_len(row), self._request.columns)):
                if text := self._cell(sheet, row=row, column=column):
                    put(cells, column=column + 1, text=text)
            if cells or self.notes.is_full:
                yield row + 1, cells

    def _note_formula(self, place: int) -> None:
        row, column = (place >> _COLUMN_BITS) + 1, (place & _COLUMN_MASK) + 1
        self.notes.note(row, column, "formula", f"{column_letters(column)}{row}")

    def _note(self, sheet: Any) -> None:
        notes = self.notes
        for top, bottom, left, right in sheet.merged_cells:
            notes.merge(top + 1, left + 1, bottom, right)
        notes.hidden_rows.extend(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
        for column, info in sheet.colinfo_map.items():
            if info.hidden:
                notes.hide_columns(column + 1, last=column + 1)
        # After a damaged record xlrd may silently skip the rows below.
        if sheet.nrows < sheet._dimnrows < _WHOLE_SHEET:
            notes.note(sheet.nrows, 1, "short", str(sheet._dimnrows))

    def _formulas(self, number: int) -> array[int]:
        """The places of formulas, the first one last: xlrd only gives their values.

        Raises Refusal if a sheet has more comments, links or the like than xlrd should create objects for.
        """
        data, counts, found = self._book.mem, Counter[int](), array("Q")
        for code, at in _codes(data, start=self._book._sh_abs_posn[number] or 0):
            if code in _FORMULA:
                row, column = struct.unpack_from("<HH", data, at)
                found.append(row << _COLUMN_BITS | column)
            elif code not in _CELLS:
                counts[code] += 1
                if counts[code] > _MOST_BESIDE:
                    raise Refusal(
                        "workbook_too_many", what=f"records of kind {code:#x} beside its cells", most=_MOST_BESIDE
                    )
        return array("Q", sorted(found, reverse=True))

    def _cell(self, sheet: Any, *, row: int, column: int) -> str:
        import xlrd

        kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            return ""
        if kind == xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if value else "FALSE"
        if kind == xlrd.XL_CELL_ERROR:
            text = str(xlrd.error_text_from_code.get(value, "#ERROR"))
            self.notes.note(row + 1, column + 1, "error", text)
            return text
        found = number_format(self._code(sheet, row=row, column=column), epoch_1904=bool(self._book.datemode))
        if kind == xlrd.XL_CELL_TEXT:
            return found.text(str(value))
        shown = shown_number(found, is_iso=self._request.is_iso, epoch_1904=bool(self._book.datemode))
        return shown(repr(value))

    def _code(self, sheet: Any, *, row: int, column: int) -> str:
        book, style = self._book, sheet.cell_xf_index(row, column)
        key = book.xf_list[style].format_key if 0 <= style < len(book.xf_list) else 0
        found = book.format_map.get(key)
        return str(found.format_str) if found else GENERAL


def _workbook_stream(data: bytes) -> bytes:
    """The records of a workbook, either in a compound file or bare."""
    import xlrd.compdoc

    if not data.startswith(_OLE):
        return data
    files = xlrd.compdoc.CompDoc(data, logfile=io.StringIO())
    for name in ("Workbook", "Book"):
        found, start, size = files.locate_named_stream(name)
        if found:
            return bytes(found[start : start + size])
    raise Refusal("workbook_kind_unknown")


def _check_globals(data: bytes) -> None:
    """Raise Refusal if there is more before the first sheet than xlrd should create objects for."""
    counts, signs = Counter[int](), 0
    for code, at in _codes(data, start=0):
        counts[code] += code != _CONTINUE
        what, most = _MOST.get(code, (f"records of kind {code:#x} before its first sheet", _MOST_BESIDE))
        if counts[code] > most:
            raise Refusal("workbook_too_many", what=what, most=most)
        if code in _FORMATS:
            signs += struct.unpack_from("<H", data, at - 2)[0]
            check_formats(count=0, signs=signs, styles=0)
        if code == _STRINGS and at + 8 <= len(data) and struct.unpack_from("<I", data, at + 4)[0] > _MOST_STRINGS:
            raise Refusal("workbook_too_many", what="texts", most=_MOST_STRINGS)


def _codes(data: bytes, *, start: int) -> Iterator[tuple[int, int]]:
    """The kinds of a stream's records up to its end, and the position of their data; without nested streams."""
    at, depth = start, 0
    while at + 8 <= len(data):
        code, size = struct.unpack_from("<HH", data, at)
        if code in _BOF:
            depth += 1
        elif code == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield code, at + 4
        at += 4 + size


def _is_locked(reason: str) -> bool:
    return "encrypted" in reason.lower() or "password" in reason.lower()


def _check_compound(data: bytes) -> None:
    """Raises Refusal for a compound file that is evidently no workbook."""
    for mark, code in (("EncryptedPackage", "workbook_locked"), ("WordDocument", "workbook_is_document")):
        if mark.encode("utf-16-le") in data and "Workbook".encode("utf-16-le") not in data:
            raise Refusal(code)
