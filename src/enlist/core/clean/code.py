"""Countries, languages, time zones, roles and choices: cells that must name one of a list (D7).

They are matched without case, by code or English name; what matches nothing is bad, and never replaced silently.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from typing import Final

import polars as pl

from enlist.core.fields import SITE_ROLES

from .column import Cleaned, by_value, no_notes
from .key import fold
from .text import tidy

# Short English names that ISO 3166-1 spells otherwise.
_COUNTRY_NAMES: Final = {
    "uk": "GB", "great britain": "GB", "usa": "US", "russia": "RU", "turkey": "TR", "czech republic": "CZ",
    "ivory coast": "CI", "cote d'ivoire": "CI", "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK", "burma": "MM",
    "palestine": "PS", "brunei": "BN", "holland": "NL", "the netherlands": "NL", "vatican": "VA", "vatican city": "VA",
    "holy see": "VA", "micronesia": "FM", "the gambia": "GM", "the bahamas": "BS", "the philippines": "PH",
    "east timor": "TL", "democratic republic of the congo": "CD", "dr congo": "CD", "republic of the congo": "CG",
    "falkland islands": "FK", "saint martin": "MF", "sint maarten": "SX", "curacao": "CW", "reunion": "RE",
    "macau": "MO", "cocos islands": "CC",
}  # fmt: skip
_LANGUAGE_NAMES: Final = {
    "greek": "el", "malay": "ms", "nepali": "ne", "swahili": "sw", "odia": "or", "punjabi": "pa", "farsi": "fa",
    "castilian": "es", "flemish": "nl", "mandarin": "zh", "occitan": "oc", "interlingua": "ia", "gaelic": "gd",
}  # fmt: skip
# ISO 639-1: reading the whole standard takes longer than planning a small file.
_ISO_639_1: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it "
    "iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt "
    "my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk "
    "sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi "
    "yo za zh zu "
)
TWO_LETTER_LANGUAGES: Final = frozenset(_ISO_639_1.split())
_SITE_ROLE_NAMES: Final = {"student": "learner", "teacher": "instructor", "administrator": "admin"}
# In the languages of the headers we know.
_YES: Final = (
    "1 yes y true on ja wahr oui vrai sí si verdadero vero sim verdadeiro waar tak prawda ano pravda sand sann kyllä "
    "evet doğru да истина 是 はい"
)
_NO: Final = (
    "0 no n false off nein falsch non faux falso não nao nee onwaar nie fałsz ne nepravda nej nei falsk ei hayır "
    "yanlış нет ложь 否 いいえ"
)
_BOOLEANS: Final = {fold(word): value for words, value in ((_YES, "1"), (_NO, "0")) for word in words.split()}

_LANGUAGE_CODE: Final = re.compile(r"(?P<language>[a-z]{2,3})(?P<rest>(?:_[a-z0-9]{1,8})*)")
_OFFSET: Final = re.compile(r"(?P<sign>[+-]?)0?(?P<hours>\d|1[0-3])(?:[.,](?P<half>[05])0?)?")
_SERVER_ZONE: Final = "99"
_FURTHEST: Final = 13.0
_MOST_SHOWN: Final = 10
_LONGEST_CODE: Final = 3


def country(cells: pl.Series) -> Cleaned:
    """Countries as ISO 3166-1 alpha-2 codes, out of codes of two or three letters or English names."""
    return _one_of(cells, read=lambda value: _countries().get(_words(value)), code="country_unknown")


def language(cells: pl.Series) -> Cleaned:
    """Languages as codes such as en or pt_br (ISO 639, then region or variant), out of codes or English names."""
    return _one_of(cells, read=_language, code="language_unknown")


def time_zone(cells: pl.Series) -> Cleaned:
    """Time zones as IANA names, offsets from −13 to 13 hours in halves, or 99, the server's zone (§1.2)."""
    return _one_of(cells, read=_time_zone, code="timezone_unknown")


def site_role(cells: pl.Series) -> Cleaned:
    """Roles on the site, by their names or the usual words for them."""
    roles = {**{role: role for role in SITE_ROLES}, **_SITE_ROLE_NAMES}
    detail = ", ".join(SITE_ROLES)
    return _one_of(cells, read=lambda value: roles.get(_words(value)), code="site_role_unknown", detail=detail)


def boolean(cells: pl.Series, *, unknown: str = "boolean_unknown") -> Cleaned:
    """Yes and no as "1" and "0", out of 1, 0 and the words for both (D2); anything else is bad (`unknown`)."""
    return _one_of(cells, read=lambda value: _BOOLEANS.get(_words(value)), code=unknown)


