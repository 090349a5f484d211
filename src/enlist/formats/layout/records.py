"""Records: delimited text record by record, each with its physical lines (RFC 4180)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Final, NamedTuple

from enlist.core.errors import FileError

# Trimmed from cells, and blank lines consist of it: ASCII white space, not a no-break space (EC-13, §1.1.2).
BLANKS: Final = " \t\n\r\v\f"

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# Part of Python's message about a quote that closes before other text.
_RULE: Final = "expected after"
# Lengths such as 6'2" end with a quote too.
_SHORT: Final = 8
# Texts of several lines rarely have as many commas as a row.
_WIDE: Final = 3


class OpenQuote(FileError):
    """A quotation mark opens and never closes."""

    def __init__(self, first_line: int, *, line: int) -> None:
        super().__init__("quote_open", line=line)
        self.first_line = first_line


@dataclass(frozen=True)
class Dialect:
    """How cells are separated: a delimiter, and a quote ("" for none) that is doubled inside quoted cells.

    escape: the sign before a quote that is text, "" if quotes are only doubled.
    """

    delimiter: str
    quote: str = '"'
    escape: str = ""

    def reader(self, lines: Iterable[str], *, strict: bool) -> Iterator[list[str]]:
        """Python's reader for such lines. It skips blanks between a delimiter and an opening quote."""
        quoting: dict[str, Any] = {"quotechar": self.quote} if self.quote else {"quoting": csv.QUOTE_NONE}
        if self.escape:
            quoting["escapechar"] = self.escape
        skips = self.delimiter != " "
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=skips, strict=strict, **quoting)

    @property
    def line_blanks(self) -> str:
        """The characters that a blank line may have: a line of tabs is a record if tabs delimit."""
        return BLANKS.replace(self.delimiter, "")

    @cached_property
    def cells(self) -> re.Pattern[str]:
        """One cell: quoted (then the text after it, or `open` if no quote closes it) or plain."""
        q, d = re.escape(self.quote), re.escape(self.delimiter)
        quoted = f" *{q}(?P<quoted>(?:[^{q}]|{q}{q})*+)(?:(?P<open>\\Z)|{q}(?P<after>[^{d}\\r\\n]*))"
        return re.compile(f"(?:{quoted}|[^{d}\\r\\n]*)(?:{d}|\\r\\n|\\r|\\n|\\Z)")

    @cached_property
    def one_cell(self) -> re.Pattern[str]:
        """One cell of a line with invalid quotes: a quote opens after a delimiter, and closes before one.

        Any other quote is text, and so is one that opens before another one is closed.
        """
        q, d = re.escape(self.quote), re.escape(self.delimiter)
        inside = f"(?:[^{q}\\r\\n]|{q}{q}(?!{d}|[\\r\\n]|\\Z)|(?<!{d}){q}(?!{d}|[\\r\\n]|\\Z))*"
        return re.compile(f"(?: *{q}(?P<quoted>{inside}){q}|(?P<plain>[^{d}\\r\\n]*))(?P<end>{d}|\\r\\n|\\r|\\n|\\Z)")

    def repaired_cells(self, line: str, *, width: int) -> list[str] | None:
        """The cells of a line with invalid quotes, if there are as many as expected."""
        cells, place = [], 0
        while found := self.one_cell.match(line, place):
            quoted = found["quoted"]
            cells.append(found["plain"] if quoted is None else quoted.replace(self.quote * 2, self.quote))
            place = found.end()
            if found["end"] != self.delimiter:
                break
            if len(cells) >= width:
                return None
        return cells if len(cells) == width else None


class Record(NamedTuple):
    """The unchanged cells of one record, its first physical line, and its last one.

    loose: text follows a closing quote; runs_on: that quoted part also spans lines, so records have run together.
    repaired_cells: the quotes were invalid, and cells were split without them; odd_end: a cell ends with a quote and
    doesn't begin with one; joins: some of its lines look like separate records. opened: a quote opens in it, the last
    record, and never closes.
    """

    cells: list[str]
    line: int
    last_line: int
    loose: bool = False
    runs_on: bool = False
    repaired_cells: bool = False
    odd_end: bool = False
    joins: bool = False
    opened: bool = False


