"""Chunks: some records of a file as columns of text, with their problems as flags by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from enlist.core.errors import FileError
from enlist.core.flags.flags import no_flags
from enlist.formats.files.safety import Limits

from .layout import Layout
from .records import BLANKS, Record

# More lists of cells at once cost more than they save: the garbage collector visits them all.
_BATCH = 10_000
# A line of only delimiters may have millions of cells.
_CELLS = 1_000_000


@dataclass(frozen=True)
class Chunk:
    """Some records of a file.

    frame: `line` (Int64) and one String column per column read, named by its number; cells are unchanged.
    flags: columns line, code, value, detail of `flags.FLAG_SCHEMA`. is_trimmed: no cell has blanks around it.
    """

    frame: pl.DataFrame
    flags: pl.DataFrame
    is_trimmed: bool = False

    @property
    def trimmed(self) -> pl.DataFrame:
        """The frame without blanks around its cells."""
        return self.frame if self.is_trimmed else self.frame.with_columns(pl.col(pl.String).str.strip_chars(BLANKS))


def no_notes() -> pl.DataFrame:
    """An empty frame of a chunk's flags."""
    return no_flags().select("line", "code", "value", "detail")


def schema_of(layout: Layout) -> dict[str, pl.DataType]:
    """The schema of a chunk's frame."""
    return {"line": pl.Int64(), **{str(number): pl.String() for number in layout.taken}}


def chunk_of(records: Sequence[Record], *, layout: Layout, limits: Limits) -> Chunk:
    """Records as a chunk: short ones are filled with blanks, long ones cut, both with a flag (spec/policies.md)."""
    width = layout.width
    columns = list(zip(*[_fitted(record.cells, width=width) for record in records], strict=True))
    data = {str(number): columns[number] for number in layout.taken} if records else {}
    lines = [record.line for record in records]
    frame = pl.DataFrame({"line": lines, **data}, schema=schema_of(layout))
    _refuse_long_cell(frame, layout=layout, limits=limits)
    return Chunk(frame, _flags(records, layout=layout))


def chunk_of_columns(columns: Sequence[list[str]], *, lines: list[int], layout: Layout, limits: Limits) -> Chunk:
    """Rows as a chunk, given by column; blank columns at the end may be missing."""
    blank = [""] * len(lines)
    data = {str(number): columns[number] if number < len(columns) else blank for number in layout.taken}
    frame = pl.DataFrame({"line": lines, **data}, schema=schema_of(layout))
    _refuse_long_cell(frame, layout=layout, limits=limits)
    return Chunk(frame, no_notes())


def chunks_of(records: Iterable[Record], *, layout: Layout, limits: Limits) -> Iterator[Chunk]:
    """All records, in chunks."""
    batch, cells = list[Record](), 0
    for record in records:
        batch.append(record)
        cells += len(record.cells)
        if len(batch) >= _BATCH or cells >= _CELLS:
            yield chunk_of(batch, layout=layout, limits=limits)
            batch, cells = [], 0
    if batch:
        yield chunk_of(batch, layout=layout, limits=limits)


def _fitted(cells: list[str], *, width: int) -> list[str]:
    return cells if len(cells) == width else [*cells[:width], *[""] * (width - len(cells))]


def _refuse_long_cell(frame: pl.DataFrame, *, layout: Layout, limits: Limits) -> None:
    for number in layout.taken:
        lengths = frame.get_column(str(number)).str.len_chars()
        if (place := (lengths > limits.cell).arg_true()).len():
            raise FileError(
                "cell_too_long", line=frame.item(place[0], "line"), column=layout.headers[number], most=limits.cell
            )


def _flags(records: Sequence[Record], *, layout: Layout) -> pl.DataFrame:
    odd = [record for record in records if any(record[3:]) or len(record.cells) != layout.width]
    found = [(record.line, *problem) for record in odd for problem in _problems(record, layout=layout)]
    return pl.DataFrame(found, schema=no_notes().schema, orient="row")


def _problems(record: Record, *, layout: Layout) -> Iterator[tuple[str, str | None, str | None]]:
    count = len(record.cells)
    if count < layout.needed:
        yield "row_short", str(count), str(layout.width)
    if any(cell.strip(BLANKS) for cell in record.cells[layout.width :]):
        yield "row_long", str(count), str(layout.width)
    if record.opened:
        yield "quote_open_row", None, None
    elif record.runs_on:
        yield "quote_runs_on", None, str(record.last_line)
    elif record.loose:
        yield "quote_loose", None, None
    elif record.repaired_cells:
        yield "quotes_repaired", None, None
    elif record.odd_end:
        yield "quote_odd_end", None, None
    if record.joins:
        yield "quote_joins", None, str(record.last_line)
