"""The options for how a file is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.core.errors import PolicyError

if TYPE_CHECKING:
    from enlist.formats import ReadOptions

_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", "blank": " "}

Encoding = Annotated[str | None, typer.Option(help="The encoding of the file; default: detected.")]
Delimiter = Annotated[
    str | None, typer.Option(help="The character between cells, or its name (tab, blank …); default: detected.")
]
Quote = Annotated[str | None, typer.Option(help="The quotation mark around cells, or none; default: detected.")]
Escape = Annotated[
    str | None, typer.Option(help="The character before quotation marks inside cells, or none; default: detected.")
]
Sheet = Annotated[str | None, typer.Option(help="The sheet of a workbook; default: the most likely one.")]
HeaderLine = Annotated[
    int | None, typer.Option("--header", metavar="LINE", min=0, help="The header line; 0 if there is none.")
]
Columns = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="The names of the columns, in order, with commas; a blank name skips a column."),
]
Lines = Annotated[
    str, typer.Option(help="The lines to read: found (skips totals, repeated headers and other tables) or all.")
]
Hidden = Annotated[str, typer.Option(help="Hidden rows and columns of a workbook: read or skip.")]
Dates = Annotated[str, typer.Option(help="Dates of a workbook: shown (as displayed) or iso (2026-03-31).")]


@dataclass(frozen=True)
class Reading:
    """The options for how a file is read; None: detect it."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    sheet: str | None = None
    header: int | None = None
    columns: str | None = None
    dates: str = "shown"
    lines: str = "found"
    hidden: str = "read"

    def options(self) -> ReadOptions:
        """The options as the reader takes them. Raises PolicyError."""
        from enlist.formats import ReadOptions

        return ReadOptions(
            encoding=self.encoding,
            delimiter=_delimiter(self.delimiter),
            quote="" if self.quote == "none" else self.quote,
            escape="" if self.escape == "none" else self.escape,
            sheet=self.sheet,
            header=self.header,
            names=tuple(self.columns.split(",")) if self.columns else None,
            dates=self.dates,
            lines=self.lines,
            hidden=self.hidden,
        )


def _delimiter(value: str | None) -> str | None:
    delimiter = _DELIMITERS.get(value or "", value)
    if delimiter is not None and len(delimiter) != 1:
        raise PolicyError("delimiter_not_one", value=value, names=", ".join(_DELIMITERS))
    return delimiter
