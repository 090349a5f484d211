"""Plain text: every line is a complete row, which is checked for the whole text at once.

Polars reads it. Where Polars would differ from the careful reader, counting shows it, and `fast_path.py` takes over:
records of several lines, blank, short and long lines, misplaced quotation marks.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.formats.encoding.encodings import PACKED, Text
from enlist.formats.files.safety import Limits
from enlist.formats.layout.chunks import Chunk, no_notes
from enlist.formats.layout.layout import Layout
from enlist.formats.layout.records import BLANKS, Dialect

# Cells that begin with a blank sort before this sign.
_AFTER_BLANKS: Final = "!"
_BLOCK: Final = 1_000
# With more columns the regular expression grows too large.
_MOST_COLUMNS: Final = 200
_NEVER: Final = r"[^\s\S]"


def plain(text: Text, *, layout: Layout, limits: Limits) -> Chunk | None:
    """All rows of a text at once, equal to the careful reader's; None if single lines must be looked at."""
    is_table = bool(layout.taken) and layout.width > 1
    if not is_table or text.data.startswith(PACKED) or not is_clear(text, dialect=layout.dialect):
        return None
    try:
        frame = _frame(text.data, layout=layout)
    except pl.exceptions.PolarsError:
        return None
    below = frame.tail(_blank_lines_below(text.data))
    frame = frame.head(frame.height - below.height)
    if any((column != "").any() for column in below.iter_columns()) or not frame.height:
        return None
    if not _is_whole(frame, text=text, layout=layout) or not _is_well_quoted(text, layout=layout):
        return None
    kept = frame.select(map(str, layout.taken))
    if any(kept.select((pl.all().str.len_bytes() > limits.cell).any()).row(0)):
        return None
    trimmed = kept.with_columns(pl.col(_padded(kept, data=text.data)).str.strip_chars(BLANKS))
    lines = pl.int_range(layout.first_line, layout.first_line + frame.height, dtype=pl.Int64, eager=True)
    return Chunk(trimmed.insert_column(0, lines.alias("line")), no_notes(), is_trimmed=True)


def is_clear(text: Text, *, dialect: Dialect) -> bool:
    """Whether lines of this text only end with line feeds, and nothing in it needs the careful reader."""
    data = text.data
    # Polars only takes one-byte signs, and only line feeds as line ends.
    has_plain_signs = dialect.delimiter.isascii() and dialect.quote.isascii()
    has_line_feeds = b"\r" not in data or data.count(b"\r") == data.count(b"\r\n")
    has_escapes = bool(dialect.escape) and dialect.escape.encode() in data
    return has_plain_signs and has_line_feeds and not has_escapes and b"\0" not in data


def well_quoted(layout: Layout) -> str:
    """A line with as many cells as the header, each plain or quoted, as a Polars pattern; blank cells may follow."""
    if layout.width > _MOST_COLUMNS:
        return _NEVER
    quote, delimiter = (f"\\x{{{ord(sign):x}}}" for sign in (layout.dialect.quote, layout.dialect.delimiter))
    cell = f"(?:[^{quote}{delimiter}]*|{quote}(?:[^{quote}]|{quote}{quote})*{quote})"
    return f"^{cell}(?:{delimiter}{cell}){{{layout.width - 1}}}(?:{delimiter}[ \\t]*)*$"


def _frame(data: bytes, *, layout: Layout) -> pl.DataFrame:
    """All cells. Raises PolarsError if a line is too long, or text follows a closing quotation mark."""
    quote = layout.dialect.quote
    return pl.read_csv(
        data,
        has_header=False,
        schema={str(number): pl.String() for number in range(layout.width)},
        skip_lines=layout.first_line - 1,
        separator=layout.dialect.delimiter,
        quote_char=quote if quote and quote.encode() in data else None,
        empty_string_is_null=False,
    )


def _is_whole(frame: pl.DataFrame, *, text: Text, layout: Layout) -> bool:
    """Whether every line is a row with as many cells as the header; Polars fills up short ones."""
    short = (frame.to_series(frame.width - 1) == "").arg_true()
    is_quoted = bool(layout.dialect.quote) and layout.dialect.quote.encode() in text.data
    if not is_quoted and not short.len():
        return True
    rows = text.lines.slice(layout.first_line - 1)
    if rows.len() != frame.height + _blank_lines_below(text.data):
        return False
    some = rows.gather(short)
    # The pattern for well quoted lines counts the cells of the others.
    unquoted = some.filter(~some.str.contains(layout.dialect.quote, literal=True)) if is_quoted else some
    return bool((unquoted.str.count_matches(layout.dialect.delimiter, literal=True) == layout.width - 1).all())


def _blank_lines_below(data: bytes) -> int:
    end = data[-_BLOCK:]
    return max(end[len(end.rstrip(b"\r\n")) :].count(b"\n") - 1, 0)


def _is_well_quoted(text: Text, *, layout: Layout) -> bool:
    """Whether every quotation mark of the rows opens a cell, closes one or is doubled in one."""
    quote = layout.dialect.quote
    if not quote or quote.encode() not in text.data:
        return True
    rows = text.lines.slice(layout.first_line - 1)
    return bool(rows.filter(rows.str.contains(quote, literal=True)).str.contains(well_quoted(layout)).all())


def _padded(frame: pl.DataFrame, *, data: bytes) -> list[str]:
    """The columns that may have cells with blanks around them: checking costs less than trimming."""
    if any(sign not in " \r\n" and sign.encode() in data for sign in BLANKS):
        return frame.columns
    if b" " not in data:
        return []
    starts = ((pl.all() < _AFTER_BLANKS) & (pl.all() != "")).any()
    found = frame.select(starts | pl.all().str.ends_with(" ").any()).row(0)
    return [name for name, is_padded in zip(frame.columns, found, strict=True) if is_padded]
