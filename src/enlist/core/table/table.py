"""Table: the content of a file as text, with the line number of every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import polars as pl

# The line, whether its password is weak, and the sealed password, which cannot be read without the key.
SEALED_SCHEMA: Final = {"line": pl.Int64(), "weak": pl.Boolean(), "sealed": pl.String()}


@dataclass(frozen=True)
class Source:
    """Where a table came from and how it was read.

    `sha256` is of the bytes as received; `header_line` counts from 1, 0 if no line names the columns; `road` is the
    reader: "fast", "careful" or "workbook". header: the header's lines, unchanged. sheet: the one that was read, if it
    is a workbook; sheets: those with cells.
    """

    name: str
    sha256: str
    encoding: str
    delimiter: str
    header_line: int
    road: str
    header: tuple[tuple[str, ...], ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of text as read from a file, never changed afterwards.

    frame: one String column per header (trimmed, unique, in file order), no nulls; a blank cell is "".
    lines: Int64, one per row: the physical line (from 1) where the record starts in the original file.
    flags: a frame of `flags.FLAG_SCHEMA`, from reading.
    secrets: headers whose values the reader left out of `frame` (passwords).
    sealed: of SEALED_SCHEMA, the rows with a password, if the reader was given a seal; is_sealed: it was, and the file
    has a column of passwords.
    first_row: the row number of the frame's first row (a slice of a larger table starts later).
    """

    frame: pl.DataFrame
    lines: pl.Series
    source: Source
    flags: pl.DataFrame
    secrets: tuple[str, ...] = ()
    first_row: int = 0
    sealed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEALED_SCHEMA))
    is_sealed: bool = False

    @property
    def height(self) -> int:
        """The number of rows, without the header."""
        return self.frame.height

    @property
    def headers(self) -> tuple[str, ...]:
        """The column names, in file order."""
        return tuple(self.frame.columns)

    def slice(self, offset: int, length: int) -> Table:
        """Rows `offset` … `offset + length`, with their flags; row numbers stay those of the whole.

        The first rows also have the flags about the whole file.
        """
        first = self.first_row + offset
        is_ours = pl.col("row").is_between(first, first + length - 1)
        return Table(
            frame=self.frame.slice(offset, length),
            lines=self.lines.slice(offset, length),
            source=self.source,
            flags=self.flags.filter(is_ours.fill_null(value=first == 0)),
            secrets=self.secrets,
            first_row=first,
            sealed=self.sealed.join(self.lines.slice(offset, length).alias("line").to_frame(), on="line", how="semi"),
            is_sealed=self.is_sealed,
        )
