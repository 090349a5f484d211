"""Header: the lines that name the columns, the lines above them, and the first row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from enlist.core.headers.words import is_known

from .cell_kinds import ADDRESS, BLANK, CODE, DATE, EMAIL, LONG, VALUES, usual_kind
from .cell_kinds import kind_of as look
from .records import BLANKS, Record

SAMPLED_ROWS: Final = 200
_DEEPEST: Final = 40
_MOST_LINES: Final = 4
# A line with fewer cells than this share of the rows' cells is a title.
_WIDE: Final = 0.6

Merged = Sequence[tuple[int, int, int, int]]


@dataclass(frozen=True)
class Heading:
    """The names of the columns, unchanged (some may be blank).

    lines: their physical lines, none if no line names columns; above: the records before those; first: which of the
    records is the first row; repeated: lines that repeat the header before them; loose: its lines in which a quotation
    mark is out of place.
    """

    cells: list[str]
    lines: tuple[int, ...]
    first: int
    above: tuple[Record, ...] = ()
    raw: tuple[tuple[str, ...], ...] = ()
    dropped: tuple[int, ...] = field(default=())
    loose: tuple[int, ...] = ()


def find_heading(records: Sequence[Record], *, line: int | None, merged: Merged = (), is_exact: bool = True) -> Heading:
    """The heading of a table, from its first records. line: its line, 0 for none, None to detect it.

    merged: cells that cover several (row, column to row, column). is_exact: records end where their rows do.
    """
    rows = [_trimmed(record) for record in records[:SAMPLED_ROWS]]
    if line == 0:
        return _headless(rows, records=records)
    start = _start(rows) if line is None else _at(records, line=line)
    if start is None or (line is None and _looks_like_rows(rows, start=start)):
        return _headless(rows, records=records)
    end = start + 1
    while start and line is None and _names_groups(rows[start - 1], row=rows[start]):
        start -= 1
    while end < len(rows) and end - start < _MOST_LINES and _continues(rows, start=start, end=end):
        end += 1
    lines = [rows[number] for number in range(start, end)]
    spans = [_filled(row, line=records[start + n].line, merged=merged) for n, row in enumerate(lines)]
    cells, dropped = _without_spare(_joined(spans), rows=rows[end:] if is_exact else [])
    return Heading(
        cells,
        tuple(record.line for record in records[start:end]),
        first=end,
        above=tuple(record for record, row in zip(records[:start], rows, strict=False) if any(row)),
        raw=tuple(tuple(row) for row in lines),
        dropped=dropped,
        loose=tuple(each.line for each in records[start:end] if each.loose or each.repaired_cells or each.odd_end),
    )


def _trimmed(record: Record) -> list[str]:
    return [cell.strip(BLANKS) for cell in record.cells]


def _at(records: Sequence[Record], *, line: int) -> int | None:
    return next((number for number, record in enumerate(records) if record.line >= line), None)


def _count(row: list[str]) -> int:
    return sum(map(bool, row))


def usual_width(rows: Sequence[list[str]]) -> int:
    """The number of cells that most rows fill."""
    widths = Counter(count for row in rows if (count := _count(row)))
    # Of equally common widths the larger is the table's: titles and totals are narrow.
    most = max(widths.values(), default=0)
    return max((width for width, times in widths.items() if times >= most * _WIDE), default=0)


def _start(rows: Sequence[list[str]]) -> int | None:
    """The record that names the columns: the one with the most known words, else the first that is wide enough."""
    known = {n: found for n, row in enumerate(rows[:_DEEPEST]) if (found := _known(row)) and _is_names(row)}
    width = usual_width(rows)
    if known:
        best = max(known, key=lambda number: (known[number], -number))
        if known[best] > 1 or width < 3 or _count(rows[best]) >= width * _WIDE:
            return best
    wide = (n for n, row in enumerate(rows) if _count(row) >= max(1, width * _WIDE))
    return next(wide, None)


def _known(row: list[str]) -> int:
    return sum(bool(cell) and is_known(cell) for cell in row)


def _is_names(row: list[str]) -> bool:
    return not any(look(cell) in (EMAIL, DATE, ADDRESS, LONG) for cell in row)


def _looks_like_rows(rows: Sequence[list[str]], *, start: int) -> bool:
    """Whether a line contains values like those below it, rather than names."""
    first, body = rows[start], [row for row in rows[start + 1 :] if any(row)]
    if _known(first) > 1 or (_known(first) and not VALUES & set(map(look, first))):
        return False
    looks = [look(cell) for cell in first]
    if EMAIL in looks:
        return True
    if not body:
        return all(kind in (*VALUES, BLANK) for kind in looks)
    below = [usual_kind(row[n] for row in body if n < len(row)) for n in range(len(first))]
    similar = sum(kind == under and kind in (*VALUES, CODE) for kind, under in zip(looks, below, strict=True))
    different = sum(kind != under and under in (*VALUES, CODE, LONG) for kind, under in zip(looks, below, strict=True))
    return similar > different


def _continues(rows: Sequence[list[str]], *, start: int, end: int) -> bool:
    row, above = rows[end], rows[end - 1]
    if not any(row):
        return False
    if _same(row, other=above):
        return True
    is_part = _count(above) < _count(row) and _count(above) < usual_width(rows[end:])
    return _known(row) > 1 and _is_names(row) and (is_part or _known(row) >= _count(row) * _WIDE)


def _names_groups(above: list[str], *, row: list[str]) -> bool:
    """Whether a line names groups of the columns below it, whose own names are not unique."""
    names = [cell.casefold() for cell in row if cell]
    return _count(above) > 1 and _is_names(above) and len(set(names)) < len(names) and not _same(above, other=row)


def _same(one: list[str], *, other: list[str]) -> bool:
    return [cell.casefold() for cell in one if cell] == [cell.casefold() for cell in other if cell]


def _filled(row: list[str], *, line: int, merged: Merged) -> list[str]:
    """A line of the header, with the text of a merged cell in every column that it covers."""
    cells = list(row)
    for top, left, bottom, right in merged:
        if top <= line <= bottom and left <= len(cells) and cells[left - 1]:
            cells.extend([""] * (min(right, left + SAMPLED_ROWS) - len(cells)))
            for column in range(left, min(right, len(cells))):
                cells[column] = cells[column] or cells[left - 1]
    return cells


def _joined(lines: Sequence[list[str]]) -> list[str]:
    """One name for every column: the lowest, after those above it if the lowest alone is not unique."""
    width = max(map(len, lines))
    columns = [[line[n] for line in lines if n < len(line) and line[n]] for n in range(width)]
    lowest = [column[-1] if column else "" for column in columns]
    times = Counter(name.casefold() for name in lowest)
    is_ours = _known(lines[0]) * 2 >= _count(lines[0])
    if len(lines) > 1 and not is_ours and all(_same(line, other=lines[0]) for line in lines):
        # Other programs join them too, and repeating a name doesn't change its meaning.
        return [" ".join(column) for column in columns]
    return [
        " ".join(dict.fromkeys(column)) if column and times[name.casefold()] > 1 else name
        for column, name in zip(columns, lowest, strict=True)
    ]


def _without_spare(cells: list[str], *, rows: Sequence[list[str]]) -> tuple[list[str], tuple[int, ...]]:
    """A header without the blank cells that make it wider than the rows, and their positions."""
    body = Counter(len(row) for row in rows if any(row))
    width = body.most_common(1)[0][0] if body else len(cells)
    blank = tuple(number for number, cell in enumerate(cells[:-1]) if not cell)
    if blank and len(cells) - len(blank) == width:
        return [cell for number, cell in enumerate(cells) if number not in blank], blank
    return cells, ()


def _headless(rows: Sequence[list[str]], *, records: Sequence[Record]) -> Heading:
    width = usual_width(rows)
    first = next((n for n, row in enumerate(rows) if _count(row) >= max(1, width * _WIDE)), 0)
    widest = Counter(len(row) for row in rows[first:] if any(row)).most_common(1)
    cells = [""] * max(1, widest[0][0] if widest else 1)
    return Heading(cells, (), first=first, above=tuple(records[:first]))
