"""Excel workbooks (.xlsx, .xlsm): the text of their cells as Excel shows it (ECMA-376 part 1, §18)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from .archive import Archive
from .date_format import iso_date
from .grid import MOST_COLUMNS, Notes, Refusal, Row, Sheet, Wish, column_letters, column_number, place, put
from .number_format import BUILT_IN, GENERAL, NumberFormat, number_format
from .xml_part import Element, attribute, elements, is_true, local_name

_WORKBOOK: Final = "xl/workbook.xml"
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ISO_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(\.\d+)?Z?)?")
_DIGITS: Final = "0123456789"
_MERGED: Final = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]+[0-9]+):([A-Z]+[0-9]+)"')
_MOST_MERGED: Final = 10_000
_MOST_IN_GENERAL: Final = 11

Shown = Callable[[str], str]


class Xlsx:
    """An open .xlsx workbook."""

    def __init__(self, archive: Archive, *, wish: Wish) -> None:
        self.notes = Notes()
        self._archive, self._wish = archive, wish
        if "[Content_Types].xml" not in archive:
            raise Refusal("Its part [Content_Types].xml is missing: it is no workbook.")
        _refuse_doctypes(archive)
        self._path = _main_part(archive)
        self._types = archive.read("[Content_Types].xml")
        if not wish.macros and (b"macroEnabled" in self._types or "xl/vbaproject.bin" in archive):
            raise Refusal("It is a workbook with macros, which are not let in.", hint="Save it as .xlsx.")

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""
        return [sheet for sheet, _ in self._sheets]

    def rows(self, number: int) -> Iterator[Row]:
        """The rows of a sheet that hold anything."""
        _, part = self._sheets[number]
        self.notes.merged.extend(self._merged(part))
        last = 0
        for element in elements(self._archive, name=part, wanted=("row", "col")):
            if local_name(element) == "col":
                self._note_column(element)
                continue
            last = self._row_number(element, after=last)
            if is_true(element, name="hidden"):
                self.notes.hidden_rows.append(last)
            cells = self._cells(element, row=last)
            if any(cells):
                yield last, cells

    @cached_property
    def _sheets(self) -> list[tuple[Sheet, str]]:
        targets = related(self._archive, part=self._path)
        found = []
        for element in elements(self._archive, name=self._path, wanted=("sheet", "workbookPr")):
            if local_name(element) == "workbookPr":
                self._is_1904 = is_true(element, name="date1904")
                continue
            part = targets.get(attribute(element, name="id") or "", "")
            name, state = element.get("name") or "", element.get("state") or "visible"
            found.append((Sheet(name, state != "visible", "worksheets/" in part.lower()), part))
        return found

    @cached_property
    def _is_1904(self) -> bool:
        return False

    @cached_property
    def _strings(self) -> list[str]:
        part = self._related("sharedStrings")
        return [_text(element) for element in elements(self._archive, name=part, wanted=("si",))] if part else []

    @cached_property
    def _formats(self) -> list[NumberFormat]:
        """The number format of every style that cells name."""
        part = self._related("styles")
        codes, numbers = dict(BUILT_IN), [0]
        for element in elements(self._archive, name=part, wanted=("numFmt", "cellXfs")) if part else ():
            if local_name(element) == "numFmt":
                codes[_whole(element.get("numFmtId"))] = element.get("formatCode") or GENERAL
            else:
                numbers = [_whole(style.get("numFmtId")) for style in element]
        return [number_format(codes.get(n, GENERAL), epoch_1904=self._is_1904) for n in numbers]

    @cached_property
    def _shown(self) -> dict[str, Shown]:
        """What numbers look like, by the style's number as cells name it."""
        return {}

    def _related(self, kind: str) -> str | None:
        parts = related(self._archive, part=self._path, kind=kind)
        return next((part for part in parts.values() if part in self._archive), None)

    def _merged(self, part: str) -> Iterator[tuple[int, int, int, int]]:
        """The merged ranges, which stand below the rows that they are about."""
        rest, count = b"", 0
        for chunk in self._archive.chunks(part):
            rest += chunk
            if b"mergeCell" in rest:
                for found in _MERGED.finditer(rest):
                    yield (*place(found[1].decode()), *place(found[2].decode()))
                    if (count := count + 1) > _MOST_MERGED:
                        return
            rest = rest[rest.rfind(b"<") :][:1_000]

    def _note_column(self, element: Element) -> None:
        if is_true(element, name="hidden"):
            first, last = _whole(element.get("min")), _whole(element.get("max"))
            self.notes.hidden_columns.extend(range(max(first, 1), min(last, self._wish.columns) + 1))

    def _row_number(self, element: Element, *, after: int) -> int:
        said = element.get("r")
        number = _whole(said) if said else after + 1
        return place(f"A{number}")[0]

    def _cells(self, row_element: Element, *, row: int) -> list[str]:
        cells: list[str] = []
        columns, most, last = _columns, self._wish.columns, 0
        for element in row_element:
            address = element.get("r")
            column = columns(address.rstrip(_DIGITS)) if address else last + 1
            last = column
            if not len(element) or not (text := self._cell(element, row=row, column=column)):
                continue
            if column == len(cells) + 1:
                cells.append(text)
            elif column <= most:
                put(cells, column=column, text=text)
            else:
                self.notes.cells.append((row, column, "beyond", f"{column_letters(column)}{row}"))
        return cells

    def _cell(self, element: Element, *, row: int, column: int) -> str:
        kind, value = element.get("t"), None
        for child in element:
            name = child.tag[-2:]
            if name == "}v" or child.tag == "v":
                value = child.text
            elif name == "}f" or child.tag == "f":
                self.notes.cells.append((row, column, "formula", f"{column_letters(column)}{row}"))
            elif name == "is":
                value = _text(child)
        if value is None:
            return ""
        match kind:
            case "s":
                return self._formatted_text(self._string(value), style=element.get("s"))
            case "inlineStr" | "str":
                return self._formatted_text(_unescaped(value), style=element.get("s"))
            case "b":
                return "TRUE" if value.strip() in ("1", "true") else "FALSE"
            case "e":
                self.notes.cells.append((row, column, "error", value))
                return value
            case "d":
                return value.replace("T00:00:00", "").replace("T", " ").removesuffix(".000")
            case _:
                return self._number(value, style=element.get("s") or "0")

    def _string(self, index: str) -> str:
        number = _whole(index)
        if number < 0 or number >= len(self._strings):
            raise Refusal(f"It is damaged: a cell names text number {number}, and there are {len(self._strings)}.")
        return self._strings[number]

    def _formatted_text(self, text: str, *, style: str | None) -> str:
        number = _whole(style)
        return self._formats[number].text(text) if 0 <= number < len(self._formats) else text

    def _number(self, value: str, *, style: str) -> str:
        if not (shown := self._shown.get(style)):
            shown = self._shown[style] = self._of_style(_whole(style))
        return shown(value)

    def _of_style(self, style: int) -> Shown:
        found = self._formats[style] if 0 <= style < len(self._formats) else number_format(GENERAL)
        return shown_number(found, is_iso=self._wish.is_iso, epoch_1904=self._is_1904)


