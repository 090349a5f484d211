"""Cell texts: what a cell of an Excel workbook shows, from its kind, style and value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from enlist.formats.workbook.grid import Refusal
from enlist.formats.workbook.xml_part import Element, local_name

from .date_format import iso_date
from .number_format import GENERAL, NumberFormat, number_format

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_IN_GENERAL: Final = 15

Shown = Callable[[str], str]


@dataclass(frozen=True)
class CellTexts:
    """What cells show: strings and formats by number; dates as shown, or as ISO 8601."""

    strings: Sequence[str]
    formats: Sequence[NumberFormat]
    is_iso: bool
    epoch_1904: bool

    def shown(self, kind: str | None, *, style: str | None) -> Shown:
        """A function from values to texts, for a kind and style; it raises Refusal for a missing string."""
        found = self.format_of(style)
        match kind:
            case "s":
                return self._string if found.keeps_text else lambda value: found.text(self._string(value))
            case "inlineStr" | "str":
                return unescaped if found.keeps_text else lambda value: found.text(unescaped(value))
            case "b":
                return lambda value: "TRUE" if value.strip() in ("1", "true") else "FALSE"
            case "e":
                return str
            case "d":
                return lambda value: value.replace("T00:00:00", "").replace("T", " ").removesuffix(".000")
            case _:
                return shown_number(found, is_iso=self.is_iso, epoch_1904=self.epoch_1904)

    def format_of(self, style: str | None) -> NumberFormat:
        """The number format of the style that a cell names."""
        number = whole(style)
        return self.formats[number] if 0 <= number < len(self.formats) else number_format(GENERAL)

    def by_number(self) -> Iterator[tuple[str, str]]:
        """The strings by number, as cells write it."""
        return zip(map(str, range(len(self.strings))), self.strings, strict=True)

    def _string(self, index: str) -> str:
        number = whole(index)
        if number < 0 or number >= len(self.strings):
            raise Refusal("workbook_text_missing", number=number, texts=len(self.strings))
        return self.strings[number]


def shown_number(found: NumberFormat, *, is_iso: bool, epoch_1904: bool) -> Shown:
    """A function from a number, as text, to its text in this format; whole numbers in General are never shortened."""
    is_general = found.code == GENERAL

    def shown(value: str) -> str:
        if is_general and value.isdigit() and len(value) <= _MOST_IN_GENERAL:
            return value
        try:
            number = float(value)
        except ValueError:
            return value
        if is_iso and found.is_date and (date := iso_date(number, epoch_1904=epoch_1904)):
            return date
        return found.number(number)

    return shown


def rich_text(element: Element) -> str:
    """The text of a string with its runs, without phonetic hints."""
    pieces = []
    for child in element:
        name = local_name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces.extend(each.text or "" for each in child if local_name(each) == "t")
            if any(local_name(each) == "r" for each in child):
                raise Refusal("workbook_text_nested")
    return unescaped("".join(pieces))


def unescaped(text: str) -> str:
    """The text without escapes: _x000D_ is a carriage return (ECMA-376 part 1, §22.9.2.19)."""
    if "_x" not in text:
        return text
    # Letters beyond the first 65,536 are written as two halves; a single half is invalid.
    halves = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le", "replace")


def whole(value: str | None) -> int:
    """A whole number as written; missing means 0. Raises Refusal if it isn't one."""
    try:
        return int(value or 0)
    except ValueError:
        raise Refusal("workbook_number_bad", value=(value or "")[:20]) from None
