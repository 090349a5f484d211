"""Web tables: many programs save a page with a table under the name of a workbook."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import BinaryIO, Final

from enlist.formats.workbook.grid import Notes, Refusal, Row, Sheet, first_rows

_CHARSET: Final = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_LARGEST: Final = 50_000_000
_MOST_SPANNED: Final = 1_000
_PIECE: Final = 1 << 16
_LONGEST: Final = 1 << 18
_SILENT: Final = frozenset(("script", "style"))


class WebTable(HTMLParser):
    """The first non-empty table of a page; scripts and styles are ignored, and nothing is fetched."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(convert_charrefs=True)
        self.notes = Notes()
        self._rows: list[list[str]] = []
        self._texts: list[str] = []
        self._tables, self._cell, self._silent, self._is_done = 0, False, 0, False
        data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise Refusal("web_page_too_large", most=_LARGEST)
        text = _text(data)
        for start in range(0, len(text), _PIECE):
            self.feed(text[start : start + _PIECE])
            if len(self.rawdata) > _LONGEST:
                raise Refusal("web_page_tag_too_long", most=_LONGEST)
        self.close()
        self._end_cell()
        if not self._rows:
            raise Refusal("web_page_without_table")

    def sheets(self) -> list[Sheet]:
        """The table, as the only sheet."""
        return [Sheet("table")]

    def rows(self, number: int) -> Iterator[Row]:
        """The non-empty rows of the table."""
        for place, cells in enumerate(self._rows, start=1):
            if any(cells):
                yield place, [" ".join(cell.split()) for cell in cells]

    def peeks(self, numbers: list[int], *, most: int) -> Iterator[tuple[int, list[Row]]]:
        """The first rows of several sheets."""
        for number in numbers:
            yield number, first_rows(self.rows(number), most=most)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a table, row or cell."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._tables += 1
        elif self._tables != 1 or self._is_done:
            return
        elif tag == "tr":
            self._end_cell()
            self._rows.append([])
        elif tag in ("td", "th"):
            self._begin(dict(attrs).get("colspan") or "1")
        elif tag == "br" and self._cell:
            self._texts.append("\n")

    def _end_cell(self) -> None:
        """Join the texts of the last cell once: joining millions one by one would be slow."""
        if self._texts:
            self._rows[-1][-1] += "".join(self._texts)
            self._texts.clear()

    def _begin(self, span: str) -> None:
        self._end_cell()
        if not self._rows:
            self._rows.append([])
        self._rows[-1].append("")
        self._cell = True
        self._span = min(int(span), _MOST_SPANNED) if span.isdigit() and len(span) < 6 else 1

    def handle_endtag(self, tag: str) -> None:
        """End a table or cell."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "table":
            self._tables -= 1
            self._is_done = self._is_done or (self._tables == 0 and bool(self._rows))
        elif tag in ("td", "th") and self._cell and self._tables == 1:
            self._end_cell()
            self._cell = False
            self._rows[-1].extend([""] * (self._span - 1))

    def handle_data(self, data: str) -> None:
        """Collect the text of a cell."""
        if self._cell and not self._silent and not self._is_done:
            self._texts.append(data)


def _text(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = _CHARSET.search(data[:4096])
        try:
            return data.decode(found[1].decode() if found else "cp1252", "replace")
        except LookupError:
            return data.decode("cp1252", "replace")
