"""Template: an example file to fill in, as a workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

_WIDEST: Final = 40
# Rows that offer the values of a column.
_OFFERED: Final = 10_000
_LISTS: Final = "values"


def template_workbook(
    columns: Sequence[str], *, rows: Sequence[Sequence[str]], choices: Mapping[str, Sequence[str]]
) -> bytes:
    """A workbook (.xlsx) with a header and rows, every cell text, so that nothing typed into it becomes a number.

    choices: by header, the values that a column offers. They are on a hidden sheet, because a list inside a cell may
    have 255 characters at most. Another value can be typed, after a warning.
    """
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
        if choices:
            _offer(book, sheet=sheet, columns=columns, choices=choices)
    return stream.getvalue()


def _offer(book: Any, *, sheet: Any, columns: Sequence[str], choices: Mapping[str, Sequence[str]]) -> None:
    from xlsxwriter.utility import xl_range_abs

    values = book.add_worksheet(_LISTS)
    values.hide()
    for place, (header, offered) in enumerate(choices.items()):
        for line, value in enumerate(offered):
            values.write_string(line, place, value)
        source = f"={_LISTS}!{xl_range_abs(0, place, len(offered) - 1, place)}"
        number = columns.index(header)
        options = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(1, number, _OFFERED, number, options)
