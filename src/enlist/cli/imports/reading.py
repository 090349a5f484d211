"""Reading: the options by which somebody says how a file is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from enlist.core.errors import PolicyError

if TYPE_CHECKING:
    from enlist.formats import ReadOptions

_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", "blank": " "}

Encoding = Annotated[str | None, typer.Option(help="The file's encoding; found out without it.")]
Delimiter = Annotated[str | None, typer.Option(help="What separates its cells: a character, or tab, blank.")]
Quote = Annotated[str | None, typer.Option(help="What stands around its cells: a character, or none.")]
Escape = Annotated[
    str | None, typer.Option(help="The sign before quotation marks that are text, or none; found out without it.")
]
Sheet = Annotated[str | None, typer.Option(help="The workbook's sheet; the likeliest one without it.")]
HeaderLine = Annotated[
    int | None, typer.Option("--header", metavar="LINE", min=0, help="The line that names the columns; 0: none does.")
]
Columns = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="What the columns are called, in order, with commas; a blank one is left out."),
]
Lines = Annotated[
    str, typer.Option(help="Which lines are rows: found (totals, repeated headers and other tables are none), or all.")
]
Hidden = Annotated[
    str, typer.Option(help="Rows and columns that a workbook hides: read them like others, or skip them.")
]
Dates = Annotated[str, typer.Option(help="A workbook's dates: shown, as their cells show them, or iso (2026-03-31).")]


@dataclass(frozen=True)
class Reading:
    """How a file is to be read, as the options say it; None: find out."""

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
        """The same for the reader. Raises PolicyError where a delimiter is not one character."""
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


def _delimiter(said: str | None) -> str | None:
    delimiter = _DELIMITERS.get(said or "", said)
    if delimiter is not None and len(delimiter) != 1:
        raise PolicyError("delimiter_not_one", value=said, names=", ".join(_DELIMITERS))
    return delimiter
