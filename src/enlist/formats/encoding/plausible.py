"""Plausible encodings: those in which a few lines of names look like names.

Lists of names are too short for letter statistics. What counts is whether letters are where some language has them,
and whether most words are of one language.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Final

from .alphabets import LANGUAGES, is_unpronounceable, languages_of

# Common encodings of people's lists, the most common first; any other encoding can be named.
USUAL: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp932", "cp949", "euc_jp", "gb18030", "big5",
    "cp1255", "cp1256", "cp874", "cp1258", "iso8859_15", "iso8859_2", "koi8_r", "mac_roman", "cp850",
)  # fmt: skip
# East Asian tables begin with everyday characters: the encoding of the table, and its last such row.
_EVERYDAY: Final = {
    "cp932": ("euc_jp", 0xCF), "euc_jp": ("euc_jp", 0xCF), "gb18030": ("gb2312", 0xD7), "big5": ("big5", 0xC6),
    "cp949": ("euc_kr", 0xC8),
}  # fmt: skip
_JAPANESE: Final = ("cp932", "euc_jp")
_KANA: Final = re.compile("[\u3041-\u30fa]")
_CASED: Final = ("CYRILLIC", "GREEK")
_HALF_WIDE: Final = re.compile("[\uff61-\uff9f]")

# Vowels and tones of Thai are marks within its words.
_MARKS: Final = "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_WORD: Final = re.compile(rf"[^\W\d_]+(?:[{_MARKS}'’‘-]*[^\W\d_]+|[{_MARKS}]+)*")
# Raised, broken and abbreviated numbers, and the sign for a millionth: letters only by their category.
_ORDINALS: Final = "ºªµˇˆ"
_NUMBERS: Final = re.compile(f"[{_ORDINALS}²³¹¼½¾]")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
# Shorter words show nothing about an encoding: “£” in cp1252 is “Ł” in cp1250.
_SHORTEST_NAME: Final = 3
_SHORTEST_WORD: Final = 6
# Signs of texts; between letters there are only apostrophes, and the point of Catalan.
_TYPOGRAPHY: Final = frozenset("\u00a0’‘“”„«»–—…·°\u3000、。・（）€")
_BETWEEN: Final = frozenset("\u00a0’‘–·\u3000・")
# Signs where people write them: they aren't evidence for letters of another encoding. Signs elsewhere are: “£ukasz”.
_SIGNS: Final = re.compile(
    r"[£¥¢](?=[ \u00a0]?\d)|(?<=\d)[£¥¢½¼¾²³ºª‰](?![^\W\d_])|(?<=\d )[£¥½¼¾](?!\w)"  # prices, halves, ordinals
    r"|(?<!\w)[£¥½¼¾±×÷©®•§¶†‡](?![^\W\d_])|(?<=\d)[×÷±](?=\d)|(?<=[^\W\d_])[®©™](?!\w)"
    r"|(?<=\b\w)[ºª](?!\w)|(?<=\b\w\w)[ºª](?!\w)|(?<=\.)[ºª]"  # Mª, Nº, Dr.ª
    r"|(?<![^\W\d_])µ(?=[A-Za-z]{1,2}\b)|(?<=\bm)[²³]|(?<=\b[kcdm]m)[²³]|(?<=[^\W\d_])´(?=[^\W\d_])"  # units
    r"|(?<!\w)¿(?=[^\W\d_][^?\n]*\?)|(?<!\w)¡(?=[^\W\d_][^!\n]*!)"  # Spanish questions
)
_ALPHABETS: Final = ("CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI")
# Penalties for an encoding that isn't the most common (any list may have a single foreign name), for a word of another
# language than most, for a character out of place, and for a word of no language.
_SELDOM, _OTHER, _ODD, _NONE = 1, 2, 4, 6


def likeliest(sample: bytes) -> list[str]:
    """Encodings that can read these bytes, the likeliest first; of those with equal results, the most common."""
    readings: dict[str, str] = {}
    for encoding in USUAL:
        text = _read(sample, encoding=encoding)
        if text is not None:
            readings.setdefault(text, encoding)
    western = sample.decode(USUAL[0], "replace")
    ranks = {
        encoding: _penalty(text, encoding=encoding, western=western)
        + (_SELDOM + _ODD * _unproven(text, western=western)) * (encoding != USUAL[0])
        for text, encoding in readings.items()
    }
    return sorted(ranks, key=ranks.__getitem__)


def _read(sample: bytes, *, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _penalty(text: str, *, encoding: str, western: str) -> int:
    """How little a text looks like names; western: the same bytes in the most common encoding."""
    text = _without_signs(text, western=western)
    words = Counter(word for word in _WORD.findall(_NUMBERS.sub(" ", text)) if not word.isascii())
    padded = f"  {text} "
    odd = sum(_is_odd(padded[place : place + 4]) for place, letter in enumerate(text) if not letter.isascii())
    unlikely = sum(_unlikely(word) * times for word, times in words.items())
    return _ODD * (odd + _rare(text, encoding=encoding)) + _mixture(words) + unlikely


def _without_signs(text: str, *, western: str) -> str:
    """The text without signs in their place, unless they are only signs in another encoding."""
    is_same = len(text) == len(western)
    return _SIGNS.sub(lambda found: " " if is_same and western[found.start()] == found[0] else found[0], text)


def _unproven(text: str, *, western: str) -> int:
    """How many letters, signs in the most common encoding, aren't part of a word that looks like a name or a word."""
    if len(text) != len(western):
        return 0
    count = 0
    for found in _LETTERS.finditer(text):
        word, start, end = found[0], found.start(), found.end()
        if word.isascii() or _script(word[0]) != "LATIN":
            continue
        is_name = len(word) >= _SHORTEST_NAME and (word.istitle() or word.isupper())
        beside = text[start - 1 : start] + text[end : end + 1]
        if not (is_name or len(word) >= _SHORTEST_WORD) or any(map(str.isdecimal, beside)):
            count += sum(not letter.isalpha() or letter in _ORDINALS for letter in western[start:end])
    return count


