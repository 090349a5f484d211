"""Failures: the rows with errors as a workbook, to correct and read again."""

from __future__ import annotations

import io

import polars as pl

from enlist.core.errors import FileError

from .grid import MOST_ROWS

_BAD = {"bg_color": "#FFD9D9", "border": 1, "border_color": "#C00000", "num_format": "@"}
_AUTHOR = "Enlist"


def write_failures(rows: pl.DataFrame, *, problems: pl.DataFrame) -> bytes:
    """The rows as .xlsx, all cells as text, with a comment on every bad one that gives the reason (EN-05).

    rows: first their numbers (Int64), then String columns. problems: row, column (null: the row as a whole), sentence
    (String).

    Raises FileError if a sheet cannot hold them all.
    """
    # Imported here: it takes 50 ms and is rarely needed.
    import xlsxwriter

    if rows.height >= MOST_ROWS:
        raise FileError("workbook_too_small", rows=rows.height)
    columns = rows.columns[1:]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("to be corrected")
        text, bold, bad = (book.add_format(style) for style in ({"num_format": "@"}, {"bold": True}, _BAD))
        sheet.set_comments_author(_AUTHOR)
        sheet.freeze_panes(1, 0)
        for number, header in enumerate(columns):
            sheet.write_string(0, number, header, bold)
        reasons = _by_cell(problems, columns=columns)
        for place, (row, *cells) in enumerate(rows.iter_rows(), start=1):
            for number, cell in enumerate(cells):
                reason = reasons.get((row, number))
                sheet.write_string(place, number, cell or "", bad if reason else text)
                if reason:
                    sheet.write_comment(place, number, reason, {"x_scale": 2})
    return stream.getvalue()


def _by_cell(problems: pl.DataFrame, *, columns: list[str]) -> dict[tuple[int, int], str]:
    """The problems of each cell; those of a whole row are at its first cell."""
    numbers = {column: number for number, column in enumerate(columns)}
    found: dict[tuple[int, int], str] = {}
    for row, column, sentence in problems.select("row", "column", "sentence").iter_rows():
        place = (row, numbers.get(column, 0))
        found[place] = f"{found[place]}\n{sentence}" if place in found else sentence
    return found
