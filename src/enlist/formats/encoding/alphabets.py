"""Alphabets: which letters words of a language may have."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# The letters beyond ASCII in a language's names; after |, rules for letters that are not allowed everywhere.
_LATIN: Final = {
    "German": "äöüß",
    "French": "àâçéèêëîïôœùûüÿ",
    "Spanish": "áéíñóúü",
    "Italian": "àèéìîòóù",
    "Portuguese": "àáâçéêíóôúü|ã(?=[oe]|s?$)|õ(?=e)",
    "Catalan": "àçèéíïòóúü",
    "Dutch": "áéèëïíóöü",
    "Swedish": "åäöéü",
    "Danish": "æøåéöäü",
    "Icelandic": "áéíóúýæö|þ(?<=^.)|ð(?<!^.)",
    "Albanian": "çë",
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Croatian": "čćđšž",
    "Romanian": "ăâîșşțţ",
    "Turkish": "çğıöşüâîû",
    "Latvian": "āčēģīķļņšūž",
    "Lithuanian": "ąčęėįšųūž",
    "Estonian": "äöüšž|õ(?!$)",
}
# Words are syllables, and some letters are never used.
_VIETNAMESE: Final = re.compile(
    "[abcdeghiklmnopqrstuvxyàáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]{1,7}"
)
_WORDS: Final = {
    language: re.compile("(?:[a-z'’‘-]|{})+".format("|".join([f"[{letters}]", *rules])))
    for language, (letters, *rules) in ((name, given.split("|")) for name, given in _LATIN.items())
} | {"Vietnamese": _VIETNAMESE}
LANGUAGES: Final = tuple(_WORDS)

# Vowels, in scripts where every word has one.
_VOWELS: Final = {"CYRILLIC": re.compile("[аеёиіїоуыэюяєъ]"), "GREEK": re.compile("[αεηιουω]")}
# Letters that have a different form at the end of a word.
_WITHIN: Final = re.compile("[ךםןףץς](?=.)|σ$")


def languages_of(word: str) -> frozenset[str]:
    """The languages of LANGUAGES in which all letters of a Latin word are allowed where they are."""
    # A capital dotted I lower-cases to a sequence that is in no alphabet.
    plain = unicodedata.normalize("NFC", word).replace("İ", "i").lower()
    return frozenset(language for language, pattern in _WORDS.items() if pattern.fullmatch(plain))


def is_unpronounceable(word: str, *, script: str) -> bool:
    """Whether a word of a script (LATIN, CYRILLIC, GREEK, HEBREW, …) has no vowel, or a letter's form is misplaced."""
    bare = "".join(each for each in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(each))
    vowels = _VOWELS.get(script)
    return bool((vowels and len(word) > 1 and not vowels.search(bare)) or _WITHIN.search(word))