def _is_odd(window: str) -> bool:
    """Whether the third character is out of place between its neighbours."""
    first, before, letter, after = tuple(window)
    kind = unicodedata.category(letter)
    if kind.startswith("M"):
        return _script(before) != _script(letter) and not ("\u0300" <= letter <= "\u036f" and before.isalpha())
    if not letter.isalpha() or letter in _ORDINALS:
        return letter not in (_BETWEEN if before.isalpha() and after.isalpha() else _TYPOGRAPHY)
    if letter.isupper() and (before.islower() or (before.isupper() and after.islower())):
        return True
    if _script(letter) != "LATIN":
        return (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
    return not before.isascii() and before.isalpha() and not first.isascii() and first.isalpha()


def _mixture(words: Counter[str]) -> int:
    """The penalty of the Latin words, in the language of most of them."""
    latin = {word: times for word, times in words.items() if _script(word[0]) == "LATIN"}
    languages = {word: languages_of(word) for word in latin}
    return min(
        sum(
            times * (_NONE if not languages[word] else _OTHER)
            for word, times in latin.items()
            if language not in languages[word]
        )
        for language in LANGUAGES
    )


def _unlikely(word: str) -> int:
    """The penalty of a word of another script: of one letter, without a vowel, or without a capital that it needs."""
    script = _script(word[0])
    if script == "LATIN":
        return 0
    if len(word) == 1 and script in _ALPHABETS:
        return _ODD
    return _NONE * is_unpronounceable(word, script=script) + _OTHER * (script in _CASED and word.islower())


def _rare(text: str, *, encoding: str) -> int:
    """How many East Asian characters are uncommon, or belong to another language than the encoding."""
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
