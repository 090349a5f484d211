"""Usernames: spelled as the policy says, or refused if it does not standardise them (spec/moodle-upload.md §4, D6)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import polars as pl

from .column import Cleaned, by_value, no_notes, outside_ascii, scattered
from .text import text

# What a username may contain beside letters and digits; sets not listed here allow everything.
MARKS: Final = {"letters_digits_dash_dot": ".-", "moodle": "._@-"}
RESERVED: Final = "guest"
# By language, the letters that it writes in other Latin letters than transliteration does; "" is for no language.
_GERMAN: Final = {"ä": "ae", "ö": "oe", "ü": "ue"}
_NORDIC: Final = {"å": "aa", "ø": "oe", "ä": "ae", "ö": "oe"}
_LATIN_SERBIAN: Final = {"đ": "dj"}
_PRACTICE: Final[Mapping[str, Mapping[str, str]]] = {
    "": _GERMAN | _NORDIC,
    "de": _GERMAN,
    "lb": _GERMAN,
    **dict.fromkeys(("da", "fo", "nb", "nn", "no"), _NORDIC),
    **dict.fromkeys(("bs", "hr"), _LATIN_SERBIAN),
    "sr": {**_LATIN_SERBIAN, "ж": "z", "ч": "c", "ш": "s", "џ": "dz", "х": "h", "ц": "c"},
    "bg": {"щ": "sht", "ъ": "a", "х": "h"},
    "uk": {"г": "h", "и": "y"},
}


@dataclass(frozen=True)
class Spelling:
    """How usernames are spelled, from the policy's username settings.

    lower: in lower case. transliterate: other letters become Latin ones where only those are allowed, instead of being
    removed. language: the code of the language whose practice counts (German ö → oe), "" for no language, None for
    transliteration alone. standardise: a username that is spelled differently is changed, instead of failing its row.
    """

    characters: str = "moodle"
    lower: bool = True
    transliterate: bool = True
    language: str | None = None
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
        read = partial(latin, language=spelling.language)
        part = scattered(part, at=other, values=by_value(part.gather(other), read=read))
    part = _lower(part) if spelling.lower else part
    return scattered(cells, at=rest, values=part.str.replace_all(rf"[^{allowed}]", ""))


def latin(value: str, *, language: str | None = None) -> str:
    """The letters, marks and digits of a text in Latin letters (José → Jose, Щукин → Shchukin); ASCII stays.

    language: as in `Spelling`.
    """
    from anyascii import anyascii

    composed = unicodedata.normalize("NFC", value)
    if language is not None:
        composed = composed.translate(_practice(language.partition("_")[0]))
    return "".join(
        anyascii(character) if character.isascii() or unicodedata.category(character)[0] in "LMN" else ""
        for character in composed
    )


@cache
def _practice(language: str) -> dict[int, str]:
    letters = _PRACTICE.get(language, {})
    capitals = {letter.upper(): written.capitalize() for letter, written in letters.items()}
    return str.maketrans({**letters, **capitals})


def _lower(cells: pl.Series) -> pl.Series:
    other = outside_ascii(cells)
    return scattered(cells.str.to_lowercase(), at=other, values=by_value(cells.gather(other), read=_lower_value))


def _lower_value(value: str) -> str:
    return unicodedata.normalize("NFC", value.lower())
