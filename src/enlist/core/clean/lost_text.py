"""Lost text: names that a program before Enlist converted wrongly. The cells stay; notes say what they probably were.

- `text_twice`: UTF-8 read in another encoding (“PÃ¢mela”), with what it was.
- `text_entities`: HTML entities (“O&#39;Brien”), with the text.
- `text_lost`: a question mark inside a name (“M?ller”): the letter is lost.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Final

import polars as pl

from .column import by_value, no_notes, note, outside_ascii

# The encodings in which programs often read UTF-8 by mistake.
_MISREAD: Final = ("cp1252", "cp1250", "cp1251", "mac_roman")
_ENTITY: Final = r"&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8});"
_LOST: Final = r"[^\s?]\?|\?\p{L}"
_TIMES: Final = 2


def lost_text(cells: pl.Series, *, is_name: bool) -> pl.DataFrame:
    """Notes about these raw cells (`column.NOTE_SCHEMA`). is_name: a question mark doesn't belong in them."""
    notes = [_twice(cells)]
    # Searching for one sign takes a fraction of a pattern's time, and most columns don't have it.
    if cells.str.contains("&", literal=True).any():
        notes.append(_entities(cells))
    if is_name and cells.str.contains("?", literal=True).any():
        notes.append(note(cells.str.contains(_LOST), code="text_lost", value=cells))
    found = [each for each in notes if not each.is_empty()]
    return pl.concat(found) if found else no_notes()


def _twice(cells: pl.Series) -> pl.DataFrame:
    at = outside_ascii(cells)
    part = cells.gather(at)
    odd = part.str.contains(_pairs()).arg_true()
    part = part.gather(odd)
    meant = by_value(part, read=_meant)
    return note(meant.is_not_null(), code="text_twice", value=part, detail=meant, places=at.gather(odd))


def _entities(cells: pl.Series) -> pl.DataFrame:
    at = cells.str.contains(_ENTITY).arg_true()
    part = cells.gather(at)
    meant = by_value(part, read=lambda value: shown if (shown := html.unescape(value)) != value else None)
    return note(meant.is_not_null(), code="text_entities", value=part, detail=meant, places=at)


def _meant(value: str) -> str | None:
    """The text that was converted, once or several times; None if it wasn't."""
    meant: str | None = None
    for _ in range(_TIMES):
        again = (_read_again(meant or value, encoding=encoding) for encoding in _MISREAD)
        meant = next(filter(None, again), None) or meant
    return meant


def _read_again(value: str, *, encoding: str) -> str | None:
    try:
        data = b"".join(_byte(letter, encoding=encoding) for letter in value)
        return text if (text := data.decode()) != value and text.isprintable() else None
    except UnicodeError:
        return None


def _byte(letter: str, *, encoding: str) -> bytes:
    # Bytes without a letter in the encoding stay control characters.
    return letter.encode("latin-1") if "\x80" <= letter <= "\x9f" else letter.encode(encoding)


@cache
def _pairs() -> str:
    """A pattern for two letters that are the bytes of one letter in UTF-8."""
    first, later = range(0xC2, 0xF0), range(0x80, 0xC0)
    return "|".join(f"[{_letters(first, of=each)}][{_letters(later, of=each)}]" for each in _MISREAD)


def _letters(numbers: range, *, of: str) -> str:
    letters = (bytes([number]).decode(of, "ignore") or chr(number) for number in numbers)
    return "".join(map(re.escape, letters))
