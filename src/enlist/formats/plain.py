"""Plain text: without a quotation mark, so that counting delimiters tells that every line is a row as it should be."""

from __future__ import annotations

import polars as pl

from .chunks import Chunk, no_notes
from .encodings import Text
from .layout import Layout
from .safety import Limits

# Polars unpacks what starts so.
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")


def plain(text: Text, *, layout: Layout, limits: Limits) -> Chunk | None:
    """All rows of a clear text at once, as the screen would give them; None where it has to look at lines.

    It has to where a line is blank, short or long, where a sign is quoted, or a cell is longer than it may be.
    """
    dialect, data = layout.dialect, text.data
    if not layout.taken:
        return None
    is_quoted = bool(dialect.quote) and dialect.quote.encode() in data
    if is_quoted or text.start or layout.width < 2 or b"\r" in data or data.startswith(_PACKED):
        return None
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            schema={str(number): pl.String() for number in range(layout.width)},
            skip_lines=layout.first_line - 1,
            separator=dialect.delimiter,
            quote_char=None,
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:
        return None
    # Polars refuses a line that is too long, and fills one that is too short: then delimiters are missing.
    start = _offset(data, line=layout.first_line)
    lines = data.count(b"\n", start) + (not data.endswith(b"\n"))
    is_whole = frame.height == lines and data.count(dialect.delimiter.encode(), start) == lines * (layout.width - 1)
    if not is_whole or any((column.str.len_bytes() > limits.cell).any() for column in frame.iter_columns()):
        return None
    numbers = pl.int_range(layout.first_line, layout.first_line + lines, dtype=pl.Int64, eager=True)
    return Chunk(frame.select(map(str, layout.taken)).insert_column(0, numbers.alias("line")), no_notes())


def _offset(data: bytes, *, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = data.find(b"\n", start) + 1 or len(data)
    return start
