"""Shown text: what a spreadsheet shows or writes instead of a value, and leaves in saved files."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from enlist.core.flags.flags import collect, flag, no_flags

_WRAP: Final = '="'
_WRAPPED: Final = '^="([^"]*)"$'
# A byte that every such cell contains, a search pattern, the cell's form, its code. One byte is found fastest.
_UNSHOWN: Final = (
    (b"+", re.compile(rb"E\+"), r"^-?[1-9](?:[.,][0-9]+)?E\+[0-9]{2,3}$", "number_shortened"),
    (b"#", re.compile(rb"####"), r"^####+$", "value_not_shown"),
)
_ERROR: Final = "#(?:N/A|REF!|VALUE!|DIV/0!|NAME\\?|NUM!|NULL!)"
_IN_TEXT: Final = (
    *_UNSHOWN,
    (b"\\", re.compile(rb"\\N"), r"^\\N$", "null_shown"),
    (b"#", re.compile(_ERROR.encode()), f"^{_ERROR}$", "error_shown"),
)


def without_wraps(frame: pl.DataFrame, *, lines: pl.Series, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells of a text, `="007"` as `007`, and flags that name the columns. data: the whole text."""
    if b"=" not in data or _WRAP.encode() not in data:
        return frame, no_flags()
    flags = []
    for column in frame.iter_columns():
        if (places := column.str.contains(_WRAPPED).arg_true()).len():
            first = places[0]
            flags.append(flag("wraps_removed", value=column.name, detail=column[first], line=lines[first]))
            frame = frame.with_columns(column.str.replace(_WRAPPED, "$1"))
    return frame, collect(*flags)


# How programs write that nothing is there. A person may be called Null, but not NULL.
_NOTHING: Final = ("NULL", "null", "(null)", "<null>", "NaN", "nan", "NaT", "None", "<NA>", "N/A", "undefined")


def unshown(frame: pl.DataFrame, *, lines: pl.Series, data: bytes) -> pl.DataFrame:
    """Flags for cells that only show that their value is hidden or invalid. data: the whole text, or b""."""
    found = [
        pl.DataFrame({"line": lines, "column": column.name, "value": column})
        .filter(column.str.contains(pattern))
        .with_columns(code=pl.lit(code))
        # Workbooks mark their errors themselves.
        for sign, held, pattern, code in (_IN_TEXT if data else _UNSHOWN)
        if not data or (sign in data and held.search(data))
        for column in frame.iter_columns()
    ]
    for column in frame.iter_columns():
        if (given := column.is_in(_NOTHING)).any():
            cells = pl.DataFrame({"line": lines, "column": column.name, "value": column}).filter(given)
            found.append(cells.with_columns(code=pl.lit("null_shown")))
    return collect(*found)
