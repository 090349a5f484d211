"""Workbooks: the sheet with the table, as a Table equal to that of delimited text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import chain
from typing import Any, Final

import polars as pl

from enlist.core.errors import FileError
from enlist.core.flags.flags import collect, flag, no_flags
from enlist.core.table.table import Source, Table
from enlist.formats.content import Content
from enlist.formats.encoding.encodings import Text
from enlist.formats.files.options import ReadOptions
from enlist.formats.files.safety import Limits
from enlist.formats.layout.assembly import Assembly, assemble
from enlist.formats.layout.chunks import Chunk, chunk_of_columns, chunks_of
from enlist.formats.layout.header import SAMPLED_ROWS
from enlist.formats.layout.layout import Layout, layout_of
from enlist.formats.layout.records import Dialect, Record
from enlist.formats.text.delimited import within

from .cage import messages
from .grid import Block, Request, column_letters
from .merged_cells import with_merged
from .sheet_choice import Peek, best_sheet, peek_of

# Some rows: a block if they are alike.
Group = Block | list[Record]

_CODES: Final = {"formula": "formula", "error": "formula_error", "beyond": "cell_beyond"}
# The parser's notes on cells, of which there may be millions; rows and columns count from 1.
_NOTED: Final = {"line": pl.Int64(), "number": pl.Int64(), "kind": pl.String(), "value": pl.String()}


@dataclass
class _Found:
    """The parser's results so far; skips: hidden rows and columns are left out; unsure: sheets that may be meant."""

    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    cells: list[pl.DataFrame] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    skips: bool = False

    @property
    def noted(self) -> pl.DataFrame:
        """The notes on all cells."""
        return pl.concat([pl.DataFrame(schema=_NOTED), *self.cells])

    @property
    def others(self) -> list[str]:
        """The sheets with cells that were not read."""
        return [name for name in self.sheets if name != self.sheet]

    @property
    def skipped_rows(self) -> frozenset[int]:
        """The rows that are left out."""
        return frozenset(self.hidden_rows) if self.skips else frozenset()

    def add(self, notes: dict[str, list[Any]]) -> None:
        """Add the notes on some rows."""
        self.cells.append(pl.DataFrame(notes["cells"], schema=_NOTED, orient="row"))
        self.merged.extend((top, left, bottom, right) for top, left, bottom, right in notes["merged"])
        self.hidden_rows.extend(notes["hidden_rows"])
        self.hidden_columns.extend(notes["hidden_columns"])


def read_workbook(content: Content, *, options: ReadOptions) -> Table:
    """Read a sheet of a workbook into a Table. Raises FileError if the workbook is refused or has no table."""
    options.check()
    request = Request(
        sheet=options.sheet, is_iso=options.dates == "iso", columns=options.limits.columns, macros=options.macros,
        size=options.limits.size,
    )  # fmt: skip
    found = _Found(skips=options.hidden == "skip")
    groups = _groups(content, request=request, options=options, found=found)
    sample = list(_first(groups))
    first = [record for group in sample for record in _records(group)][:SAMPLED_ROWS]
    if not first:
        raise FileError(
            "sheet_empty" if found.others else "workbook_sheet_empty",
            file=content.name,
            sheet=found.sheet,
            sheets=", ".join(found.others),
        )
    layout = layout_of(first, dialect=Dialect(","), options=options, merged=found.merged, is_exact=False)
    layout = _without_hidden(layout, found=found, name=content.name) if found.skips else layout
    chunks = within(_chunks(chain(sample, groups), layout=layout, limits=options.limits), options=options)
    source = Source(
        name=content.name,
        sha256=content.sha256,
        encoding="workbook",
        delimiter="",
        header_line=layout.header_line,
        road="workbook",
        header=layout.raw,
        sheet=found.sheet,
        sheets=tuple(found.sheets),
    )
    table = assemble(chunks, by=Assembly(Text(b"", "utf-8"), layout, source, options.seal, options.lines == "all"))
    table = with_merged(table, layout=layout, merged=found.merged)
    return replace(table, flags=_with_notes(table, layout=layout, found=found, is_page=content.is_page))


def _without_hidden(layout: Layout, *, found: _Found, name: str) -> Layout:
    """The layout without the hidden columns. Raises FileError if none is left."""
    hidden = frozenset(column - 1 for column in found.hidden_columns)
    sealed = None if layout.sealed in hidden else layout.sealed
    layout = replace(layout, left_out=layout.left_out | hidden, sealed=sealed)
    if not layout.kept:
        raise FileError("columns_all_hidden", file=name)
    return layout


def _messages(content: Content, *, request: Request, options: ReadOptions) -> Iterator[dict[str, Any]]:
    stream = content.workbook or BytesIO()
    stream.seek(0)
    return messages(stream, request=request, limits=options.limits, name=content.name)


