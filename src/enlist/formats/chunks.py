"""Chunks: some records of a file as columns of text, with what is wrong with them as flags by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from enlist.core.errors import FileError
from enlist.core.flags import no_flags

from .layout import Layout
from .records import BLANKS, Record
from .safety import Limits

_BATCH = 50_000


@dataclass(frozen=True)
class Chunk:
    """Some records of a file.

    frame: `line` (Int64) and one String column per kept column of the layout, named by its number, cells as they stand.
    flags: columns line, code, value, detail of `flags.FLAG_SCHEMA`.
    """

    frame: pl.DataFrame
    flags: pl.DataFrame


def schema_of(layout: Layout) -> dict[str, pl.DataType]:
    """The schema of a chunk's frame."""
    return {"line": pl.Int64(), **{str(number): pl.String() for number in layout.kept}}


def chunk_of(records: Sequence[Record], *, layout: Layout, limits: Limits) -> Chunk:
    """Records as a chunk: short ones are filled with blanks, long ones cut, and both flagged (spec/policies.md)."""
    width = layout.width
    for record in records:
        _refuse_long_cell(record, layout=layout, limits=limits)
    columns = list(zip(*[_fitted(record.cells, width=width) for record in records], strict=True))
    data = {str(number): columns[number] for number in layout.kept} if records else {}
    lines = [record.line for record in records]
    frame = pl.DataFrame({"line": lines, **data}, schema=schema_of(layout))
    return Chunk(frame, _flags(records, layout=layout))


def chunks_of(records: Iterable[Record], *, layout: Layout, limits: Limits) -> Iterator[Chunk]:
    """All records, some at a time."""
    stream = iter(records)
    while batch := list(islice(stream, _BATCH)):
        yield chunk_of(batch, layout=layout, limits=limits)


def _fitted(cells: list[str], *, width: int) -> list[str]:
    return cells if len(cells) == width else [*cells[:width], *[""] * (width - len(cells))]


def _refuse_long_cell(record: Record, *, layout: Layout, limits: Limits) -> None:
    if max(map(len, record.cells)) > limits.cell:
        number = next(number for number, cell in enumerate(record.cells) if len(cell) > limits.cell)
        header = layout.headers[number] if number < layout.width else f"number {number + 1}"
        raise FileError(
            f"The cell in line {record.line}, column {header}, is longer than {limits.cell:,} characters.",
            hint="Shorten it; a quotation mark that never closes makes cells run together.",
        )


def _flags(records: Sequence[Record], *, layout: Layout) -> pl.DataFrame:
    found = [(record.line, *problem) for record in records for problem in _problems(record, layout=layout)]
    return pl.DataFrame(found, schema=no_flags().select("line", "code", "value", "detail").schema, orient="row")


def _problems(record: Record, *, layout: Layout) -> Iterator[tuple[str, str | None, str | None]]:
    count = len(record.cells)
    if count < layout.needed:
        yield "row_short", str(count), str(layout.width)
    if count > layout.width and any(cell.strip(BLANKS) for cell in record.cells[layout.width :]):
        yield "row_long", str(count), str(layout.width)
    if record.runs_on:
        yield "quote_runs_on", None, str(record.last_line)
    elif record.loose:
        yield "quote_loose", None, None