def records(
    lines: Iterable[str], *, dialect: Dialect, first_line: int = 1, width: int = 0, is_end: bool = True
) -> Iterator[Record]:
    """The records of physical lines (with their line ends), without blank lines.

    width: the number of cells that a line with invalid quotes must have to be repaired; 0: none is repaired.
    is_end: these lines are the end of the file, whose last record may have a quote that never closes.

    Raises OpenQuote (a FileError) if a quote opens and never closes, FileError if a cell is far too long.
    """
    taken = _Lines(lines)
    reader = dialect.reader(taken, strict=True)
    line, blanks = first_line, dialect.line_blanks
    while True:
        taken.lines.clear()
        loose = runs_on = repaired_cells = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if width and _RULE in str(error) and (found := dialect.repaired_cells(taken.lines[0], width=width)):
                cells, repaired_cells = found, True
                taken.give_back()
            else:
                try:
                    cells, loose, runs_on = _read_leniently(taken, dialect=dialect, line=line, error=error)
                except OpenQuote:
                    if not (width and is_end and _is_last(taken.lines, width=width, dialect=dialect)):
                        raise
                    yield _opened(taken.lines, line=line, width=width, dialect=dialect)
                    return
        after = line + len(taken.lines)
        if len(taken.lines) > 1 or taken.lines[0].strip(blanks):
            odd = not (repaired_cells or loose) and _ends_oddly(cells, lines=taken.lines, dialect=dialect)
            joins = not runs_on and _joins(taken.lines, width=len(cells), dialect=dialect)
            yield Record(
                cells,
                line,
                after - 1,
                loose=loose,
                runs_on=runs_on,
                repaired_cells=repaired_cells,
                odd_end=odd,
                joins=joins,
            )
        line = after


class _Lines:
    """Passes lines on one by one, and remembers those of the current record."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines: list[str] = []
        self._source = iter(lines)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self.lines.append(line)
        return line

    def give_back(self) -> None:
        """Pass on all lines but the first again."""
        self._source = chain(self.lines[1:], self._source)
        del self.lines[1:]

    def again(self) -> Iterator[str]:
        """The record's lines from the first, then those that follow."""
        return chain(tuple(self.lines), self)


def _read_leniently(taken: _Lines, *, dialect: Dialect, line: int, error: csv.Error) -> tuple[list[str], bool, bool]:
    """Read a record with invalid quotes: its cells, whether it is loose, whether it runs on."""
    if _is_too_long(error):
        raise _too_long(taken, dialect=dialect, line=line)
    try:
        cells = next(dialect.reader(taken.again(), strict=False))
    except csv.Error:
        raise _too_long(taken, dialect=dialect, line=line) from None
    text = "".join(taken.lines)
    if opened := _open_line(text, dialect=dialect, line=line):
        raise OpenQuote(line, line=opened)
    loose = [cell for cell in dialect.cells.finditer(text) if (cell["after"] or "").strip(BLANKS)]
    return cells, bool(loose), any(_LINE_END.search(cell["quoted"]) for cell in loose)


def _is_last(lines: list[str], *, width: int, dialect: Dialect) -> bool:
    """Whether no line below the first looks like a record of its own."""
    return width > 1 and all(line.count(dialect.delimiter) < width - 1 for line in lines[1:])


def _opened(lines: list[str], *, line: int, width: int, dialect: Dialect) -> Record:
    """The last record, with a quote that never closes as text if the number of cells is right then."""
    cells = dialect.repaired_cells(lines[0], width=width) if len(lines) == 1 else None
    cells = cells or next(dialect.reader(iter(lines), strict=False))
    return Record(cells, line, line + len(lines) - 1, opened=True)


def _joins(lines: list[str], *, width: int, dialect: Dialect) -> bool:
    """Whether lines of one record have as many delimiters as the record: the first may lack a quote."""
    if len(lines) < 2 or width < _WIDE:
        return False
    first, *inner, last = (line.count(dialect.delimiter) == width - 1 for line in lines)
    return any(inner) or (first and last)


def _ends_oddly(cells: list[str], *, lines: list[str], dialect: Dialect) -> bool:
    """Whether a cell ends with a quote but doesn't begin with one: a delimiter may be missing before it."""
    if not dialect.quote or not any(dialect.quote in line for line in lines):
        return False
    long = (cell.rstrip(BLANKS) for cell in cells if len(cell) > _SHORT)
    if not any(cell.endswith(dialect.quote) for cell in long):
        return False
    found = dialect.cells.finditer("".join(lines))
    # A text in a formula (="007") ends like that too, but is complete.
    plain = (_plain(cell) for cell in found if cell["quoted"] is None)
    return any(
        cell.endswith(dialect.quote) and not cell.lstrip(BLANKS).startswith(f"={dialect.quote}") for cell in plain
    )


def _plain(cell: re.Match[str]) -> str:
    return cell[0].rstrip("".join((BLANKS, cell.string[cell.end() - 1 : cell.end()])))


def _is_too_long(error: csv.Error) -> bool:
    # The module has one class for all errors; the lenient reader raises none about quoting.
    return "field larger than field limit" in str(error)


def _too_long(taken: _Lines, *, dialect: Dialect, line: int) -> FileError:
    opened = _open_line("".join(taken.lines), dialect=dialect, line=line)
    if opened:
        return FileError("quoted_cell_too_long", line=opened, most=csv.field_size_limit())
    return FileError("cell_of_line_too_long", line=line, most=csv.field_size_limit())


def _open_line(text: str, *, dialect: Dialect, line: int) -> int | None:
    """The physical line of a quote that opens and never closes; the text starts on `line`."""
    for cell in dialect.cells.finditer(text):
        if cell["open"] is not None:
            return line + len(_LINE_END.findall(text, 0, cell.start("quoted")))
    return None
