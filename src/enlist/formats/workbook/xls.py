"""Old Excel workbooks (.xls, BIFF 2 to 8), read with xlrd: the text of their cells as Excel shows it."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from .cell_text import shown_number
from .grid import WITHOUT_MACROS, Notes, Refusal, Row, Sheet, Wish, column_letters, put
from .number_format import GENERAL, number_format

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORMULA: Final = (0x0006, 0x0206, 0x0406)
# Some programs say of every sheet that it is as large as can be.
_WHOLE_SHEET: Final = 65_536
# What xlrd fails with on records that do not hold what they should.
_SHORT: Final = (struct.error, LookupError, AssertionError, ValueError, TypeError, ArithmeticError, RecursionError)
_EOF, _BOF = 0x000A, (0x0009, 0x0209, 0x0409, 0x0809)


class Xls:
    """An open .xls workbook."""

    def __init__(self, stream: BinaryIO, *, wish: Wish) -> None:
        import xlrd
        import xlrd.compdoc

        self.notes = Notes()
        self._wish = wish
        data = stream.read()
        if data.startswith(_OLE):
            _check_compound(data)
        if not wish.macros and "_VBA_PROJECT_CUR".encode("utf-16-le") in data:
            raise Refusal("It is a workbook with macros, which are not let in.", hint=WITHOUT_MACROS)
        try:
            self._book: Any = xlrd.open_workbook(
                file_contents=data, logfile=io.StringIO(), formatting_info=True, on_demand=True, ragged_rows=True
            )
        except xlrd.biffh.XLRDError as error:
            if _is_locked(str(error)):
                raise Refusal("It is protected by a password.", hint="Save it without a password.") from None
            raise Refusal("It is no workbook of a kind that is known, or a damaged one.") from error
        except xlrd.compdoc.CompDocError as error:
            raise Refusal("It is cut off, or its list of sectors is damaged.") from error
        except _SHORT as error:
            raise Refusal("It is damaged before its first sheet, where its texts and styles stand.") from error

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""
        names, hidden = self._book.sheet_names(), self._book._sheet_visibility
        return [Sheet(name, bool(state)) for name, state in zip(names, hidden, strict=False)]

    def rows(self, number: int) -> Iterator[Row]:
        """The rows of a sheet that hold anything."""
        import xlrd

        try:
            sheet = self._book.sheet_by_index(number)
            self._note(sheet, number=number)
        except (*_SHORT, xlrd.biffh.XLRDError) as error:
            at = self._book._position - (self._book._sh_abs_posn[number] or 0)
            raise Refusal(f"Its sheet is damaged, near byte {at:,} of its records.") from error
        for row in range(sheet.nrows):
            cells: list[str] = []
            for column in range(min(sheet.row_len(row), self._wish.columns)):
                if text := self._cell(sheet, row=row, column=column):
                    put(cells, column=column + 1, text=text)
            if cells:
                yield row + 1, cells

    def _note(self, sheet: Any, *, number: int) -> None:
        notes = self.notes
        notes.merged.extend((r + 1, c + 1, r2, c2) for r, r2, c, c2 in sheet.merged_cells)
        notes.hidden_rows.extend(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
        notes.hidden_columns.extend(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden)
        # Where a record is damaged, those below may be passed over in silence.
        if sheet.nrows < sheet._dimnrows < _WHOLE_SHEET:
            notes.cells.append((sheet.nrows, 1, "short", str(sheet._dimnrows)))
        for row, column in self._formulas(number):
            notes.cells.append((row + 1, column + 1, "formula", f"{column_letters(column + 1)}{row + 1}"))

    def _formulas(self, number: int) -> Iterator[tuple[int, int]]:
        """Where formulas stand: xlrd gives their values only."""
        data, at, depth = self._book.mem, self._book._sh_abs_posn[number] or 0, 0
        while at + 8 <= len(data):
            code, size = struct.unpack_from("<HH", data, at)
            if code in _BOF:
                depth += 1
            elif code == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif code in _FORMULA and depth == 1:
                yield struct.unpack_from("<HH", data, at + 4)
            at += 4 + size

    def _cell(self, sheet: Any, *, row: int, column: int) -> str:
        import xlrd

        kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            return ""
        if kind == xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if value else "FALSE"
        if kind == xlrd.XL_CELL_ERROR:
            text = str(xlrd.error_text_from_code.get(value, "#ERROR"))
            self.notes.cells.append((row + 1, column + 1, "error", text))
            return text
        found = number_format(self._code(sheet, row=row, column=column), epoch_1904=bool(self._book.datemode))
        if kind == xlrd.XL_CELL_TEXT:
            return found.text(str(value))
        shown = shown_number(found, is_iso=self._wish.is_iso, epoch_1904=bool(self._book.datemode))
        return shown(repr(value))

    def _code(self, sheet: Any, *, row: int, column: int) -> str:
        book, style = self._book, sheet.cell_xf_index(row, column)
        key = book.xf_list[style].format_key if 0 <= style < len(book.xf_list) else 0
        found = book.format_map.get(key)
        return str(found.format_str) if found else GENERAL


def _is_locked(reason: str) -> bool:
    return "encrypted" in reason.lower() or "password" in reason.lower()


def _check_compound(data: bytes) -> None:
    """Raises Refusal for a compound file that is evidently no workbook."""
    for mark, what in (
        ("EncryptedPackage", "It is protected by a password."),
        ("WordDocument", "It is a text document."),
    ):
        if mark.encode("utf-16-le") in data and "Workbook".encode("utf-16-le") not in data:
            raise Refusal(what, hint="Save the table as .xlsx, without a password.")