def shown_number(found: NumberFormat, *, is_iso: bool, epoch_1904: bool) -> Shown:
    """What a number, given as text, looks like in a format; digits of a General cell are never shortened."""
    is_general = found.code == GENERAL

    def shown(value: str) -> str:
        if is_general and value.isdigit() and len(value) <= _MOST_IN_GENERAL:
            return value
        try:
            number = float(value)
        except ValueError:
            return value
        if is_iso and found.is_date and (date := iso_date(number, epoch_1904=epoch_1904)):
            return date
        return found.number(number)

    return shown


def _columns(letters: str) -> int:
    number = column_number(letters) if letters.isalpha() and len(letters) < 5 else 0
    if not 1 <= number <= MOST_COLUMNS:
        raise Refusal(f"It names a column {letters[:10]}; a sheet has {MOST_COLUMNS:,} columns.")
    return number


def _text(element: Element) -> str:
    """The text of a string with its runs; how it is pronounced is not part of it."""
    pieces = []
    for child in element:
        name = local_name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces.extend(each.text or "" for each in child if local_name(each) == "t")
            if any(local_name(each) == "r" for each in child):
                raise Refusal("It is damaged: text is nested in text.")
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _whole(value: str | None) -> int:
    try:
        return int(value or 0)
    except ValueError:
        raise Refusal(f"It is damaged: “{(value or '')[:20]}” stands where a number should.") from None


def _refuse_doctypes(archive: Archive) -> None:
    from .archive import refuse_doctype

    for key, name in archive.names.items():
        if key.endswith((".xml", ".rels")):
            refuse_doctype(name, chunks=archive.chunks(name))


def _main_part(archive: Archive) -> str:
    targets = related(archive, part="", kind="officeDocument")
    found = next(iter(targets.values()), _WORKBOOK)
    if found not in archive:
        raise Refusal("It holds no workbook.")
    return found


def related(archive: Archive, *, part: str, kind: str = "") -> dict[str, str]:
    """What a part refers to: the identifier → the path of the other part."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in archive:
        return {}
    found = {}
    for element in elements(archive, name=relations, wanted=("Relationship",)):
        target, mode = element.get("Target") or "", element.get("TargetMode")
        if (element.get("Type") or "").endswith(kind) and mode != "External":
            path = target if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[element.get("Id") or ""] = path.lstrip("/")
    return found
