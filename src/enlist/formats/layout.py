"""Layout: which delimiter a file uses, which line is its header, and what the header's columns are called."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Final

import polars as pl

from enlist.core.errors import FileError
from enlist.core.header_words import is_known, is_password, is_secret

from .records import BLANKS, Dialect, Record, records
from .safety import DEFAULT_LIMITS, GUARD_MARK, Limits, unguarded

# In order of preference: the last two also stand inside cells (times, addresses of web pages).
DELIMITERS: Final = (",", ";", "\t", "|", ":", "^")
SAMPLE: Final = 262_144

_ROWS_LOOKED_AT: Final = 100
_NEVER: Final = (0, False, 0.0, 0)
_LINE_ENDS: Final = re.compile(r"[\r\n]+")
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_SIGN: Final = re.compile(r"\t|[^\w\s\"'\0]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ":": "colon", "^": "caret"}
_FIRST_LINE: Final = "The first line must name the columns, such as username, firstname, lastname, email."


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file; None means: find out.

    encoding: a name such as "utf-8" or "windows-1252". delimiter, quote: one character each ("" for no quotes).
    secret: the headers whose cells must never enter the Table, or what says so of a header.
    seal: makes of passwords (String) what only its maker can read; without it they are not read at all.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    secret: Collection[str] | Callable[[str], bool] = is_secret
    limits: Limits = DEFAULT_LIMITS
    seal: Callable[[pl.Series], pl.Series] | None = None

    def is_secret(self, header: str) -> bool:
        """Whether a header's cells must never enter the Table."""
        return self.secret(header) if callable(self.secret) else header in self.secret


@dataclass(frozen=True)
class Layout:
    """How a file is laid out.

    headers: one per column, trimmed, unique, a blank one named by its number; `nameless` are the numbers (from 0) of
    those. header_line, first_line: physical lines (from 1) of the header and of the first row after it.
    sealed: the number (from 0) of the column of passwords that is read, and sealed.
    is_guarded: we wrote the file, and guarded its formulas; its last column is our mark.
    """

    dialect: Dialect
    headers: tuple[str, ...]
    header_line: int
    first_line: int
    nameless: frozenset[int] = frozenset()
    secrets: tuple[str, ...] = ()
    sealed: int | None = None
    is_guarded: bool = False

    @cached_property
    def width(self) -> int:
        """How many cells a row should have."""
        return len(self.headers)

    @cached_property
    def needed(self) -> int:
        """How many cells a row must have to lack none: nameless columns at the end may be missing, and our mark."""
        return 1 + max(number for number in range(self.width - self.is_guarded) if number not in self.nameless)

    @property
    def kept(self) -> tuple[int, ...]:
        """The numbers (from 0) of the columns that enter the Table."""
        headers = self.headers[:-1] if self.is_guarded else self.headers
        return tuple(number for number, header in enumerate(headers) if header not in self.secrets)

    @property
    def taken(self) -> tuple[int, ...]:
        """The numbers of the columns that are read: those kept, and the one that is sealed."""
        return self.kept if self.sealed is None else (*self.kept, self.sealed)


def find_layout(sample: str, *, options: ReadOptions) -> Layout:
    """The layout of a text, from its first lines. Raises FileError where no line can be a header."""
    _refuse_signs(options)
    quote = options.quote if options.quote is not None else _find_quote(sample)
    delimiter = options.delimiter or _find_delimiter(sample, quote=quote) or ","
    dialect = Dialect(delimiter, quote)
    header = next(records(_lines(sample), dialect=dialect), None)
    if header is None:
        raise FileError("The file has nothing but blank lines.", hint=_FIRST_LINE)
    _refuse_missed_delimiter(header, sample=sample, dialect=dialect)
    cells = [cell.strip(BLANKS) for cell in header.cells]
    is_guarded = len(cells) > 1 and cells[-1] == GUARD_MARK
    if is_guarded:
        cells = unguarded(pl.Series(cells)).to_list()
    _refuse_data(cells, line=header.line)
    layout = _named(header._replace(cells=cells), dialect=dialect, options=options)
    if not layout.kept:
        raise FileError("The file has no column but passwords, which are not read.", hint=_FIRST_LINE)
    return replace(layout, is_guarded=is_guarded)


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _refuse_signs(options: ReadOptions) -> None:
    delimiter, quote = options.delimiter, options.quote
    if delimiter is not None and not _SIGN.fullmatch(delimiter):
        raise FileError(
            f"“{delimiter}” cannot be the delimiter: it must be one sign, neither letter, blank nor quotation mark.",
            hint="Name one such as comma, semicolon or tab.",
        )
    if quote and not re.fullmatch(r"[^\w\s\0]", quote):
        raise FileError(
            f"“{quote}” cannot be the quotation mark: it must be one sign.", hint="Name one such as \" or '."
        )


