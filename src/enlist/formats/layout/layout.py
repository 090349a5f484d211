"""Layout: the layout of a table in its file: signs between cells, names of columns, the first row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import polars as pl

from enlist.core.errors import FileError
from enlist.core.flags.flags import collect, flag, no_flags
from enlist.core.headers.words import is_known, is_password
from enlist.formats.files.options import ReadOptions
from enlist.formats.files.safety import GUARD_MARK, unguarded

from .dialect import find_dialect, first_records
from .header import Heading, Merged, find_heading
from .records import Dialect, Record

_LINE_ENDS: Final = re.compile(r"[\r\n]+")
# Column names never contain them; damaged files of other kinds do.
_CONTROL: Final = re.compile("[\1-\10\16-\37\177]")


@dataclass(frozen=True)
class Layout:
    """How a file is laid out.

    headers: one per column, trimmed, unique, a blank one named by its number; `nameless` are the numbers (from 0) of
    those. header_line, first_line: physical lines (from 1) of the header (0 if there is none) and of the first row.
    left_out: numbers of the columns to ignore. sealed: the number of the column of passwords to read and seal.
    raw: the header's lines, unchanged.
    is_guarded: Enlist wrote the file and guarded its formulas; its last column is the mark.
    """

    dialect: Dialect
    headers: tuple[str, ...]
    header_line: int
    first_line: int
    nameless: frozenset[int] = frozenset()
    secrets: tuple[str, ...] = ()
    sealed: int | None = None
    left_out: frozenset[int] = frozenset()
    raw: tuple[tuple[str, ...], ...] = ()
    is_guarded: bool = False
    flags: pl.DataFrame = field(default_factory=no_flags)

    @cached_property
    def width(self) -> int:
        """The number of cells that a row should have."""
        return len(self.headers)

    @cached_property
    def needed(self) -> int:
        """The number of cells that a complete row has: nameless columns at the end and the mark may be missing."""
        named = [number for number in range(self.width - self.is_guarded) if number not in self.nameless]
        return 1 + max(named) if named else self.width

    @property
    def kept(self) -> tuple[int, ...]:
        """The numbers (from 0) of the columns that enter the Table."""
        headers = self.headers[:-1] if self.is_guarded else self.headers
        wanted = (number for number in range(len(headers)) if number not in self.left_out)
        return tuple(number for number in wanted if headers[number] not in self.secrets)

    @property
    def taken(self) -> tuple[int, ...]:
        """The numbers of the columns to read: those kept, and the sealed one."""
        return self.kept if self.sealed is None else (*self.kept, self.sealed)


def find_layout(sample: str, *, options: ReadOptions) -> Layout:
    """The layout of a text, from its first lines. Raises FileError if it has no table."""
    dialect = find_dialect(sample, options=options)
    return layout_of(first_records(sample, dialect=dialect), dialect=dialect, options=options)


def layout_of(
    records: Sequence[Record], *, dialect: Dialect, options: ReadOptions, merged: Merged = (), is_exact: bool = True
) -> Layout:
    """The layout of a table that begins with these records. Raises FileError if they have none.

    merged: cells that cover several. is_exact: records end where their rows do (not so in workbooks).
    """
    if not records:
        raise FileError("file_blank")
    heading = find_heading(records, line=options.header, merged=merged, is_exact=is_exact)
    if options.names is not None and options.header is None and not any(map(is_known, heading.cells)):
        # If names are given, no line counts as the header, unless one clearly is.
        heading = find_heading(records, line=0)
    is_guarded = len(heading.cells) > 1 and heading.cells[-1] == GUARD_MARK
    if is_guarded:
        heading = replace(heading, cells=unguarded(pl.Series(heading.cells)).to_list())
    _refuse_bad(heading)
    first = records[heading.first - 1].last_line + 1 if heading.first else 1
    layout = _named(heading, dialect=dialect, options=options, first_line=first)
    if not layout.kept:
        raise FileError("only_passwords")
    flags = _flags(heading, dialect=dialect, is_named=options.names is not None)
    return replace(layout, is_guarded=is_guarded, flags=flags)


def _refuse_bad(heading: Heading) -> None:
    line = heading.lines[0] if heading.lines else 0
    if line and not any(heading.cells):
        raise FileError("header_blank", line=line)
    if any("\0" in cell for cell in heading.cells):
        raise FileError("header_with_nul", line=line)
    if any(map(_CONTROL.search, heading.cells)):
        raise FileError("header_with_control_characters", line=line)


def _named(heading: Heading, *, dialect: Dialect, options: ReadOptions, first_line: int) -> Layout:
    line = heading.lines[-1] if heading.lines else 0
    if len(heading.cells) > options.limits.columns:
        raise FileError(
            "too_many_columns", line=line or first_line, columns=len(heading.cells), most=options.limits.columns
        )
    cells = _column_names(heading, names=options.names)
    blank = frozenset(number for number, cell in enumerate(cells) if not cell)
    headers = tuple(cell or f"Column {number + 1}" for number, cell in enumerate(cells))
    _refuse_repeated(headers, line=line)
    secrets = tuple(cell for cell in cells if cell and options.is_secret(cell))
    named = [options.password] if options.password in secrets else filter(is_password, secrets)
    passwords = [headers.index(secret) for secret in named]
    return Layout(
        dialect=dialect,
        headers=headers,
        header_line=line,
        first_line=first_line,
        nameless=blank,
        secrets=secrets,
        # Of several columns the right one is unknown, so none is read.
        sealed=passwords[0] if options.seal and len(passwords) == 1 else None,
        left_out=blank if options.names is not None else frozenset(),
        raw=heading.raw,
    )


def _column_names(heading: Heading, *, names: Sequence[str] | None) -> list[str]:
    """The names of the columns: those given, else the header's."""
    if names is None:
        return [_LINE_ENDS.sub(" ", cell) for cell in heading.cells]
    if len(names) > len(heading.cells):
        raise FileError("too_many_names", names=len(names), columns=len(heading.cells))
    return [name.strip() for name in names] + [""] * (len(heading.cells) - len(names))


def _refuse_repeated(headers: tuple[str, ...], *, line: int) -> None:
    for header, times in Counter(headers).items():
        if times > 1:
            columns = [str(number) for number, other in enumerate(headers, start=1) if other == header]
            raise FileError("header_twice", column=header, columns=" and ".join(columns), line=line)


def _above(record: Record, *, dialect: Dialect) -> pl.DataFrame:
    """A flag about a line above the header: “sep=;” sets the delimiter for Excel, so its cells are "sep=" and ""."""
    cells = [cell.strip('"').casefold() for cell in record.cells]
    if record.line == 1 and cells == ["sep=", ""]:
        return flag("separator_line", line=1, value=dialect.delimiter)
    return flag("line_above_header", line=record.line)


def _flags(heading: Heading, *, dialect: Dialect, is_named: bool) -> pl.DataFrame:
    """Flags about the lines before the rows, for people to check."""
    flags = [_above(record, dialect=dialect) for record in heading.above]
    if not heading.lines and not is_named:
        flags.append(flag("header_none"))
    flags.extend(flag("header_quotes", line=line) for line in heading.loose)
    if len(heading.lines) > 1:
        flags.append(flag("header_lines", value=str(len(heading.lines)), line=heading.lines[0]))
    if heading.dropped:
        columns = ", ".join(str(number + 1) for number in heading.dropped)
        flags.append(flag("header_spare", value=columns, line=heading.lines[-1]))
    return collect(*flags)
