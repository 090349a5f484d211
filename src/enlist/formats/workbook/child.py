"""Inside the cage: read a workbook from standard input and write its cells as JSON, one message per line.

Messages: {"sheets": [[name, is_hidden, has_cells], …]}, then {"sheet": name} and any number of {"rows": [[number,
cells], …], "notes": …} or {"block": [numbers, columns], "notes": …}, or {"peek": name, "rows": …} for each of several
sheets to choose from; {"end": true}, or {"refused": [what, hint]}. Nothing here may import Polars: the process must
stay small.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from enlist.formats.files.signatures import is_web_page

from .archive import open_archive
from .grid import Block, Book, Refusal, Request, Row, Sheet, one_by_one

_BATCH: Final = 100_000
# The most characters in a message, and in a row.
_CHARACTERS: Final = 1 << 22
# Cells may have this many times the file's bytes in characters, and this many in any case.
_TIMES: Final = 100
_SMALL: Final = 20_000_000


def main(arguments: str) -> None:
    """Read the workbook on standard input; arguments: JSON with limits and a Wish."""
    given = json.loads(arguments)
    # There are millions of cells and no cycles: searching for cycles would take a third of the time.
    gc.disable()
    _limit(**given.pop("limits"))
    for line in answers(sys.stdin.buffer, request=Request(**given)):
        sys.stdout.write(line)
        sys.stdout.flush()


def answers(stream: BinaryIO, *, request: Request) -> Iterator[str]:
    """All messages about the workbook in a stream, one per line; the last one is its end, or why it is refused."""
    try:
        yield from map(_line, _messages(stream, request=request))
    except Refusal as refusal:
        yield _line({"refused": [refusal.code, refusal.fields, *_reasons(refusal.__cause__)]})
    except MemoryError:
        yield _line({"refused": ["workbook_needs_memory", {}]})
    except Exception as error:
        # Parsers fail in many ways on what is damaged; whatever it is, the file is not read.
        yield _line({"refused": ["workbook_damaged", {}, *_reasons(error)]})


def _reasons(error: BaseException | None) -> list[str]:
    return [f"{type(error).__name__}: {error}"[:200]] if error else []


def _line(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=True) + "\n"


def _limit(*, memory: int, seconds: int) -> None:
    """Set limits in the system: memory (not on macOS), processor time, no files, no core dump."""
    import resource

    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))


def _messages(stream: BinaryIO, *, request: Request) -> Iterator[dict[str, Any]]:
    book = _open(stream, request=request)
    sheets = book.sheets()
    yield {"sheets": [[sheet.name, sheet.is_hidden, sheet.has_cells] for sheet in sheets]}
    if request.sheet is None and len(visible := _visible(sheets)) > 1:
        book.notes.is_quiet = True
        for number, rows in book.peeks(visible, most=request.peek):
            yield {"peek": sheets[number].name, "rows": rows}
        yield {"end": True}
        return
    number = _chosen(sheets, name=request.sheet)
    yield {"sheet": sheets[number].name}
    room = min(request.size, max(_SMALL, _TIMES * stream.seek(0, io.SEEK_END)))
    for batch in _batches(book, number=number, room=room):
        yield {**batch, "notes": book.notes.drain()}
    yield {"end": True}


def _batches(book: Book, *, number: int, room: int) -> Iterator[dict[str, Any]]:
    """The rows in batches of about `_BATCH` cells; the last batch may be empty and carry notes.

    Raises Refusal if they have more characters than there is room for: a text that is in the file once may be in a
    million cells.
    """
    batch, characters = _Batch(), 0
    for each, size in _measured(book.rows(number)):
        if (characters := characters + size) > room:
            raise Refusal("workbook_too_many", what="characters in its cells", most=room)
        if book.notes.is_full or not batch.add(each, size=size):
            yield batch.message()
            batch = _Batch()
            batch.add(each, size=size)
    yield batch.message()


def _measured(found: Iterator[Row | Block]) -> Iterator[tuple[Row | Block, int]]:
    """The same rows with their number of characters; raises Refusal if a row has too many."""
    for each in found:
        if isinstance(each, Block):
            size = sum(sum(map(len, column)) for column in each.columns)
            if size <= _CHARACTERS:
                yield each, size
                continue
        for row, cells in one_by_one(iter([each])):
            if (size := sum(map(len, cells))) > _CHARACTERS:
                raise Refusal("workbook_row_too_long", row=row, most=_CHARACTERS)
            yield (row, cells), size


@dataclass
class _Batch:
    """Rows to send: one by one or, if the first rows are alike, as a block."""

    rows: list[Row] = field(default_factory=list)
    block: Block = field(default_factory=lambda: Block([], []))
    cells: int = 0
    characters: int = 0

    def add(self, each: Row | Block, *, size: int) -> bool:
        """Add a row or block; returns False if it is unlike those before, or the batch is full."""
        width = len(self.block.columns)
        if self.cells >= _BATCH or self.characters + size > _CHARACTERS:
            return False
        if isinstance(each, Block):
            if self.rows or (self.cells and width != len(each.columns)):
                return False
            self.block = self.block.joined(each) if self.cells else each
            self.cells += len(each.numbers) * len(each.columns)
        elif not self.block.numbers:
            self.rows += [each] if each[1] else []
            self.cells += len(each[1])
        elif len(each[1]) > width:
            return False
        elif each[1]:
            self.block.append(each)
            self.cells += width
        self.characters += size
        return True

    def message(self) -> dict[str, Any]:
        """The message with these rows."""
        return {"block": self.block} if self.block.numbers else {"rows": self.rows}


def _visible(sheets: list[Sheet]) -> list[int]:
    return [number for number, sheet in enumerate(sheets) if sheet.has_cells and not sheet.is_hidden]


def _chosen(sheets: list[Sheet], *, name: str | None) -> int:
    names = [sheet.name for sheet in sheets if sheet.has_cells]
    if name is not None:
        for number, sheet in enumerate(sheets):
            if sheet.has_cells and sheet.name.casefold().strip() == name.casefold().strip():
                return number
        raise Refusal("sheet_unknown", sheet=name, sheets=", ".join(names))
    if not names:
        raise Refusal("workbook_empty")
    return next(iter(_visible(sheets)), next(n for n, sheet in enumerate(sheets) if sheet.has_cells))


def _open(stream: BinaryIO, *, request: Request) -> Book:
    start = stream.read(1024)
    stream.seek(0)
    if is_web_page(start):
        from .kinds.web_table import WebTable

        return WebTable(stream)
    if not start.startswith(b"PK"):
        from .kinds.xls import Xls

        return Xls(stream, request=request)
    archive = open_archive(stream)
    if "content.xml" in archive and "[Content_Types].xml" not in archive:
        from .kinds.ods import Ods

        return Ods(archive, request=request)
    return _of_excel(archive, request=request)


def _of_excel(archive: Any, *, request: Request) -> Book:
    if "xl/workbook.bin" in archive and "xl/workbook.xml" not in archive:
        from .kinds.xlsb import Xlsb

        return Xlsb(archive, path="xl/workbook.bin", request=request)
    from .kinds.xlsx import Xlsx

    return Xlsx(archive, request=request)
