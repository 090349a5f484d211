"""Look-alikes: letters of different alphabets, and signs, that nobody can tell apart (Unicode UTS #39).

The skeleton of a text is what it looks like: texts that look alike have the same one.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib import resources
from typing import Final

import polars as pl

from .column import by_value, no_notes, note, outside_ascii, scattered
from .key import fold

# Letters of the alphabets whose letters are taken for Latin ones.
_LATIN: Final = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
_OTHER: Final = "\u0370-\u03ff\u0400-\u052f\u0531-\u0586\u1f00-\u1fff\u13a0-\u13f5"
_MIXED: Final = rf"[{_LATIN}][{_OTHER}]|[{_OTHER}][{_LATIN}]"
_BLOCKS: Final = ("\u0370-\u03ff\u1f00-\u1fff", "\u0400-\u052f", "\u0531-\u0586", "\u13a0-\u13f5")
_WIDE: Final = "[\uff01-\uff5e]"
# Pairs of earlier versions of the table.
_EARLIER: Final = {"\u00d6": "\u2365", "\u0150": "\u2365", "\uab74": "o\u031b"}
_WORD: Final = re.compile(rf"[{_LATIN}{_OTHER}]+")


def mixed(cells: pl.Series) -> pl.DataFrame:
    """Notes on words with letters of two alphabets that look alike, and on wide letters (`lookalike`).

    Their detail is the word in one alphabet, null where that cannot be.
    """
    beyond = outside_ascii(cells)
    if beyond.is_empty():
        return no_notes()
    part = cells.gather(beyond)
    odd = (part.str.contains(_MIXED) | part.str.contains(_WIDE)).fill_null(value=False)
    if not odd.any():
        return no_notes()
    return note(odd, code="lookalike", value=part, detail=by_value(part, read=_plainly), places=beyond)


def skeletons(cells: pl.Series) -> pl.Series:
    """What every value looks like, without case."""
    signs = {sign: looks for sign, looks in _table().items() if sign.isascii()}
    ascii_only = cells.str.replace_many(list(signs), list(signs.values())).str.to_lowercase()
    beyond = outside_ascii(cells)
    return scattered(ascii_only, at=beyond, values=by_value(cells.gather(beyond), read=skeleton))


def skeleton(value: str) -> str:
    """What one value looks like, without case."""
    # Some signs are listed whole, some by the letter and its mark.
    whole = _mapped(unicodedata.normalize("NFC", _mapped(value)))
    return fold(_mapped(unicodedata.normalize("NFD", _mapped(unicodedata.normalize("NFD", whole)))))


def _mapped(value: str) -> str:
    table = _table()
    return "".join(table.get(sign, sign) for sign in value)


def _plainly(value: str) -> str | None:
    """The text with every word in one alphabet; null where some word cannot be, or nothing is odd."""
    narrow = "".join(unicodedata.normalize("NFKC", sign) if re.match(_WIDE, sign) else sign for sign in value)
    words = [_in_one_alphabet(word[0]) if re.search(_MIXED, word[0]) else word[0] for word in _WORD.finditer(narrow)]
    if None in words:
        return None
    found = iter(words)
    plain = _WORD.sub(lambda _: next(found) or "", narrow)
    return plain if plain != value else None


def _in_one_alphabet(word: str) -> str | None:
    """The word in Latin letters where all of it looks like some, else in the other alphabet where all of it does."""
    latin = [_as(letter, alphabet=_LATIN) for letter in word]
    if None not in latin:
        return "".join(filter(None, latin))
    others = [letter for letter in word if re.match(f"[{_OTHER}]", letter)]
    block = next(each for each in _BLOCKS if re.match(f"[{each}]", others[0]))
    other = [_as(letter, alphabet=block) for letter in word]
    return None if None in other else "".join(filter(None, other))


def _as(letter: str, *, alphabet: str) -> str | None:
    """The letter, or the one of this alphabet that looks like it."""
    if re.match(f"[{alphabet}]", letter):
        return letter
    looks = _table().get(letter, letter)
    alike = [each for each in _alike().get(looks, ()) if re.match(f"[{alphabet}]", each)]
    same_case = [each for each in alike if each.isupper() == letter.isupper()]
    return min(same_case, key=lambda each: (not each.isascii(), each), default=None)


@functools.cache
def _alike() -> dict[str, list[str]]:
    """What a sign looks like → all signs that look so, itself included."""
    found: dict[str, list[str]] = {}
    for sign, looks in _table().items():
        found.setdefault(looks, [looks]).append(sign)
    return found


@functools.cache
def _table() -> dict[str, str]:
    """Sign → what it looks like: the skeletons of UTS #39."""
    lines = resources.files("enlist.core.clean").joinpath("lookalikes.txt").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return _EARLIER | {_sign(sign): _sign(looks) for looks, signs in pairs for sign in signs.split(" ")}


def _sign(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split(" "))