def _groups(content: Content, *, request: Request, options: ReadOptions, found: _Found) -> Iterator[Group]:
    """The rows of the sheet in the parser's order; everything else about the sheet goes into `found`."""
    names: list[str] = []
    peeks: dict[str, Peek] = {}
    for message in _messages(content, request=request, options=options):
        names = [name for name, is_hidden, has_cells in message.get("sheets", ()) if has_cells] or names
        if "peek" in message:
            peeks[message["peek"]] = peek_of([cells for _, cells in message["rows"]])
        elif "sheet" in message:
            found.sheet = message["sheet"]
            found.sheets = names
        elif "notes" in message:
            found.add(message["notes"])
            group = Block(*message["block"]) if "block" in message else [Record(c, n, n) for n, c in message["rows"]]
            skipped = found.skipped_rows
            yield [record for record in _records(group) if record.line not in skipped] if skipped else group
    if peeks:
        best, found.unsure = best_sheet(peeks)
        yield from _groups(content, request=replace(request, sheet=best), options=options, found=found)


def _first(groups: Iterator[Group]) -> Iterator[Group]:
    count = 0
    while count < SAMPLED_ROWS and (group := next(groups, None)) is not None:
        count += len(group.numbers if isinstance(group, Block) else group)
        yield group


def _records(group: Group) -> Iterable[Record]:
    return (Record(cells, row, row) for row, cells in group.rows()) if isinstance(group, Block) else group


def _chunks(groups: Iterable[Group], *, layout: Layout, limits: Limits) -> Iterator[Chunk]:
    for group in groups:
        if isinstance(group, Block) and _fits(group, layout=layout):
            yield chunk_of_columns(group.columns, lines=group.numbers, layout=layout, limits=limits)
        else:
            rows = (_as_wide(each, layout=layout) for each in _records(group) if each.line >= layout.first_line)
            yield from chunks_of(rows, layout=layout, limits=limits)


def _fits(block: Block, *, layout: Layout) -> bool:
    """Whether all its rows are below the header, and no cell is beyond the header's last column."""
    is_below = block.numbers[0] >= layout.first_line
    return is_below and not any(any(column) for column in block.columns[layout.width :])


def _as_wide(record: Record, *, layout: Layout) -> Record:
    """A row as wide as the header, as workbooks don't mark where their rows end."""
    missing = layout.width - len(record.cells)
    return record._replace(cells=[*record.cells, *[""] * missing]) if missing > 0 else record


def _with_notes(table: Table, *, layout: Layout, found: _Found, is_page: bool) -> pl.DataFrame:
    """The Table's flags, and those about the sheet and its cells."""
    flags = [flag("web_page")] if is_page else []
    if found.others:
        flags.append(flag("sheet_chosen", value=found.sheet, detail=", ".join(found.others)))
    if found.unsure:
        flags.append(flag("sheet_unsure", value=found.sheet, detail=", ".join(found.unsure)))
    short = found.noted.filter(pl.col("kind") == "short").select("value", "line")
    flags.extend(flag("sheet_short", value=text, line=row) for text, row in short.iter_rows())
    return collect(*flags, *_of_hidden(layout, found=found), table.flags, _of_cells(table, layout=layout, found=found))


def _of_hidden(layout: Layout, *, found: _Found) -> Iterator[pl.DataFrame]:
    columns = [
        f"{column_letters(column)} ({layout.headers[column - 1]})"
        for column in found.hidden_columns
        if column <= layout.width
    ]
    rows = [row for row in found.hidden_rows if row >= layout.first_line]
    if found.skips and (columns or rows):
        lines = f"{len(rows)} rows (the first in line {min(rows)})" if rows else ""
        yield flag("hidden_skipped", value=", ".join([*(f"column {name}" for name in columns), *filter(None, [lines])]))
    elif not found.skips:
        yield from (flag("column_hidden", value=name) for name in columns)
        if rows:
            yield flag("rows_hidden", value=str(len(rows)), line=min(rows))


def _of_cells(table: Table, *, layout: Layout, found: _Found) -> pl.DataFrame:
    headers = {number + 1: layout.headers[number] for number in layout.kept}
    is_below = pl.col("line") >= layout.first_line
    is_skipped = pl.col("line").is_in(pl.Series(sorted(found.skipped_rows), dtype=pl.Int64).implode())
    is_kept = (pl.col("kind") == "beyond") | pl.col("number").is_in(list(headers))
    noted = found.noted.filter(pl.col("kind").is_in(list(_CODES)), is_below, ~is_skipped, is_kept)
    if noted.is_empty():
        return no_flags()
    letters = {number: column_letters(number) for number in noted.get_column("number").unique()}
    address = pl.col("number").replace_strict(letters, return_dtype=pl.String) + pl.col("line").cast(pl.String)
    rows = table.lines.search_sorted(noted.get_column("line")).cast(pl.Int64)
    return noted.select(
        "line",
        "value",
        code=pl.col("kind").replace_strict(_CODES, return_dtype=pl.String),
        column=pl.col("number").replace_strict(headers, default=None, return_dtype=pl.String),
        detail=pl.when(pl.col("kind") == "error").then(address),
        row=pl.when(pl.col("line").is_in(table.lines.implode())).then(rows),
    )
