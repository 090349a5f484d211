"""Workbooks made in tests: complete ones by XlsxWriter, odd and hostile ones part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter

SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook {SPREADSHEET} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="people" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    ),
    "xl/sharedStrings.xml": f"<sst {SPREADSHEET}><si><t>username</t></si><si><t>jdoe</t></si></sst>",
    "xl/worksheets/sheet1.xml": (
        f'<worksheet {SPREADSHEET}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData></worksheet>'
    ),
}


def made(
    rows: Iterable[Iterable[Any]], *, formats: Mapping[tuple[int, int], str] | None = None, **options: Any
) -> bytes:
    """A workbook with one sheet of these cells. formats: number formats by row and column from 0."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet("people")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                code = (formats or {}).get((number, column))
                sheet.write(number, column, cell, book.add_format({"num_format": code}) if code else None)
    return stream.getvalue()


def packed(
    parts: Mapping[str, str | bytes] | None = None, *, without: str = "", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A workbook of the smallest parts, some of them replaced, added or left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in {**PARTS, **(parts or {})}.items():
            if name != without:
                archive.writestr(name, content)
    return stream.getvalue()


def sheet(rows: str, *, after: str = "") -> dict[str, str | bytes]:
    """The part of the only sheet, with these rows as XML."""
    return {"xl/worksheets/sheet1.xml": f"<worksheet {SPREADSHEET}><sheetData>{rows}</sheetData>{after}</worksheet>"}


def unpacked(book: bytes) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed_anew(parts: Mapping[str, bytes]) -> bytes:
    """A workbook of these parts, the same whenever it is made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 1)
    return stream.getvalue()
