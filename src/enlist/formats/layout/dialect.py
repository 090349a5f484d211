"""Dialects: the signs between cells and around them, from the first lines of a text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from dataclasses import replace
from itertools import islice
from typing import Final

from enlist.core.errors import FileError
from enlist.core.headers.words import is_known
from enlist.formats.files.options import ReadOptions

from .cell_kinds import VALUES, kind_of
from .records import BLANKS, Dialect, OpenQuote, Record, records

# In order of preference: the last ones also occur inside cells (times, web addresses, texts).
DELIMITERS: Final = (",", ";", "\t", "|", ":", "^", "~")
SAMPLE: Final = 262_144

# Cells that begin and end with a sign and contain a delimiter: around those it must be a quotation mark.
_WRAPPED: Final = {
    sign: re.compile(
        f"(?:^|[,;\\t|]){sign}[^\\r\\n{sign}]*[,;\\t|][^\\r\\n{sign}]*{sign}(?=[,;\\t|\\r\\n]|$)", re.MULTILINE
    )
    for sign in "'\""
}
_SOME: Final = 3
_MANY_TIMES: Final = 10
_SAMPLED_ROWS: Final = 100
_HEADER_WITHIN: Final = 20
_PLAIN: Final = ",;\t|"
# Colons of times and web addresses, and of a header with a time format.
_COLONS: Final = re.compile(r"\b(?:\d{1,2}|HH?):(?:\d\d|mm)(?::(?:\d\d|ss))?|://", re.IGNORECASE)
# A line that sets the delimiter for Excel.
_SEPARATOR: Final = re.compile(r'"?sep=([^\w"\r\n])"?[ \t]*[\r\n]', re.IGNORECASE)
_RECORDS: Final = 200
_WIDE: Final = 4
_NEVER: Final = (0, False, 0.0, 0)
_NAMES: Final = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    ":": "colon",
    "^": "caret",
    "~": "tilde",
    " ": "blank",
}


def find_dialect(sample: str, *, options: ReadOptions) -> Dialect:
    """The dialect of a text, from its first lines. Raises FileError if they suggest another delimiter."""
    options.check()
    named = _SEPARATOR.match(sample)
    quote = options.quote if options.quote is not None else _find_quote(sample)
    delimiter = options.delimiter or (named[1] if named else _find_delimiter(sample, quote=quote)) or ","
    dialect = Dialect(delimiter, quote, escape=_escape(sample, plain=Dialect(delimiter, quote), given=options.escape))
    found = first_records(sample, dialect=dialect)
    if not found:
        raise FileError("file_blank")
    if max(len(record.cells) for record in found) == 1:
        _refuse_missed_delimiter(found[0], sample=sample, dialect=dialect)
    return dialect


def first_records(sample: str, *, dialect: Dialect) -> list[Record]:
    """The first readable records of a text. Raises FileError if there are none."""
    found = _records(sample, dialect=dialect, width=0)
    if any(record.loose for record in found):
        widths = Counter(len(record.cells) for record in found if not record.loose)
        return _records(sample, dialect=dialect, width=max(widths, key=lambda each: widths[each], default=0))
    return found


def _records(sample: str, *, dialect: Dialect, width: int) -> list[Record]:
    found: list[Record] = []
    try:
        found.extend(islice(records(_lines(sample), dialect=dialect, width=width), _RECORDS))
    except FileError:
        if not found:
            raise
    return found


def refuse_endless_cell(head: bytes) -> None:
    """Raise FileError if a cell that begins in the first bytes of a text is far too long."""
    if b'"' not in head or b"\0" in head or not re.search(rb"[\r\n]", head):
        return
    # Signs are the same bytes in every encoding, except those with two bytes per letter.
    sample = head.decode("latin-1")
    dialect = Dialect(_find_delimiter(sample[:SAMPLE], quote='"') or ",")
    try:
        deque(dialect.reader(_lines(sample), strict=False), maxlen=0)
        return
    except csv.Error:
        pass
    try:
        for _ in records(_lines(sample), dialect=dialect):
            pass
    except OpenQuote:
        return


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _find_quote(sample: str) -> str:
    """Double quotes, unless every cell of the first line has single ones, or only single ones enclose cells."""
    first = sample.lstrip(BLANKS).splitlines()[:1]
    cells = re.split("[" + re.escape("".join(DELIMITERS)) + "]", first[0].strip(BLANKS)) if first else []
    wrapped = [cell for cell in cells if re.fullmatch("'[^']+'", cell)]
    if cells and len(wrapped) == len(cells):
        return "'"
    single, double = (len(_WRAPPED[sign].findall(sample)) if sign in sample else 0 for sign in "'\"")
    return "'" if single >= _SOME and single > _MANY_TIMES * double else '"'


def _find_delimiter(sample: str, *, quote: str) -> str | None:
    texts = dict.fromkeys(DELIMITERS, sample) | {":": _COLONS.sub("", sample)}
    scores = {delimiter: _score(text, dialect=Dialect(delimiter, quote)) for delimiter, text in texts.items()}
    best = max(DELIMITERS, key=scores.__getitem__)
    if any(scores[best]):
        return best
    return " " if _is_split_by_blanks(sample, quote=quote) else None


def _escape(sample: str, *, plain: Dialect, given: str | None) -> str:
    """The sign before quotes that are text: a backslash, if the quotes are only valid with it."""
    if given is not None or not plain.quote or f"\\{plain.quote}" not in sample:
        return given or ""
    escaped = replace(plain, escape="\\")
    is_right = not _first_rows(sample, dialect=plain, strict=True) and _first_rows(sample, dialect=escaped, strict=True)
    return escaped.escape if is_right else ""


def _is_split_by_blanks(sample: str, *, quote: str) -> bool:
    """Whether blanks delimit: nothing else does, no line has fewer cells than the first, and cells are quoted.

    Without quotation marks such a file looks like one with a column of texts.
    """
    rows = _first_rows(sample, dialect=Dialect(" ", quote), strict=False)
    lines = [line for line in sample.splitlines()[: len(rows)] if line.strip()]
    width = len(rows[0]) if rows else 0
    is_wide = width >= _WIDE and len(rows) > 1 and all(len(row) >= width for row in rows)
    return is_wide and bool(quote) and all(f" {quote}" in line for line in lines)


def _score(sample: str, *, dialect: Dialect) -> tuple[int, bool, float, int]:
    """How likely a delimiter is: known headers, valid quotes, the share of rows with the usual width, that width."""
    rows = _first_rows(sample, dialect=dialect, strict=True)
    is_clean = bool(rows)
    rows = rows or _first_rows(sample, dialect=dialect, strict=False)
    widths = Counter(map(len, rows))
    width = max(widths, key=lambda each: (widths[each] if each > 1 else 0, each), default=0)
    if width < 2:
        return _NEVER
    start = next(number for number, row in enumerate(rows) if len(row) == width)
    known = max(sum(map(is_known, row)) if len(row) > 1 else 0 for row in rows[:_HEADER_WITHIN])
    share = widths[width] / len(rows[start:])
    if start and not (known or (dialect.delimiter in _PLAIN and _is_titled(rows[start:]))):
        return _NEVER
    return (known, is_clean, share, width) if known or share >= 0.5 else _NEVER


def _is_titled(rows: list[list[str]]) -> bool:
    """Whether rows below a narrower line begin with column names: then that line is a title, not a header."""
    looks = [{kind_of(cell.strip(BLANKS)) for cell in row} & VALUES for row in rows]
    return len(rows) > 1 and not looks[0] and all(looks[1:])


def _first_rows(sample: str, *, dialect: Dialect, strict: bool) -> list[list[str]]:
    """The first rows that are not blank; none if the quoting is invalid."""
    try:
        rows = list(islice(dialect.reader(_lines(sample), strict=strict), _SAMPLED_ROWS))
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
            raise FileError("delimiter_missed", line=header.line, delimiter=_NAMES[delimiter], width=width)
    text = header.cells[0].strip(BLANKS)
    if not is_known(text) and sum(map(is_known, re.split(r"[\s/\\~]+", text))) > 1:
        raise FileError("delimiter_missing", line=header.line)
