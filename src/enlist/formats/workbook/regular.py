"""Regular XML: lists that programs write item by item, split by patterns in a fifth of a parser's time.

A pattern must match every character of what it splits. Anything else goes to the parser, as a separate document or, if
that is impossible, with the whole part: nothing is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

# Spreadsheets write no list heading, and no item, that is larger than this.
_LONGEST: Final = 1 << 22
_CONTROLS: Final = bytes({*range(32)} - {9, 10, 13})
_PROLOG: Final = re.compile(r"\ufeff?(?:<\?xml(?P<said>[^<>]*)\?>)?\s*(?P<root><(?P<tag>\w+)(?:\s[^<>]*)?(?<!/)>)")
_CODING: Final = re.compile(r"""encoding=["'](?!utf-8["']|us-ascii["'])""", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6});|#([0-9]{1,7});|(amp|lt|gt|quot|apos);)?")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

_ROW_TAG: Final = r'\s*<row(?: r="([0-9]{1,7})")?(?: (?!hidden|r=)[\w:]+="[^"<&]*")*\s*>'
_ROW: Final = re.compile(_ROW_TAG)
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"((?: [\w:]+="[^"<&]*")*)\s*(?:/>|>'
    r"(?:(<f)[^<>]*(?:/>|>[^<]*</f>))?"
    r'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_TEXT: Final = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')


class Irregular(Exception):
    """A part that only the parser can read, and only as a whole."""


class CutRow(NamedTuple):
    """A row: its number if given; the letters, attributes and raw value of every cell.

    formulas: "<f" if a cell has one. A value is None if a cell has none.
    """

    number: str | None
    letters: tuple[str, ...]
    kinds: list[str]
    formulas: list[str | None]
    values: list[str | None]


class Listing:
    """A part that lists items of one kind; `before` and `after` make a document of some of them.

    head: the text before the first item; tail: the text after the last, known after all pieces.

    Raises Irregular for other kinds of documents.
    """

    def __init__(self, chunks: Iterable[bytes], *, inside: tuple[str, ...], item: str) -> None:
        self.tail = ""
        self._end = f"</{item}>"
        self._pieces = _pieces(chunks, end=self._end.encode())
        first = next(self._pieces)
        prolog = _PROLOG.match(first)
        if not prolog or prolog["tag"] != inside[0] or _CODING.search(prolog["said"] or ""):
            raise Irregular
        start = prolog.end()
        for tag in inside[1:]:
            start = first.find(f"<{tag}>", start) + len(tag) + 2
            if start < prolog.end():
                raise Irregular
        self.head, self._first = first[:start], first[start:]
        self.before = prolog["root"] + "".join(f"<{tag}>" for tag in inside[1:])
        self.after = "".join(f"</{tag}>" for tag in reversed(inside))

    def pieces(self) -> Iterator[str]:
        """The items in pieces, each of which ends with an item. Raises Irregular."""
        if not self._first.endswith(self._end):
            raise Irregular
        yield self._first
        for piece in self._pieces:
            if piece.endswith(self._end):
                yield piece
            else:
                self.tail = piece

    def document(self, items: str) -> list[bytes]:
        """Some of its items as a document."""
        return [(self.before + items + self.after).encode()]


def cut_row(text: str) -> CutRow | None:
    """A row without its end tag; None if the pattern doesn't match all of it."""
    found = _ROW.match(text)
    if not found:
        return None
    parts = _CELL.split(text[found.end() :])
    if len(parts) > 1 and "".join(parts[::6]).strip():
        return None
    if len(parts) == 1 and text[found.end() :].strip():
        return None
    values, texts = parts[4::6], parts[5::6]
    if any(texts):
        values = [text if value is None else value for value, text in zip(values, texts, strict=True)]
    return CutRow(found[1], tuple(parts[1::6]), parts[2::6], parts[3::6], values)


def rows_like(row: CutRow) -> re.Pattern[str]:
    """A pattern for rows like this one, in which cells may be missing: its groups are their number and values."""
    cells = (
        rf'(?:<c r="{letters}[0-9]{{1,7}}"{re.escape(kind)}(?:/>|><v>([^<]*)</v></c>))?+'
        for letters, kind in zip(row.letters, row.kinds, strict=True)
    )
    return re.compile(_ROW_TAG + "".join(cells) + "</row>")


def cut_texts(piece: str) -> Iterator[tuple[str, list[str]]]:
    """Texts in their order: the unmatched text before them, and the matched texts."""
    parts = _TEXT.split(piece)
    if not "".join(parts[::2]).strip():
        yield "", parts[1::2]
        return
    for gap, text in zip(parts[::2], [*parts[1::2], None], strict=True):
        yield gap.strip(), [] if text is None else [text]


def without_entities(text: str) -> str:
    """The text without entities: &amp; is &, &#233; is é. Raises Irregular for invalid ones."""
    return _ENTITY.sub(_letter, text) if "&" in text else text


def _letter(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    number = int(found[1], 16) if found[1] else int(found[2] or 0)
    if not (
        32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000 or number in (9, 10, 13)
    ):
        raise Irregular
    return chr(number)


def _pieces(chunks: Iterable[bytes], *, end: bytes) -> Iterator[str]:
    """The text of a part, split after the last end tag in each chunk; then the rest."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        if place := rest.rfind(end) + 1:
            place += len(end) - 1
            yield _decoded(rest[:place])
            rest = rest[place:]
        elif len(rest) > _LONGEST:
            raise Irregular
    yield _decoded(rest)


def _decoded(piece: bytes) -> str:
    """The text of some UTF-8, with line ends as from a parser. Raises Irregular for signs that XML forbids."""
    if len(piece.translate(None, _CONTROLS)) < len(piece) or b"]]>" in piece:
        raise Irregular
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        raise Irregular from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
