"""Delimited text (CSV, TSV and their kin): bytes in, Table out, and back.

Two roads lead to the same Table. The fast one (`screen.py`) takes lines that are evidently one record each as columns;
the careful one goes record by record. `Source.road` says which was taken.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import polars as pl

from enlist.core.errors import FileError
from enlist.core.table import Source, Table

from .assembly import assemble
from .chunks import Chunk, chunks_of
from .encodings import Text, decode
from .intake import Given, take_in
from .layout import SAMPLE, Layout, ReadOptions, find_layout
from .records import records
from .safety import Limits, guarded
from .screen import is_clear, screened

_DEFAULTS: Final = ReadOptions()


def read(source: Given, *, name: str | None = None, options: ReadOptions = _DEFAULTS) -> Table:
    """Read delimited text into a Table; a file with a header and nothing below it makes a Table without rows.

    source: a path ("-" is standard input), bytes, or an open binary file. name: what messages call it.
    Cells and headers are trimmed of ASCII blanks (EC-13); blank lines are dropped, line numbers are those of the file.
    Cells of secret headers are left out. What was odd is in the Table's flags (EN-05).

    Raises FileError where the file cannot be read as a table: missing, not text, empty, too large, of another encoding,
    without a header, with a repeated header, with a quotation mark that never closes.
    """
    data, name = take_in(source, name=name, limits=options.limits)
    if not re.search(rb"\S", data):
        raise FileError(f"{name} is empty.", hint="Choose a file that has a header and rows.")
    text = decode(data, encoding=options.encoding, name=name)
    layout = find_layout(_sample(text), options=options)
    if text.bad_lines and text.bad_lines[0] < layout.first_line:
        raise FileError(f"The header of {name} has bytes that are not UTF-8.", hint="Name the file's encoding.")
    found = Source(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=text.encoding,
        delimiter=layout.dialect.delimiter,
        header_line=layout.header_line,
        road="fast" if is_clear(text) else "careful",
    )
    road = screened if found.road == "fast" else careful
    chunks = _within(road(text, layout=layout, limits=options.limits), options=options)
    return assemble(chunks, text=text, layout=layout, source=found)


def write(frame: pl.DataFrame) -> bytes:
    """A frame as CSV in UTF-8, cells that a spreadsheet would run guarded; `read` gives the same text back."""
    text = frame.select(pl.all().cast(pl.String))
    text = text.with_columns(guarded(name) for name in text.columns)
    # Nothing, rather than two quotation marks, for a blank; but a line of nothing at all would be no row.
    return text.with_columns(pl.col(text.columns[1:]).replace("", None)).write_csv().encode()


def careful(text: Text, *, layout: Layout, limits: Limits) -> Iterator[Chunk]:
    """The careful road: record by record, whatever stands in the text."""
    stream = io.BytesIO(text.data)
    stream.seek(text.start)
    lines = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    rows = islice(lines, layout.first_line - 1, None)
    found = records(rows, dialect=layout.dialect, first_line=layout.first_line)
    return chunks_of(found, layout=layout, limits=limits)


def _sample(text: Text) -> str:
    """The first lines of a text, whole ones."""
    piece = text.data[text.start : text.start + SAMPLE]
    if text.start + SAMPLE < len(text.data):
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        if not end:
            raise FileError(
                f"The first line is longer than {SAMPLE:,} bytes: this is no table of text.", hint="Save it as CSV."
            )
        piece = piece[:end]
    return piece.decode()


def _within(chunks: Iterable[Chunk], *, options: ReadOptions) -> Iterator[Chunk]:
    height = 0
    for chunk in chunks:
        height += chunk.frame.height
        if height > options.limits.rows:
            raise FileError(
                f"The file has more than {options.limits.rows:,} rows.", hint="Split it into several files."
            )
        yield chunk
