"""Look-alikes: letters of different alphabets, and signs, that look the same (Unicode UTS #39).

Texts that look alike have the same skeleton.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Final, Literal

import polars as pl

from enlist.core.clean.column import by_value, no_notes, note, outside_ascii, scattered

# Letters of the alphabets with letters that look Latin.
_LATIN: Final = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
_OTHER: Final = "\u0370-\u03ff\u0400-\u052f\u0531-\u0586\u1f00-\u1fff\u13a0-\u13f5"
_MIXED: Final = rf"[{_LATIN}][{_OTHER}]|[{_OTHER}][{_LATIN}]"
_BLOCKS: Final = ("\u0370-\u03ff\u1f00-\u1fff", "\u0400-\u052f", "\u0531-\u0586", "\u13a0-\u13f5")
_WIDE: Final = "[\uff01-\uff5e]"
# Pairs from earlier versions of the table.
# The table has at least four hexadecimal digits; longer numbers don't begin with 0.
_BEYOND_ASCII: Final = "0080"
_EARLIER: Final = {"\u00d6": "\u2365", "\u0150": "\u2365", "\uab74": "o\u031b"}
_FORMS: Final[tuple[Literal["NFC", "NFD"] | None, ...]] = (None, "NFC", "NFD", "NFD")
_WORD: Final = re.compile(rf"[{_LATIN}{_OTHER}]+")


def mixed(cells: pl.Series) -> pl.DataFrame:
    """Notes on words with letters of two alphabets that look alike, and on wide letters (`lookalike`).

    Their detail is the word in one alphabet, null if there is none.
    """
    beyond = outside_ascii(cells)
    if beyond.is_empty():
        return no_notes()
    part = cells.gather(beyond)
    odd = (part.str.contains(_MIXED) | part.str.contains(_WIDE)).fill_null(value=False)
    if not odd.any():
        return no_notes()
    return note(odd, code="lookalike", value=part, detail=by_value(part, read=_in_single_alphabets), places=beyond)


def skeletons(cells: pl.Series) -> pl.Series:
    """The skeleton of every value, without case."""
    looks = _with_signs(cells, signs=_ascii_signs())
    beyond = outside_ascii(cells)
    if beyond.is_empty():
        return looks.str.to_lowercase()
    # Some signs are listed as a whole, some as letter and mark; and their look-alikes may be listed again.
    part = cells.gather(beyond)
    signs = _signs_in(part)
    for form in _FORMS:
        part = _with_signs(part if form is None else part.str.normalize(form), signs=signs)
    return scattered(looks, at=beyond, values=part).str.to_lowercase()


def _signs_in(cells: pl.Series) -> dict[str, str]:
    """The part of the table that matters to these values: searching for all of it takes seconds per million values."""
    letters = set("".join(cells.str.join("").to_list()))
    found: dict[str, str] = {}
    while letters:
        forms = {sign for each in letters for form in ("NFC", "NFD") for sign in unicodedata.normalize(form, each)}
        if any(map(unicodedata.combining, forms)):
            forms |= _composed(forms)
        new = {sign: _table()[sign] for sign in forms | letters if sign in _table() and sign not in found}
        found |= new
        letters = set("".join(new.values()))
    return found


def _composed(letters: Iterable[str]) -> set[str]:
    """Every letter of the table that is made of these letters and marks."""
    known = set(letters)
    return {sign for sign, parts in _decomposed().items() if known >= parts}


def _with_signs(cells: pl.Series, *, signs: Mapping[str, str]) -> pl.Series:
    return cells.str.replace_many(list(signs), list(signs.values())) if signs else cells


def _in_single_alphabets(value: str) -> str | None:
    """The text with every word in one alphabet; null if that is impossible or changes nothing."""
    narrow = "".join(unicodedata.normalize("NFKC", sign) if re.match(_WIDE, sign) else sign for sign in value)
    words = [_in_one_alphabet(word[0]) if re.search(_MIXED, word[0]) else word[0] for word in _WORD.finditer(narrow)]
    if None in words:
        return None
    found = iter(words)
    plain = _WORD.sub(lambda _: next(found) or "", narrow)
    return plain if plain != value else None


def _in_one_alphabet(word: str) -> str | None:
    """The word in Latin letters if all its letters look Latin, else in its other alphabet if all look like that."""
    latin = [_in_alphabet(letter, alphabet=_LATIN) for letter in word]
    if None not in latin:
        return "".join(filter(None, latin))
    others = [letter for letter in word if re.match(f"[{_OTHER}]", letter)]
    block = next(each for each in _BLOCKS if re.match(f"[{each}]", others[0]))
    other = [_in_alphabet(letter, alphabet=block) for letter in word]
    return None if None in other else "".join(filter(None, other))


def _in_alphabet(letter: str, *, alphabet: str) -> str | None:
    """The letter, or its look-alike in this alphabet."""
    if re.match(f"[{alphabet}]", letter):
        return letter
    looks = _table().get(letter, letter)
    alike = [each for each in _signs_by_look().get(looks, ()) if re.match(f"[{alphabet}]", each)]
    same_case = [each for each in alike if each.isupper() == letter.isupper()]
    return min(same_case, key=lambda each: (not each.isascii(), each), default=None)


@functools.cache
def _ascii_signs() -> dict[str, str]:
    # Every file needs these: reading the whole table would take as long as reading a small file.
    return {_sign(sign): _sign(looks) for sign, looks in _pairs() if sign < _BEYOND_ASCII}


@functools.cache
def _signs_by_look() -> dict[str, list[str]]:
    """Skeleton → all signs with that skeleton, itself included."""
    found: dict[str, list[str]] = {}
    for sign, looks in _table().items():
        found.setdefault(looks, [looks]).append(sign)
    return found


@functools.cache
def _table() -> dict[str, str]:
    """Sign → its skeleton (UTS #39)."""
    return _EARLIER | {_sign(sign): _sign(looks) for sign, looks in _pairs()}


@functools.cache
def _decomposed() -> dict[str, frozenset[str]]:
    """The signs of the table that consist of a letter and its marks → those parts."""
    decomposed = {sign: unicodedata.normalize("NFD", sign) for sign in _table()}
    return {sign: frozenset(parts) for sign, parts in decomposed.items() if len(parts) > 1}


def _pairs() -> Iterator[tuple[str, str]]:
    """Each sign and its skeleton, as hexadecimal numbers."""
    lines = resources.files("enlist.core.clean.similarity").joinpath("lookalikes.txt").read_text("utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            looks, signs = line.split("\t")
            yield from ((sign, looks) for sign in signs.split(" "))


def _sign(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split(" "))
