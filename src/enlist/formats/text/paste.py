"""Pasted text: blocks of rows, each with its own titles, as one Table (TM-13, TM-14)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

import polars as pl

from enlist.core.flags.flags import collect, flag
from enlist.core.headers.words import fold, is_known, usual_slug
from enlist.core.table.table import Table
from enlist.formats.encoding.encodings import decode
from enlist.formats.files.options import ReadOptions
from enlist.formats.layout.cell_kinds import VALUES, kind_of

from .delimited import read_text

# Larger texts are not pasted. Each block begins with a line end for every line above it, so those must be few.
MOST: Final = 4_000_000
_MOST_LINES: Final = 100_000
_BLANK_LINE: Final = re.compile(rb"(?:\r\n|\n|\r)[ \t,;|]*(?=\r|\n)")
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_CELLS: Final = re.compile(r"[\t,;|]")
_KNOWN: Final = 0.5


def read_pasted(data: bytes, *, name: str, options: ReadOptions) -> Table:
    """Read text into a Table; if blank lines separate blocks with titles of their own, all blocks.

    The Table has the columns of all blocks; those that a block lacks are blank in its rows. Raises FileError as
    `read_text` does.
    """
    if len(data) > MOST or not _BLANK_LINE.search(data) or _lines(data) > _MOST_LINES:
        return read_text(data, name=name, options=options)
    text = decode(data, encoding=options.encoding, name=name)
    blocks = list(_blocks(text.data[text.start :]))
    if len(blocks) < 2 or text.bad_lines:
        return read_text(data, name=name, options=options)
    own = replace(options, encoding="utf-8")
    tables = [read_text(block, name=name, options=own) for block in blocks]
    joined = flag("blocks_joined", value=str(len(tables)))
    whole = _joined(tables)
    source = replace(whole.source, encoding=text.encoding, sha256=hashlib.sha256(data).hexdigest())
    return replace(whole, source=source, flags=collect(text.flags, joined, whole.flags))


def _blocks(data: bytes) -> Iterator[bytes]:
    """The text split at blank lines, outside of quotation marks, that precede a line of titles.

    Each part begins with as many line ends as there are above it, so that its lines keep their numbers.
    """
    start = 0
    for blank in _BLANK_LINE.finditer(data):
        is_quoted = data.count(b'"', start, blank.start()) % 2 == 1
        if not is_quoted and data[start : blank.start()].strip() and _has_titles(data[blank.end() :]):
            yield b"\n" * _lines(data[:start]) + data[start : blank.end()]
            start = blank.end()
    yield b"\n" * _lines(data[:start]) + data[start:]


def _lines(data: bytes) -> int:
    return len(_LINE_END.findall(data))


def _has_titles(rest: bytes) -> bool:
    first = rest.lstrip(b"\r\n").split(b"\n", 1)[0].decode()
    cells = [cell.strip(' "\r') for cell in _CELLS.split(first)]
    filled = [cell for cell in cells if cell]
    known = sum(map(is_known, filled))
    return known > 0 and known >= _KNOWN * len(filled) and not any(kind_of(cell) in VALUES for cell in filled)


def _joined(tables: Sequence[Table]) -> Table:
    """All tables as one, each below the one before."""
    starts = accumulate((table.height for table in tables), initial=0)
    flags = [table.flags.with_columns(pl.col("row") + start) for table, start in zip(tables, starts, strict=False)]
    return replace(
        tables[0],
        frame=pl.concat(_alike(tables), how="diagonal").with_columns(pl.all().fill_null("")),
        lines=pl.concat([table.lines for table in tables]),
        flags=collect(*flags),
        secrets=tuple(dict.fromkeys(secret for table in tables for secret in table.secrets)),
        sealed=pl.concat([table.sealed for table in tables]),
    )


def _alike(tables: Sequence[Table]) -> Iterator[pl.DataFrame]:
    """Their frames, with columns of the same meaning named as in the first block."""
    names: dict[str, str] = {}
    for table in tables:
        keys = {header: usual_slug(header) or fold(header) or header for header in table.headers}
        own = {header: names.get(key, header) for header, key in keys.items()}
        is_clear = len(set(own.values())) == len(own)
        frame = table.frame.rename(own) if is_clear else table.frame
        for header, key in keys.items():
            names.setdefault(key, own[header] if is_clear else header)
        yield frame
