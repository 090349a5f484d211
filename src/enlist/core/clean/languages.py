"""Names in the languages of the people who fill in files."""

from __future__ import annotations

import functools
import gettext
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from .key import fold
from .text import tidy

# The languages of the headers Enlist recognises, and those of schools around them.
LANGUAGES: Final = (
    "en", "de", "fr", "es", "it", "pt", "pt_BR", "nl", "pl", "cs", "sk", "hu", "sv", "nb_NO", "da", "fi", "et", "lv",
    "lt", "tr", "ru", "uk", "bg", "sr", "hr", "sl", "ro", "el", "he", "ar", "fa", "hi", "th", "vi", "id", "zh_CN",
    "zh_TW", "ja", "ko", "ca", "eu", "gl",
)  # fmt: skip

_ACCENTS: Final = re.compile("[\u0300-\u036f]")


def words(value: str) -> str:
    """What people write, without case, full stops and extra blanks; a dotted capital I becomes i."""
    plain = fold(tidy(value)).replace(".", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.replace("i\N{COMBINING DOT ABOVE}", "i").split())


def without_accents(name: str) -> str:
    """The name as written on a keyboard without accents."""
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", name)))


def unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The pairs as a mapping, without keys that mean two things."""
    found: dict[str, str] = {}
    similar_values = set()
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            similar_values.add(key)
    return {key: value for key, value in found.items() if key not in similar_values}


def translated(name: str, *, standard: str) -> Iterator[str]:
    """A name of an ISO standard (`iso3166-1`, …) in all LANGUAGES, with and without accents, as `words`."""
    # Many languages spell a name alike.
    for written in {catalogue.gettext(name) for catalogue in _catalogues(standard)}:
        here = words(written)
        yield here
        if not here.isascii():
            yield without_accents(here)


@functools.cache
def _catalogues(standard: str) -> tuple[gettext.NullTranslations, ...]:
    import pycountry

    there = (
        gettext.translation(standard, pycountry.LOCALES_DIR, languages=[each], fallback=True) for each in LANGUAGES
    )
    return tuple(each for each in there if isinstance(each, gettext.GNUTranslations))
