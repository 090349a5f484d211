"""The fast reader: lines that are clearly one record each become columns at once.

A line is one record if it has as many cells as the header and every quotation mark in it opens, closes or is doubled by
the rules of RFC 4180. Other lines are read by the careful reader, in their place. As the first line of the rows starts
a record, so does every line that doesn't belong to an earlier record.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import polars as pl

from enlist.formats.encoding.encodings import PIECE, Text
from enlist.formats.files.safety import Limits
from enlist.formats.layout.chunks import Chunk, chunks_of, no_notes
from enlist.formats.layout.layout import Layout
from enlist.formats.layout.records import BLANKS, OpenQuote, Record, records

from .plain import well_quoted


def fast_chunks(text: Text, *, layout: Layout, limits: Limits, size: int = PIECE) -> Iterator[Chunk]:
    """The rows of a clear text, equal to the careful reader's, about `size` bytes at a time."""
    start, line, wanted = _offset(text, line=layout.first_line), layout.first_line, size
    while start < len(text.data):
        data = text.piece(start, size=wanted)
        piece = _Piece(data, line=line, is_last=start + len(data) == len(text.data), layout=layout, limits=limits)
        yield piece.chunk()
        line += piece.taken
        start += piece.size
        wanted = size if piece.taken else wanted * 2


def _offset(text: Text, *, line: int) -> int:
    start = text.start
    for _ in range(line - 1):
        start = text.data.find(b"\n", start) + 1 or len(text.data)
    return start


class _Piece:
    """Complete lines of a text; the first is physical line `line` and starts a record.

    taken: how many of its lines are in its chunk; a record that continues beyond the piece is left to the next one.
    """

    def __init__(self, data: bytes, *, line: int, is_last: bool, layout: Layout, limits: Limits) -> None:
        self._data, self._line, self._is_last = data, line, is_last
        self._layout, self._limits = layout, limits
        # Polars decompresses data that begins like a compressed file, and the text “x^” does.
        self._lines = pl.read_lines(b"\n" + data).to_series().slice(1)
        self._inside: list[int] = []
        self.taken = self._lines.len()

    @property
    def size(self) -> int:
        """The number of bytes in the lines taken."""
        if self.taken == self._lines.len():
            return len(self._data)
        return sum(len(line.encode()) + 1 for line in self._raw[: self.taken])

    def chunk(self) -> Chunk:
        """The rows of this piece."""
        odd = list(chunks_of(self._odd_records(), layout=self._layout, limits=self._limits))
        numbers = pl.Series(range(self._line, self._line + self._lines.len()), dtype=pl.Int64)
        clean = self._clean & (numbers < self._line + self.taken) & ~numbers.is_in(self._inside)
        frame = self._cells(clean).insert_column(0, numbers.filter(clean).alias("line"))
        if not odd:
            return Chunk(frame, no_notes())
        rest = pl.concat([chunk.frame for chunk in odd])
        return Chunk(frame.merge_sorted(rest, key="line"), pl.concat([chunk.flags for chunk in odd]))

    @cached_property
    def _raw(self) -> list[str]:
        """The lines without their line feeds, but with carriage returns."""
        return self._data.decode().split("\n")

    @cached_property
    def _clean(self) -> pl.Series:
        """Which lines are one record each, as wide as the header (except blank cells at the end), no cell too long."""
        width, dialect = self._layout.width, self._layout.dialect
        delimiters = self._delimiters(self._lines)
        single = delimiters == width - 1
        if (long := (delimiters >= width)).any():
            single |= long & (self._delimiters(self._lines.str.strip_chars_end(dialect.delimiter + BLANKS)) < width)
        if dialect.quote and dialect.quote.encode() in self._data:
            quoted = self._lines.str.contains(dialect.quote, literal=True).arg_true()
            well = self._lines.gather(quoted).str.contains(well_quoted(self._layout))
            single = single.scatter(quoted, well)
        if width == 1:
            single &= ~self._blank(self._lines)
        return single & (self._lines.str.len_bytes() <= self._limits.cell)

    def _odd_records(self) -> Iterator[Record]:
        """The records that start on a line that is neither clean nor blank. Raises FileError as `records` does."""
        rest = (~self._clean).arg_true()
        odd = rest.filter(~self._blank(self._lines.gather(rest))).to_list()
        among, place = frozenset(odd), 0
        try:
            for start in odd:
                if start >= place:
                    for record in self._records(start):
                        yield record
                        place = self._after(record)
                        if place not in among:
                            break
        except OpenQuote as error:
            self.taken = error.first_line - self._line
            if self._is_last:
                raise

    def _after(self, record: Record) -> int:
        self._inside.extend(range(record.line + 1, record.last_line + 1))
        return record.last_line + 1 - self._line

    def _delimiters(self, lines: pl.Series) -> pl.Series:
        return lines.str.count_matches(self._layout.dialect.delimiter, literal=True)

    def _blank(self, lines: pl.Series) -> pl.Series:
        return lines.str.strip_chars(self._layout.dialect.line_blanks) == ""

    def _records(self, start: int) -> Iterator[Record]:
        lines = (self._raw[number] + "\n" for number in range(start, self._lines.len()))
        layout, line = self._layout, self._line + start
        return records(lines, dialect=layout.dialect, first_line=line, width=layout.width, is_end=self._is_last)

    def _cells(self, clean: pl.Series) -> pl.DataFrame:
        """The cells of clean lines, one column for each that is read."""
        dialect, kept = self._layout.dialect, [str(number) for number in self._layout.taken]
        if not clean.any() or not kept:
            return pl.DataFrame(schema=dict.fromkeys(kept, pl.String()))
        body = self._data if clean.all() else str(self._lines.filter(clean).str.join("\n").item()).encode()
        header = dialect.delimiter.join(map(str, range(self._layout.width)))
        return pl.read_csv(
            header.encode() + b"\n" + body,
            separator=dialect.delimiter,
            quote_char=dialect.quote or None,
            columns=kept,
            infer_schema=False,
            empty_string_is_null=False,
            truncate_ragged_lines=True,
        )