def choice(cells: pl.Series, *, options: Sequence[str], unknown: str) -> Cleaned:
    """Options of a choice field: spelt alike, else without case where that means one of them.

    unknown: the policy's unknown_choice. `first_option` replaces what is no option (`choice_replaced`, NE-14),
    `leave_unchanged` leaves the cell out (`choice_left`); otherwise the cell is bad (`choice_unknown`).
    """
    exact = {option: option for option in (*options, "")}
    folded = _unambiguous((fold(tidy(option)), option) for option in options)
    values = by_value(cells, read=lambda value: exact.get(value, folded.get(fold(tidy(value)))))
    stray, detail = values.is_null(), _shown(options)
    known = Cleaned(values, no_notes())
    match unknown:
        case "first_option" if options:
            replaced = Cleaned(values.fill_null(options[0]), no_notes())
            return replaced.noting(stray, code="choice_replaced", value=cells, detail=options[0])
        case "leave_unchanged":
            return known.noting(stray, code="choice_left", value=cells, detail=detail)
        case _:
            return known.without(stray, code="choice_unknown", value=cells, detail=detail)


def _shown(options: Sequence[str]) -> str:
    more = "" if len(options) <= _MOST_SHOWN else f" and {len(options) - _MOST_SHOWN} more"
    return ", ".join(options[:_MOST_SHOWN]) + more


def _one_of(cells: pl.Series, *, read: Callable[[str], str | None], code: str, detail: str | None = None) -> Cleaned:
    values = by_value(cells, read=lambda value: read(value) if value else "")
    return Cleaned(values, no_notes()).without(values.is_null(), code=code, value=cells, detail=detail)


def _language(value: str) -> str | None:
    words = _words(value)
    if found := _LANGUAGE_CODE.fullmatch(words.replace("-", "_")):
        code = found["language"]
        language = code if code in TWO_LETTER_LANGUAGES else _languages().get(code)
        return language and language + found["rest"]
    return _languages().get(words)


def _time_zone(value: str) -> str | None:
    if offset := _OFFSET.fullmatch(value.replace("\N{MINUS SIGN}", "-")):
        return _offset(offset)
    return value if value == _SERVER_ZONE else _zones().get("_".join(_words(value).split()))


def _offset(found: re.Match[str]) -> str | None:
    hours = float(f"{found['hours']}.{found['half'] or 0}")
    sign = "-" if found["sign"] == "-" and hours else ""
    return f"{sign}{hours:g}" if hours <= _FURTHEST else None


def _words(value: str) -> str:
    """What people write, without case, full stops and odd blanks; a capital dotted I is an i."""
    plain = fold(tidy(value)).replace(".", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.replace("i\N{COMBINING DOT ABOVE}", "i").split())


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The pairs as a mapping, without the keys that would mean two things."""
    found: dict[str, str] = {}
    twins = set()
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            twins.add(key)
    return {key: value for key, value in found.items() if key not in twins}


def _named(records: Iterable[object], *, codes: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """What people write for each record → its code, the first of `codes` that it has. A code wins over a name."""
    known = [(record, _words_of(record, ways=codes)[0]) for record in records]
    # A language called E or En would catch what was meant as a code.
    by_name = _unambiguous(
        (word, code) for record, code in known for word in _words_of(record, ways=names) if len(word) > _LONGEST_CODE
    )
    return by_name | {word: code for record, code in known for word in _words_of(record, ways=codes)}


def _words_of(record: object, *, ways: Sequence[str]) -> list[str]:
    return [_words(word) for way in ways if (word := getattr(record, way, None))]


@functools.cache
def _countries() -> dict[str, str]:
    import pycountry

    names = ("name", "official_name", "common_name")
    named = _named(pycountry.countries, codes=("alpha_2", "alpha_3"), names=names)
    return _COUNTRY_NAMES | {word: code.upper() for word, code in named.items()}


@functools.cache
def _languages() -> dict[str, str]:
    import pycountry

    names = ("name", "common_name", "inverted_name")
    codes = ("alpha_2", "alpha_3", "bibliographic")
    return _LANGUAGE_NAMES | _named(pycountry.languages, codes=codes, names=names)


@functools.cache
def _zones() -> dict[str, str]:
    # The package's own list: what a machine has installed must not decide what a file means.
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {name.casefold(): name for name in names}
