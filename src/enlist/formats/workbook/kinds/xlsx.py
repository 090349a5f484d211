"""Excel workbooks (.xlsx, .xlsm): the text of their cells as Excel shows it (ECMA-376 part 1, §18)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Final

from enlist.formats.workbook.archive import Archive
from enlist.formats.workbook.cells.cell_text import CellTexts, rich_text, unescaped, whole
from enlist.formats.workbook.cells.number_format import BUILT_IN, GENERAL, NumberFormat, number_format
from enlist.formats.workbook.grid import (
    MOST_SHEETS,
    Block,
    Notes,
    Refusal,
    Request,
    Row,
    Sheet,
    check_formats,
    first_rows,
    named,
)
from enlist.formats.workbook.regular import Irregular, Listing, cut_texts, without_entities
from enlist.formats.workbook.sheet_rows import Reading, SheetRows
from enlist.formats.workbook.xml_part import Damaged, attribute, elements, is_true, local_name, parsed

_WORKBOOK: Final = "xl/workbook.xml"


class Xlsx:
    """An open .xlsx workbook."""

    def __init__(self, archive: Archive, *, request: Request) -> None:
        self.notes = Notes()
        self._archive, self._request = archive, request
        if "[Content_Types].xml" not in archive:
            raise Refusal("workbook_part_missing", part="[Content_Types].xml")
        _refuse_doctypes(archive)
        self._path = _main_part(archive)
        self._types = archive.read("[Content_Types].xml")
        if not request.macros and (b"macroEnabled" in self._types or "xl/vbaproject.bin" in archive):
            raise Refusal("workbook_with_macros")

    def sheets(self) -> list[Sheet]:
        """All its sheets, in order."""
        return [sheet for sheet, _ in self._sheets]

    def rows(self, number: int) -> Iterator[Row | Block]:
        """The non-empty rows of a sheet."""
        yield from self._rows(number)

    def peeks(self, numbers: list[int], *, most: int) -> Iterator[tuple[int, list[Row]]]:
        """The first rows of several sheets."""
        for number in numbers:
            yield number, first_rows(iter(self._rows(number, is_peek=True)), most=most)

    def _rows(self, number: int, *, is_peek: bool = False) -> SheetRows:
        _, part = self._sheets[number]
        reading = Reading(self._request, is_peek=is_peek)
        return SheetRows(self._archive, part=part, texts=self._texts, notes=self.notes, reading=reading)

    @cached_property
    def _sheets(self) -> list[tuple[Sheet, str]]:
        found = list(islice(self._listed(), MOST_SHEETS + 1))
        checked = named(sheet.name for sheet, _ in found)
        return [(replace(sheet, name=name), part) for (sheet, part), name in zip(found, checked, strict=True)]

    def _listed(self) -> Iterator[tuple[Sheet, str]]:
        targets = related(self._archive, part=self._path)
        self._archive.check_small(self._path)
        for element in elements(self._archive, name=self._path, wanted=("sheet", "workbookPr")):
            if local_name(element) == "workbookPr":
                self._is_1904 = is_true(element, name="date1904")
                continue
            part = targets.get(attribute(element, name="id") or "", "")
            name, state = element.get("name") or "", element.get("state") or "visible"
            yield Sheet(name, state != "visible", "worksheets/" in part.lower()), part

    @cached_property
    def _is_1904(self) -> bool:
        return False

    @cached_property
    def _texts(self) -> CellTexts:
        return CellTexts(self._strings, self._formats, is_iso=self._request.is_iso, epoch_1904=self._is_1904)

    @cached_property
    def _strings(self) -> list[str]:
        part = self._related("sharedStrings")
        if not part:
            return []
        try:
            return _strings(self._archive, name=part)
        except (Irregular, Damaged):
            return [rich_text(element) for element in elements(self._archive, name=part, wanted=("si",))]

    @cached_property
    def _formats(self) -> list[NumberFormat]:
        """The number format of every style, by the numbers that cells use."""
        part = self._related("styles")
        codes, numbers, count, signs = dict(BUILT_IN), [0], 0, 0
        self._archive.check_small(part or "")
        for element in elements(self._archive, name=part, wanted=("numFmt", "cellXfs")) if part else ():
            if local_name(element) == "numFmt":
                code = codes[whole(element.get("numFmtId"))] = element.get("formatCode") or GENERAL
                count, signs = count + 1, signs + len(code)
                check_formats(count=count, signs=signs, styles=0)
            else:
                check_formats(count=count, signs=signs, styles=len(element))
                numbers = [whole(style.get("numFmtId")) for style in element]
        return [number_format(codes.get(n, GENERAL), epoch_1904=self._is_1904) for n in numbers]

    def _related(self, kind: str) -> str | None:
        # A part that is named but missing is refused when it is read: without styles numbers lose their zeros.
        return next(iter(related(self._archive, part=self._path, kind=kind).values()), None)


def _strings(archive: Archive, *, name: str) -> list[str]:
    """The shared strings by patterns. Raises Irregular or Damaged if the parser has to read them all."""
    found: list[str] = []
    listing = Listing(archive.chunks(name), inside=("sst",), item="si")
    for piece in listing.pieces():
        is_plain = "&" not in piece and "_x" not in piece
        for gap, texts in cut_texts(piece):
            if gap:
                found.extend(map(rich_text, parsed(listing.document(gap), name=name, wanted=("si",))))
            found.extend(texts if is_plain else (unescaped(without_entities(text)) for text in texts))
    list(parsed([listing.before.encode(), listing.tail.encode()], name=name, wanted=()))
    return found


def _refuse_doctypes(archive: Archive) -> None:
    from enlist.formats.workbook.archive import refuse_doctype

    for key, name in archive.names.items():
        if key.endswith((".xml", ".rels")):
            refuse_doctype(name, chunks=archive.chunks(name))


def _main_part(archive: Archive) -> str:
    targets = related(archive, part="", kind="officeDocument")
    found = next(iter(targets.values()), _WORKBOOK)
    if found not in archive:
        raise Refusal("workbook_part_missing", part=found)
    return found


def related(archive: Archive, *, part: str, kind: str = "") -> dict[str, str]:
    """The references of a part: identifier → path of the other part."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in archive:
        return {}
    found = {}
    archive.check_small(relations)
    for element in elements(archive, name=relations, wanted=("Relationship",)):
        target, mode = element.get("Target") or "", element.get("TargetMode")
        if (element.get("Type") or "").endswith(kind) and mode != "External":
            path = target if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[element.get("Id") or ""] = path.lstrip("/")
    return found
