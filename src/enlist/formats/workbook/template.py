"""Template: an example file to fill in, as a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence

_WIDEST = 40


def template_workbook(columns: Sequence[str], *, rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook (.xlsx) with a header and rows, every cell text, so that nothing typed into it becomes a number."""
    # Imported here: it takes 50 ms and is rarely needed.
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("people")
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for number, header in enumerate(columns):
            widest = max(len(header), *(len(row[number]) for row in rows)) if rows else len(header)
            sheet.set_column(number, number, min(widest + 2, _WIDEST), text)
            sheet.write_string(0, number, header, bold)
        for place, row in enumerate(rows, start=1):
            for number, cell in enumerate(row):
                sheet.write_string(place, number, cell, text)
    return stream.getvalue()
