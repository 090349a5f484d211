"""Text: names, places, phones, descriptions. Visible characters stay; invisible ones are tidied and flagged.

- White space at both ends is removed silently (EC-13); inside, each run becomes one blank (`blanks_folded`).
- Control characters and invisible characters (zero-width space, byte order mark, soft hyphen, direction marks,
  fillers, tags) are removed (`invisible_removed`). What scripts need stays: variation selectors, and joiners after a
  character beyond ASCII (Persian, Malayalam, emoji).
- Characters are composed silently (NFC): canonically the text is the same. Mark-up stays: it is text.
- Long text keeps its lines and blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import polars as pl

from .column import Cleaned, by_value, distinct, no_notes, note, scattered
from .key import fold

# Visible ASCII, and letters of common scripts that composition neither changes nor joins to the one before.
PLAIN: Final = (
    "!-~\u00a1-\u00ac\u00ae-\u02ff\u0386\u0388-\u03ff\u0400-\u0482\u048a-\u052f\u0531-\u0556\u0561-\u0587"
    "\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3\u0904-\u0939\u093d-\u094c\u10d0-\u10fa\u1e00-\u1eff"
    "\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff\uac00-\ud7a3"
)
# One blank between words and none at the ends: such values are already clean.
SETTLED: Final = rf"^(?:[{PLAIN}]+(?: [{PLAIN}]+)*)?$"
SETTLED_LINES: Final = rf"^(?:[{PLAIN}](?:[ \n{PLAIN}]*[{PLAIN}])?)?$"

# Default_Ignorable_Code_Point and interlinear marks, except variation selectors and joiners.
HIDDEN: Final = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
JOINERS: Final = "\u034f\u180e\u200c\u200d"
SPACE: Final = "\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

_ODD: Final = rf"[{HIDDEN}{JOINERS}{SPACE}]|  |^ | $"
_HIDDEN: Final = re.compile(rf"[{HIDDEN}]|(?<![^\x00-\x7f{HIDDEN}{SPACE}])[{JOINERS}]+")
_SPACE: Final = re.compile(rf"[ {SPACE}]+")
_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def text(cells: pl.Series) -> Cleaned:
    """One line of text, tidied as described above."""
    return _cleaned(cells, settled=SETTLED, tidy=tidy)


def long_text(cells: pl.Series) -> Cleaned:
    """Text of several lines, tidied as described above; its lines end with line feeds."""
    return _cleaned(cells, settled=SETTLED_LINES, tidy=tidy_lines)


def tags(cells: pl.Series) -> Cleaned:
    """Tags as "cats,Birds", from pieces between commas; of those that differ only by case the first stays."""
    tidied = text(cells)
    several = tidied.values.str.contains(",", literal=True).fill_null(value=False).arg_true()
    values = by_value(tidied.values.gather(several), read=_tags)
    return Cleaned(scattered(tidied.values, at=several, values=values), tidied.notes)


def _tags(value: str) -> str:
    found: dict[str, str] = {}
    for piece in filter(None, (tidy(piece) for piece in value.split(","))):
        found.setdefault(fold(piece), piece)
    return ",".join(found.values())


def tidy(value: str) -> str:
    """One value of `text`, not composed."""
    return _SPACE.sub(" ", _HIDDEN.sub("", value)).strip(" ")


def tidy_lines(value: str) -> str:
    """One value of `long_text`, not composed."""
    return _HIDDEN.sub("", _BREAK.sub("\n", value)).strip(" \n\t")


def hidden_characters(value: str) -> str | None:
    """The invisible characters of a value, as "U+200B, U+FEFF"; None if there are none."""
    found = sorted(set("".join(_HIDDEN.findall(value))))
    return ", ".join(f"U+{ord(character):04X}" for character in found) or None


def _cleaned(cells: pl.Series, *, settled: str, tidy: Callable[[str], str]) -> Cleaned:
    if distinct(cells).str.contains(settled).all():
        return Cleaned(cells, no_notes())
    unsettled = (~cells.str.contains(settled)).arg_true()
    part = cells.gather(unsettled)
    odd = part.str.contains(_ODD).arg_true()
    values = scattered(part, at=odd, values=by_value(part.gather(odd), read=tidy)).str.normalize("NFC")
    return Cleaned(
        scattered(cells, at=unsettled, values=values),
        _change_notes(part.gather(odd), places=unsettled.gather(odd), lines=tidy is tidy_lines),
    )


def _change_notes(cells: pl.Series, *, places: pl.Series, lines: bool) -> pl.DataFrame:
    if cells.is_empty():
        return no_notes()
    hidden = by_value(cells, read=hidden_characters)
    notes = note(hidden.is_not_null(), code="invisible_removed", value=cells, detail=hidden, places=places)
    if lines:
        return notes
    folded = by_value(cells, read=lambda value: tidy(value) if _has_odd_blanks(value) else None)
    blanks = note(folded.is_not_null(), code="blanks_folded", value=cells, detail=folded, places=places)
    return pl.concat([notes, blanks])


def _has_odd_blanks(value: str) -> bool:
    inside = _HIDDEN.sub("", value).strip()
    return any(blanks != " " for blanks in _SPACE.findall(inside))
