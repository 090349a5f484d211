"""Plausible: in which of the usual encodings a few lines with names read like names.

Lists of names are too short for statistics of letters. What counts is whether letters stand where some language has
them, and whether most words are of one language.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Final

from .alphabets import LANGUAGES, is_unspeakable, spoken_in

# What people's lists come in, the commonest first; every other encoding can be named.
USUAL: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp932", "cp949", "euc_jp", "gb18030", "big5",
    "cp1255", "cp1256", "cp874", "cp1258", "iso8859_15", "iso8859_2", "koi8_r", "mac_roman", "cp850",
)  # fmt: skip
# The characters in everyday use come first in the tables of East Asia: the encoding of the table, its last such row.
_EVERYDAY: Final = {
    "cp932": ("euc_jp", 0xCF), "euc_jp": ("euc_jp", 0xCF), "gb18030": ("gb2312", 0xD7), "big5": ("big5", 0xC6),
    "cp949": ("euc_kr", 0xC8),
}  # fmt: skip
_JAPANESE: Final = ("cp932", "euc_jp")
_KANA: Final = re.compile("[\u3041-\u30fa]")
_CASED: Final = ("CYRILLIC", "GREEK")
_HALF_WIDE: Final = re.compile("[\uff61-\uff9f]")

_WORD: Final = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f'’‘-]*[^\W\d_]+|[\u0300-\u036f]+)*")
# Signs of texts; between letters only an apostrophe stands, and the point of Catalan.
_TYPOGRAPHY: Final = frozenset("\u00a0’‘“”„«»–—…·°\u3000、。・（）€")
_BETWEEN: Final = frozenset("\u00a0’‘–·\u3000・")
# What it costs that the encoding is not the commonest (lists have single names of everywhere), that a word is of
# another language than most, that a character is out of place, that a word is of no language.
_SELDOM, _OTHER, _ODD, _NONE = 1, 2, 4, 6


def likeliest(sample: bytes) -> list[str]:
    """Encodings that can read these bytes, the likeliest first; of those that read them alike, the commonest."""
    readings: dict[str, str] = {}
    for encoding in USUAL:
        text = _read(sample, encoding=encoding)
        if text is not None:
            readings.setdefault(text, encoding)
    ranks = {
        encoding: _strangeness(text, encoding=encoding) + _SELDOM * (encoding != USUAL[0])
        for text, encoding in readings.items()
    }
    return sorted(ranks, key=ranks.__getitem__)


def _read(sample: bytes, *, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _strangeness(text: str, *, encoding: str) -> int:
    """How little a text reads like names."""
    words = Counter(word for word in _WORD.findall(text) if not word.isascii())
    padded = f"  {text} "
    odd = sum(_is_odd(padded[place : place + 4]) for place, letter in enumerate(text) if not letter.isascii())
    unlikely = sum(_unlikely(word) * times for word, times in words.items())
    return _ODD * (odd + _rare(text, encoding=encoding)) + _mixture(words) + unlikely


def _is_odd(window: str) -> bool:
    """Whether the third character is out of place among the two before and the one after it."""
    first, before, letter, after = tuple(window)
    kind = unicodedata.category(letter)
    if kind.startswith("M"):
        return _script(before) != _script(letter) and not ("\u0300" <= letter <= "\u036f" and before.isalpha())
    if not letter.isalpha():
        return letter not in (_BETWEEN if before.isalpha() and after.isalpha() else _TYPOGRAPHY)
    if letter.isupper() and (before.islower() or (before.isupper() and after.islower())):
        return True
    if _script(letter) != "LATIN":
        return (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
    return not before.isascii() and before.isalpha() and not first.isascii() and first.isalpha()


def _mixture(words: Counter[str]) -> int:
    """What the words cost that are Latin, in the language that most of them are of."""
    latin = {word: times for word, times in words.items() if _script(word[0]) == "LATIN"}
    spoken = {word: spoken_in(word) for word in latin}
    return min(
        sum(
            times * (_NONE if not spoken[word] else _OTHER)
            for word, times in latin.items()
            if language not in spoken[word]
        )
        for language in LANGUAGES
    )


def _unlikely(word: str) -> int:
    """What a word of another script costs: one that cannot be spoken, or, of a name's scripts, has no capital."""
    script = _script(word[0])
    if script == "LATIN":
        return 0
    return _NONE * is_unspeakable(word, script=script) + _OTHER * (script in _CASED and word.islower())


def _rare(text: str, *, encoding: str) -> int:
    """How many characters of East Asia are of no everyday use, or of another language than the encoding's."""
    if encoding not in _EVERYDAY:
        return 0
    table, last = _EVERYDAY[encoding]
    strange = _HALF_WIDE.findall(text) if encoding in _JAPANESE else _KANA.findall(text)
    return len(strange) + sum(times for each, times in Counter(text).items() if _is_rare(each, table=table, last=last))


@cache
def _is_rare(letter: str, *, table: str, last: int) -> bool:
    if letter.isascii() or _HALF_WIDE.match(letter):
        return False
    try:
        return letter.encode(table)[0] > last
    except UnicodeEncodeError:
        return True


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
