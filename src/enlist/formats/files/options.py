"""Options: what people can set about a file if detection fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.errors import FileError
from enlist.core.headers.words import is_secret

from .safety import DEFAULT_LIMITS, Limits

_SIGN: Final = re.compile(r"\t|[^\w\s\"'\0]|\x20")


def _silent(_rows: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file; None means: detect it.

    encoding: a name such as "utf-8" or "windows-1252". delimiter, quote: one character each ("" for no quotes).
    escape: the sign before a quotation mark that is text ("" for none: it is doubled).
    header: the line that names the columns, 0 for none. names: what the columns are called instead, in order; a column
    without one ("") is left out. sheet: the name of a workbook's sheet. dates: a workbook's dates "shown" as their
    format has them, or as "iso" (2026-03-31). macros: let workbooks with macros in (they are never run).
    lines: which lines below the header are rows: "all", or as "found": totals, the header over again, other tables are
    none. hidden: rows and columns that a workbook hides: "read" them like others, or "skip" them.
    pasted: the text may be several blocks with titles of their own (`paste.read_pasted`).
    password: the header of the column of passwords, if its name doesn't say it clearly.
    secret: the headers whose cells must never enter the Table, or a function that decides by header.
    seal: makes of passwords (String) what only its maker can read; without it they are not read at all.
    first: stop after about so many rows.
    progress: is called with the number of rows read so far, some thousands at a time; it may raise, to end the reading.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: int | None = None
    names: tuple[str, ...] | None = None
    sheet: str | None = None
    dates: str = "shown"
    macros: bool = False
    lines: str = "found"
    hidden: str = "read"
    pasted: bool = False
    password: str | None = None
    secret: Collection[str] | Callable[[str], bool] = is_secret
    limits: Limits = DEFAULT_LIMITS
    seal: Callable[[pl.Series], pl.Series] | None = None
    first: int | None = None
    progress: Callable[[int], None] = _silent

    def is_secret(self, header: str) -> bool:
        """Whether a header's cells must never enter the Table."""
        is_secret = self.secret(header) if callable(self.secret) else header in self.secret
        return is_secret or header == self.password

    def check(self) -> None:
        """Raise FileError if an option has an impossible value."""
        delimiter, quote = self.delimiter, self.quote
        if delimiter is not None and not _SIGN.fullmatch(delimiter):
            raise FileError("delimiter_refused", value=delimiter)
        if quote and not re.fullmatch(r"[^\w\s\0]", quote):
            raise FileError("quote_refused", value=quote)
        if self.escape and not re.fullmatch(r"[^\w\s\"'\0]", self.escape):
            raise FileError("escape_refused", value=self.escape)
        if self.dates not in ("shown", "iso"):
            raise FileError("dates_refused", value=self.dates)
        if self.lines not in ("found", "all"):
            raise FileError("lines_refused", value=self.lines)
        if self.hidden not in ("read", "skip"):
            raise FileError("hidden_refused", value=self.hidden)
        if self.header is not None and self.header < 0:
            raise FileError("header_line_refused", line=self.header)
