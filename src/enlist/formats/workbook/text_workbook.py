"""Text workbook: rows as .xlsx, every cell text, so that a spreadsheet neither converts nor runs any of them."""

from __future__ import annotations

import io

import polars as pl

from enlist.core.errors import FileError

from .grid import MOST_ROWS


def write_workbook(frame: pl.DataFrame, *, sheet: str) -> bytes:
    """A frame of String columns as a workbook with one sheet; nulls become blank cells.

    Raises FileError if a sheet cannot hold them all.
    """
    # Imported here: it takes 50 ms and is rarely needed.
    import xlsxwriter

    if frame.height >= MOST_ROWS:
        raise FileError("workbook_too_small", rows=frame.height)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "constant_memory": True}) as book:
        page = book.add_worksheet(sheet)
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        page.set_column(0, max(frame.width - 1, 0), 18, text)
        for number, header in enumerate(frame.columns):
            page.write_string(0, number, header, bold)
        for place, cells in enumerate(frame.iter_rows(), start=1):
            for number, cell in enumerate(cells):
                if cell:
                    page.write_string(place, number, cell, text)
    return stream.getvalue()