def _find_quote(sample: str) -> str:
    """Double quotes, unless every cell of the first line is wrapped in single ones."""
    first = sample.lstrip(BLANKS).splitlines()[:1]
    cells = re.split("[" + re.escape("".join(DELIMITERS)) + "]", first[0].strip(BLANKS)) if first else []
    wrapped = [cell for cell in cells if re.fullmatch("'[^']+'", cell)]
    return "'" if cells and len(wrapped) == len(cells) else '"'


def _find_delimiter(sample: str, *, quote: str) -> str | None:
    scores = {delimiter: _score(sample, dialect=Dialect(delimiter, quote)) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=scores.__getitem__)
    return best if any(scores[best]) else None


def _score(sample: str, *, dialect: Dialect) -> tuple[int, bool, float, int]:
    """How likely a delimiter is: headers we know, clean quotes, the share of rows as wide as the header, its width."""
    rows = _first_rows(sample, dialect=dialect, strict=True)
    is_clean = bool(rows)
    rows = rows or _first_rows(sample, dialect=dialect, strict=False)
    if not rows or len(rows[0]) < 2:
        return _NEVER
    known = sum(map(is_known, rows[0]))
    share = sum(len(row) == len(rows[0]) for row in rows[1:]) / len(rows[1:]) if rows[1:] else 1.0
    return (known, is_clean, share, len(rows[0])) if known or share >= 0.5 else _NEVER


def _first_rows(sample: str, *, dialect: Dialect, strict: bool) -> list[list[str]]:
    """The first rows that are not blank; none where the text breaks the rules of quoting."""
    try:
        rows = list(islice(dialect.reader(_lines(sample), strict=strict), _ROWS_LOOKED_AT))
    except csv.Error:
        return []
    return [row for row in rows if any(cell.strip(BLANKS) for cell in row)]


def _refuse_missed_delimiter(header: Record, *, sample: str, dialect: Dialect) -> None:
    if len(header.cells) > 1:
        return
    found = _find_delimiter(sample, quote=dialect.quote)
    for delimiter in (*(found or ()), *",;\t|"):
        rows = _first_rows(sample, dialect=Dialect(delimiter, dialect.quote), strict=False)
        if (width := len(rows[0]) if rows else 1) > 1:
            raise FileError(
                f"Line {header.line} is a single column; split at every {_NAMES[delimiter]} it would be {width}.",
                hint=f"Name the delimiter: {_NAMES[delimiter]}.",
            )
    text = header.cells[0].strip(BLANKS)
    if not is_known(text) and sum(map(is_known, re.split(r"[\s/\\~]+", text))) > 1:
        raise FileError(
            f"Line {header.line} names several columns, but no delimiter stands between them.",
            hint="Put commas or semicolons between the cells, or name the delimiter.",
        )


def _refuse_data(cells: list[str], *, line: int) -> None:
    address = next((cell for cell in cells if _ADDRESS.fullmatch(cell)), None)
    if not any(cells):
        raise FileError(f"Line {line} cannot be the header: all its cells are blank.", hint=_FIRST_LINE)
    if address:
        raise FileError(f"Line {line} cannot be the header: it holds the address {address}.", hint=_FIRST_LINE)
    if all(_NUMBER.fullmatch(cell) for cell in cells if cell):
        raise FileError(f"Line {line} cannot be the header: it holds nothing but numbers.", hint=_FIRST_LINE)
    if any("\0" in cell for cell in cells):
        raise FileError(f"Line {line} holds a NUL byte in a header.", hint="Save the file anew, as CSV (UTF-8).")


def _named(header: Record, *, dialect: Dialect, options: ReadOptions) -> Layout:
    if len(header.cells) > options.limits.columns:
        raise FileError(
            f"Line {header.line} has {len(header.cells):,} columns; a file may have {options.limits.columns:,}.",
            hint="Remove the columns that are not needed.",
        )
    cells = [_LINE_ENDS.sub(" ", cell) for cell in header.cells]
    nameless = frozenset(number for number, cell in enumerate(cells) if not cell)
    headers = tuple(cell or f"Column {number + 1}" for number, cell in enumerate(cells))
    _refuse_repeated(headers, line=header.line)
    secrets = tuple(cell for cell in cells if cell and options.is_secret(cell))
    passwords = [headers.index(secret) for secret in secrets if is_password(secret)]
    return Layout(
        dialect=dialect,
        headers=headers,
        header_line=header.line,
        first_line=header.last_line + 1,
        nameless=nameless,
        secrets=secrets,
        # Of several nobody could say which is meant; then none is read.
        sealed=passwords[0] if options.seal and len(passwords) == 1 else None,
    )


def _refuse_repeated(headers: tuple[str, ...], *, line: int) -> None:
    for header, times in Counter(headers).items():
        if times > 1:
            columns = [str(number) for number, other in enumerate(headers, start=1) if other == header]
            raise FileError(
                f"“{header}” is the header of columns {' and '.join(columns)} in line {line}.",
                hint="Give each column a header of its own, or remove one of them.",
            )
