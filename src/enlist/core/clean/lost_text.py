"""Lost text: names that a program before Enlist converted wrongly. The cells stay; notes say what they probably were.

- `text_twice`: UTF-8 read in another encoding (“PÃ¢mela”), with what it was.
- `text_entities`: HTML entities (“O&#39;Brien”) and escapes (“Andr\\u00e9”, “Ren=C3=A9”, “Zo%C3%AB”), with the text.
- `text_lost`: a question mark inside a name (“M?ller”): the letter is lost; with the name, if another row has it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from functools import cache
from typing import Final

import polars as pl

from .column import by_value, no_notes, note, outside_ascii

# The encodings in which programs often read UTF-8 by mistake.
_MISREAD: Final = ("cp1252", "cp1250", "cp1251", "mac_roman")
_ENTITY: Final = r"&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8});"
_ESCAPE: Final = r"\\u[0-9a-fA-F]{4}|_x[0-9a-fA-F]{4}_|(?:=[0-9A-F]{2}){2}|(?:%[0-9A-Fa-f]{2}){2}"
_SIGNS: Final = ["\\u", "_x", "=", "%"]
_UNICODE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|_x([0-9a-fA-F]{4})_")
_BYTES: Final = re.compile(r"(?:[=%][0-9a-fA-F]{2}){2,}")
_LOST: Final = r"[^\s?]\?|\?\p{L}"
_TIMES: Final = 2
_NAME: Final = re.compile(r"[^\s,;.]+")
# A lost letter, beyond ASCII.
_LETTER: Final = r"[^\W\d_\x00-\x7f]"


def lost_text(cells: pl.Series, *, is_name: bool) -> pl.DataFrame:
    """Notes about these raw cells (`column.NOTE_SCHEMA`). is_name: a question mark doesn't belong in them."""
    notes = [_twice(cells)]
    # Searching for one sign takes a fraction of a pattern's time, and most columns don't have it.
    if cells.str.contains("&", literal=True).any():
        notes.append(_entities(cells))
    if cells.str.contains_any(_SIGNS).any():
        notes.append(_escapes(cells))
    if is_name and cells.str.contains("?", literal=True).any():
        notes.append(_lost(cells))
    found = [each for each in notes if not each.is_empty()]
    return pl.concat(found) if found else no_notes()


def _twice(cells: pl.Series) -> pl.DataFrame:
    at = outside_ascii(cells)
    if at.is_empty():
        return no_notes()
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


def _lost(cells: pl.Series) -> pl.DataFrame:
    at = cells.str.contains(_LOST).arg_true()
    part = cells.gather(at)
    words = {word for cell in cells.gather(outside_ascii(cells)).unique() for word in _NAME.findall(cell)}
    meant = by_value(part, read=lambda value: _with_letters(value, words=words))
    return note(pl.repeat(value=True, n=len(part), eager=True), code="text_lost", value=part, detail=meant, places=at)


def _with_letters(value: str, *, words: Collection[str]) -> str | None:
    """The text with its lost letters, if these words have exactly one for every lost one."""
    found: dict[str, str] = {}
    for lost in {word for word in _NAME.findall(value) if "?" in word}:
        pattern = re.compile(_LETTER.join(map(re.escape, lost.split("?"))))
        likely = [word for word in words if "?" not in word and pattern.fullmatch(word)]
        if len(likely) != 1:
            return None
        found[lost] = likely[0]
    return _NAME.sub(lambda word: found.get(word[0], word[0]), value) if found else None


def _escapes(cells: pl.Series) -> pl.DataFrame:
    at = cells.str.contains(_ESCAPE).arg_true()
    part = cells.gather(at)
    meant = by_value(part, read=lambda value: shown if (shown := _unescaped(value)) != value else None)
    return note(meant.is_not_null(), code="text_entities", value=part, detail=meant, places=at)


def _unescaped(value: str) -> str:
    """The text with escapes as letters; bytes that aren't UTF-8 stay."""
    text = _UNICODE.sub(lambda found: chr(int(found[1] or found[2], 16)), value)
    text = _BYTES.sub(_decoded, text)
    return text if text.isprintable() else value


def _decoded(found: re.Match[str]) -> str:
    try:
        return bytes.fromhex(found[0].replace("=", "").replace("%", "")).decode()
    except UnicodeDecodeError:
        return found[0]


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
