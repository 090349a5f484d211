"""Delimited text (CSV, TSV and similar): bytes in, Table out, and back.

Two readers return the same Table. The fast one (`plain.py`, `fast_path.py`) splits clear lines into columns at once;
the careful one goes record by record. `Source.road` says which was used.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import Final, Literal

import polars as pl

from enlist.core.errors import FileError
from enlist.core.flags.flags import collect, flag
from enlist.core.headers.words import is_known
from enlist.core.table.table import Source, Table
from enlist.formats.encoding.encodings import Text, decode
from enlist.formats.files.options import ReadOptions
from enlist.formats.files.safety import GUARD_MARK, Limits, guarded, needs_guard
from enlist.formats.layout.assembly import Assembly, assemble
from enlist.formats.layout.chunks import Chunk, chunks_of
from enlist.formats.layout.dialect import SAMPLE
from enlist.formats.layout.layout import Layout, find_layout
from enlist.formats.layout.records import Dialect, records

from .fast_path import fast_chunks
from .plain import is_clear, plain

_MARKED_LINE: Final = re.compile(rb'^"((?:[^"\r\n]|"")*)"[,;\t ]*(\r?)$', re.MULTILINE)
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


def read_text(data: bytes, *, name: str, options: ReadOptions) -> Table:
    """Read delimited text into a Table; the Table's flags list what was odd (EN-05).

    Raises FileError if it isn't a table: not text, empty, of another encoding, with a repeated header, with a quotation
    mark that never closes.
    """
    if not re.search(rb"\S", data):
        raise FileError("file_empty", file=name)
    # A processor of its own: it takes a third as long as all the rest.
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(hashlib.sha256, data)
        table = _read(data, name=name, options=options)
        return replace(table, source=replace(table.source, sha256=digest.result().hexdigest()))


def _read(data: bytes, *, name: str, options: ReadOptions) -> Table:
    text = decode(data, encoding=options.encoding, name=name)
    if options.quote is None:
        text = _without_marks(text)
    layout = find_layout(_sample(text), options=options)
    if text.bad_lines and text.bad_lines[0] < layout.first_line:
        raise FileError("header_not_utf8", file=name)
    # Before any of them is made; a line end within a cell counts as a row, where millions of others do.
    check_cells(text.data.count(b"\n"), width=len(layout.taken), limits=options.limits)
    whole = plain(text, layout=layout, limits=options.limits)
    found = Source(
        name=name,
        sha256="",
        encoding=text.encoding,
        delimiter=layout.dialect.delimiter,
        header_line=layout.header_line,
        road="fast" if whole or is_clear(text, dialect=layout.dialect) else "careful",
        header=layout.raw,
    )
    if found.road == "careful":
        text = replace(text, flags=collect(text.flags, *_line_ends(text, dialect=layout.dialect)))
    chunks = iter([whole]) if whole else _chunks(text, road=found.road, layout=layout, limits=options.limits)
    return assemble(
        within(chunks, options=options), by=Assembly(text, layout, found, options.seal, options.lines == "all")
    )


def _without_marks(text: Text) -> Text:
    """The text without quotation marks around whole lines, which would make each line one cell."""
    data = text.data[text.start :] if text.data[text.start : text.start + 1] == b'"' else b""
    first = _MARKED_LINE.match(data)
    if not first or sum(map(is_known, re.split('[,;\t|"]+', first[1].decode("utf-8", "replace")))) < 2:
        return text
    bare = _MARKED_LINE.sub(lambda line: line[1].replace(b'""', b'"') + line[2], data)
    return replace(text, data=bare, start=0, flags=collect(text.flags, flag("lines_wrapped")))


def _line_ends(text: Text, *, dialect: Dialect) -> Iterator[pl.DataFrame]:
    """A flag if some lines end with carriage returns and others with line feeds."""
    found = _LONE_RETURN.search(text.data, text.start) if b"\n" in text.data else None
    is_quoted = bool(found and dialect.quote) and text.data.count(dialect.quote.encode(), 0, found and found.end()) % 2
    if found and not is_quoted:
        yield flag("line_ends_mixed", line=len(_LINE_END.findall(text.data, text.start, found.end())))


def _chunks(text: Text, *, road: str, layout: Layout, limits: Limits) -> Iterator[Chunk]:
    return (fast_chunks if road == "fast" else careful_chunks)(text, layout=layout, limits=limits)


def write(frame: pl.DataFrame, *, delimiter: str = ",", bom: bool = False) -> bytes:
    """Write a frame as UTF-8 text, quoted by RFC 4180 and harmless to spreadsheets; `read` restores it.

    Nulls become blank cells; columns that are not String are written as Polars shows them. Text that a spreadsheet may
    run as a formula gets an apostrophe (ASVS 1.2.10, EN-10), and the file a blank last column `enlist_guard`.
    bom: begin with a byte order mark, by which Excel detects UTF-8.

    Raises FileError if a column of the frame has the name of that mark.
    """
    if GUARD_MARK in frame.columns:
        raise FileError("column_name_reserved", column=GUARD_MARK)
    cells = _plain(frame)
    texts = [column for column in cells.iter_columns() if column.dtype == pl.String]
    headers = pl.Series(frame.columns, dtype=pl.String)
    if any(needs_guard(column).any() for column in (headers, *texts)):
        headers = _marked(headers)
        cells = _guarded(cells)
    body = cells.write_csv(include_header=False, separator=delimiter)
    return (codecs.BOM_UTF8 if bom else b"") + _header(headers, delimiter=delimiter) + body.encode()


def write_each(frames: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """Write frames with the same columns below each other, like `write`, with one in memory at a time.

    Later frames are unknown when the first is written, so all are marked as guarded.
    """
    for number, frame in enumerate(frames):
        if number == 0:
            yield _header(_marked(pl.Series(frame.columns, dtype=pl.String)), delimiter=",")
        yield _guarded(_plain(frame)).write_csv(include_header=False).encode()


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.String).fill_null("")) if frame.width == 1 else _blank_as_null(frame)


def _marked(headers: pl.Series) -> pl.Series:
    return guarded(headers).append(pl.Series([GUARD_MARK]))


def _guarded(cells: pl.DataFrame) -> pl.DataFrame:
    texts = [column for column in cells.iter_columns() if column.dtype == pl.String]
    return cells.with_columns(map(guarded, texts)).with_columns(pl.lit(None, pl.String).alias(GUARD_MARK))


def _header(headers: pl.Series, *, delimiter: str) -> bytes:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, quoting=_header_quoting(headers), lineterminator="\n").writerow(headers)
    return line.getvalue().encode()


def _blank_as_null(frame: pl.DataFrame) -> pl.DataFrame:
    """Polars writes a blank text as two quotation marks, a null as nothing."""
    texts = pl.col(pl.String)
    return frame.with_columns(pl.when(texts != "").then(texts))


def _header_quoting(headers: pl.Series) -> Literal[0, 1]:
    """Quote all headers if one has a sign that may look like a delimiter, or like a quote around cells."""
    return csv.QUOTE_MINIMAL if headers.str.contains(r"^[\w ]+$").all() else csv.QUOTE_ALL


def careful_chunks(text: Text, *, layout: Layout, limits: Limits) -> Iterator[Chunk]:
    """The careful reader: record by record, whatever the text contains."""
    stream = io.BytesIO(text.data)
    stream.seek(text.start)
    lines = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    rows = islice(lines, layout.first_line - 1, None)
    found = records(rows, dialect=layout.dialect, first_line=layout.first_line, width=layout.width)
    return chunks_of(found, layout=layout, limits=limits)


def _sample(text: Text) -> str:
    """The first complete lines of a text."""
    piece = text.data[text.start : text.start + SAMPLE]
    if text.start + SAMPLE < len(text.data):
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        if not end:
            raise FileError("first_line_too_long", most=SAMPLE)
        piece = piece[:end]
    return piece.decode()


def within(chunks: Iterable[Chunk], *, options: ReadOptions) -> Iterator[Chunk]:
    """The same chunks, with their rows reported as progress. Raises FileError if there are too many rows or cells."""
    height, limits = 0, options.limits
    for chunk in chunks:
        height += chunk.frame.height
        if height > limits.rows:
            raise FileError("too_many_rows", most=limits.rows)
        check_cells(height, width=chunk.frame.width - 1, limits=limits)
        options.progress(height)
        yield chunk
        if options.first is not None and height >= options.first:
            return


def check_cells(height: int, *, width: int, limits: Limits) -> None:
    """Raise FileError if these rows and columns are more cells than a file may have."""
    if height * width > limits.cells:
        raise FileError("too_many_cells", most=limits.cells, columns=width, rows=height)
