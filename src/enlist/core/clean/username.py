"""Usernames: spelled as the policy says, or refused if it does not standardise them (spec/moodle-upload.md §4, D6)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

import polars as pl

from .column import Cleaned, by_value, no_notes, outside_ascii, scattered
from .text import text

# What a username may contain beside letters and digits; sets not listed here allow everything.
MARKS: Final = {"letters_digits_dash_dot": ".-", "moodle": "._@-"}
RESERVED: Final = "guest"


@dataclass(frozen=True)
class Spelling:
    """How usernames are spelled, from the policy's username settings.

    lower: in lower case. transliterate: other letters become Latin ones where only those are allowed, instead of being
    removed. standardise: a username that is spelled differently is changed, instead of failing its row.
    """

    characters: str = "moodle"
    lower: bool = True
    transliterate: bool = True
    standardise: bool = True

    @property
    def allowed(self) -> str | None:
        """The allowed characters as a set of a regular expression; None for all."""
        letters = "a-z" if self.lower else "A-Za-z"
        marks = MARKS.get(self.characters)
        return None if marks is None else f"{letters}0-9{marks}"


def username(cells: pl.Series, *, spelling: Spelling) -> Cleaned:
    """Usernames, spelled as the policy says.

    Bad are those with nothing left (`username_nothing_left`), reserved ones (`username_reserved`) and, without
    standardising, those spelled differently (`username_unclean`). Notes mark changed ones (`username_cleaned`) and
    those with a blank inside (`username_blank_inside`, EC-19).
    """
    spelt = spell(cells, spelling=spelling)
    is_empty = (spelt == "") & (cells != "")
    reserved = spelt.str.to_lowercase() == RESERVED
    changed = (spelt != cells) & ~is_empty & ~reserved
    done = Cleaned(spelt, no_notes()).without(is_empty, code="username_nothing_left", value=cells)
    done = done.without(reserved, code="username_reserved", value=cells)
    if spelling.standardise:
        done = done.noting(changed, code="username_cleaned", value=cells, detail=spelt)
    else:
        done = done.without(changed, code="username_unclean", value=cells, detail=spelt)
    if spelling.allowed is not None:
        return done
    blank_inside = done.values.str.contains(" ", literal=True).fill_null(value=False)
    return done.noting(blank_inside, code="username_blank_inside", value=spelt)


def spell(cells: pl.Series, *, spelling: Spelling) -> pl.Series:
    """Every username as it should be spelled, "" if nothing is left."""
    allowed = spelling.allowed
    if allowed is None:
        tidied = text(cells).values
        return _lower(tidied) if spelling.lower else tidied
    rest = (~cells.str.contains(rf"^[{allowed}]*$")).arg_true()
    part = cells.gather(rest)
    if spelling.transliterate:
        other = outside_ascii(part)
        part = scattered(part, at=other, values=by_value(part.gather(other), read=latin))
    part = _lower(part) if spelling.lower else part
    return scattered(cells, at=rest, values=part.str.replace_all(rf"[^{allowed}]", ""))


def latin(value: str) -> str:
    """The letters, marks and digits of a text in Latin letters (José → Jose, Щукин → Shchukin); ASCII stays."""
    from anyascii import anyascii

    composed = unicodedata.normalize("NFC", value)
    return "".join(
        anyascii(character) if character.isascii() or unicodedata.category(character)[0] in "LMN" else ""
        for character in composed
    )


def _lower(cells: pl.Series) -> pl.Series:
    other = outside_ascii(cells)
    return scattered(cells.str.to_lowercase(), at=other, values=by_value(cells.gather(other), read=_lower_value))


def _lower_value(value: str) -> str:
    return unicodedata.normalize("NFC", value.lower())
