"""Languages, time zones, roles, yes and no, choices: cells that must match an entry of a list (D7).

They match by code or name, ignoring case. A value that matches nothing is bad and never replaced silently; the nearest
entry is suggested.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import resources
from typing import Final

import polars as pl

from enlist.core.fields.fields import SITE_ROLES

from .column import Cleaned, by_value, no_notes, note
from .key import fold
from .languages import translated, unambiguous, words
from .similarity.near import nearest, offering
from .text import tidy

_LANGUAGE_NAMES: Final = {
    "greek": "el", "malay": "ms", "nepali": "ne", "swahili": "sw", "odia": "or", "punjabi": "pa", "farsi": "fa",
    "castilian": "es", "flemish": "nl", "mandarin": "zh", "occitan": "oc", "interlingua": "ia", "gaelic": "gd",
}  # fmt: skip
# Listed here because loading the whole standard takes longer than planning a small file.
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
# In the languages of the headers Enlist recognises.
_YES: Final = (
    "1 yes y true on ja wahr oui vrai sí si verdadero vero sim verdadeiro waar tak prawda ano áno pravda sand sann "
    "kyllä evet doğru igen da ναι да истина так כן نعم 是 はい 예"
)
_NO: Final = (
    "0 no n false off nein falsch non faux falso não nao nee onwaar nie fałsz ne nepravda nej nei falsk ei hayır "
    "yanlış nem nu όχι нет ложь ні לא لا 否 いいえ 아니오"
)
_BOOLEANS: Final = {fold(word): value for spellings, value in ((_YES, "1"), (_NO, "0")) for word in spellings.split()}

_LANGUAGE_CODE: Final = re.compile(r"(?P<language>[a-z]{2,3})(?P<rest>(?:_[a-z0-9]{1,8})*)")
_OFFSET: Final = re.compile(r"(?P<sign>[+-]?)0?(?P<hours>\d|1[0-3])(?:[.,](?P<half>[05])0?)?")
_SERVER_ZONE: Final = "99"
_GREATEST_OFFSET: Final = 13.0
_MOST_LISTED: Final = 10
# How people read and type the one option that may be blank (NE-14).
BLANK: Final = "(blank)"
_LONGEST_CODE: Final = 3


def language(cells: pl.Series) -> Cleaned:
    """Languages as codes such as en or pt_br (ISO 639, then region or variant), from codes or names."""
    values = by_value(cells, read=lambda value: _language(value) if value else "")
    return offering(values, cells=cells, code="language_unknown", suggest=_suggested_language)


def time_zone(cells: pl.Series) -> Cleaned:
    """Time zones as IANA names, offsets from −13 to 13 hours in half hours, or 99 for the server's zone (§1.2)."""
    values = by_value(cells, read=lambda value: _time_zone(value) if value else "")
    return offering(values, cells=cells, code="timezone_unknown", suggest=_suggested_zone)


def site_role(cells: pl.Series) -> Cleaned:
    """Roles on the site, from their names or common synonyms."""
    roles = {**{role: role for role in SITE_ROLES}, **_SITE_ROLE_NAMES}
    detail = ", ".join(SITE_ROLES)
    return _one_of(cells, read=lambda value: roles.get(words(value)), code="site_role_unknown", detail=detail)


def boolean(cells: pl.Series, *, unknown: str = "boolean_unknown") -> Cleaned:
    """Yes and no as "1" and "0", from 1, 0 and the words for both (D2); anything else is bad (`unknown`)."""
    return _one_of(cells, read=yes_or_no, code=unknown)


def yes_or_no(value: str) -> str | None:
    """One value of `boolean`; null if it is neither."""
    return _BOOLEANS.get(words(value))


def choice(cells: pl.Series, *, options: Sequence[str], unknown: str) -> Cleaned:
    """Options of a choice field: an exact match first, else one that ignores case if it is unambiguous.

    unknown: the policy's unknown_choice. `first_option` replaces other values (`choice_replaced`, NE-14),
    `leave_unchanged` leaves the cell out (`choice_left`), `add_option` accepts the value, in the spelling that comes
    first (`choice_added`); otherwise the cell is bad (`choice_unknown`).
    """
    exact = {option: option for option in (*options, "")}
    folded = unambiguous((fold(tidy(option)), option) for option in options)
    values = by_value(cells, read=lambda value: exact.get(value, folded.get(fold(tidy(value)))))
    invalid, detail = values.is_null(), _listed(options)
    spelled = (values != cells).fill_null(value=False)
    known = Cleaned(values, note(spelled, code="choice_spelled", value=cells, detail=values))
    match unknown:
        case "first_option" if options:
            replaced = replace(known, values=values.fill_null(options[0]))
            return replaced.noting(invalid, code="choice_replaced", value=cells, detail=options[0] or BLANK)
        case "add_option":
            return _with_new_options(known, cells=cells, invalid=invalid)
        case "leave_unchanged":
            return known.noting(invalid, code="choice_left", value=cells, detail=detail)
        case _:
            return known.without(invalid, code="choice_unknown", value=cells, detail=detail)


def _with_new_options(known: Cleaned, *, cells: pl.Series, invalid: pl.Series) -> Cleaned:
    first: dict[str, str] = {}
    for cell in cells.filter(invalid).unique(maintain_order=True):
        first.setdefault(fold(tidy(cell)), tidy(cell))
    new = by_value(
        cells.zip_with(invalid, cells.clear().extend_constant(None, 1)), read=lambda cell: first[fold(tidy(cell))]
    )
    values = new.zip_with(invalid, known.values)
    return replace(known, values=values).noting(invalid, code="choice_added", value=new)


def _listed(options: Sequence[str]) -> str:
    more = "" if len(options) <= _MOST_LISTED else f" and {len(options) - _MOST_LISTED} more"
    return ", ".join(option or BLANK for option in options[:_MOST_LISTED]) + more


def _one_of(cells: pl.Series, *, read: Callable[[str], str | None], code: str, detail: str | None = None) -> Cleaned:
    values = by_value(cells, read=lambda value: read(value) if value else "")
    return Cleaned(values, no_notes()).without(values.is_null(), code=code, value=cells, detail=detail)


def _language(value: str) -> str | None:
    name = words(value)
    if found := _LANGUAGE_CODE.fullmatch(name.replace("-", "_")):
        code = found["language"]
        language = code if code in TWO_LETTER_LANGUAGES else _languages().get(code)
        return language and language + found["rest"]
    return _languages().get(name) or _foreign_languages().get(name)


def _suggested_language(value: str) -> str | None:
    found = nearest(words(value), among=_foreign_languages() | _usual_languages())
    return found[1] if found else None


def _time_zone(value: str) -> str | None:
    if offset := _OFFSET.fullmatch(value.replace("\N{MINUS SIGN}", "-")):
        return _offset(offset)
    return value if value == _SERVER_ZONE else _zones().get("_".join(words(value).split()))


def _suggested_zone(value: str) -> str | None:
    name = "_".join(words(value).replace("/", " / ").split()).replace("_/_", "/")
    if name in _cities():
        return _cities()[name]
    found = nearest(name, among=_zones() if "/" in name else _cities())
    return found[1] if found else None


def _offset(found: re.Match[str]) -> str | None:
    hours = float(f"{found['hours']}.{found['half'] or 0}")
    sign = "-" if found["sign"] == "-" and hours else ""
    return f"{sign}{hours:g}" if hours <= _GREATEST_OFFSET else None


@functools.cache
def _languages() -> dict[str, str]:
    """Codes and English names → code."""
    import pycountry

    known = [(each, getattr(each, "alpha_2", each.alpha_3)) for each in pycountry.languages]
    # A language called E or En must not shadow a code.
    by_name = unambiguous(
        (word, code)
        for each, code in known
        for way in ("name", "common_name", "inverted_name")
        if len(word := words(getattr(each, way, ""))) > _LONGEST_CODE
    )
    by_code = {
        written: code
        for each, code in known
        for way in ("bibliographic", "alpha_3", "alpha_2")
        if (written := getattr(each, way, None))
    }
    return _LANGUAGE_NAMES | by_name | by_code


@functools.cache
def _usual_languages() -> dict[str, str]:
    return {word: code for word, code in _languages().items() if code in TWO_LETTER_LANGUAGES}


@functools.cache
def _foreign_languages() -> dict[str, str]:
    """Names in all languages → code, for languages with a two-letter code; their own names included."""
    import pycountry

    return unambiguous(
        (word, each.alpha_2)
        for each in pycountry.languages
        if hasattr(each, "alpha_2")
        for name in translated(each.name, standard="iso639-3")
        for word in (name, name.partition(";")[0].partition(" (")[0])
        if word not in _languages()
    )


@functools.cache
def _zones() -> dict[str, str]:
    # The package's own list, so that the machine does not decide what a file means.
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {name.casefold(): name for name in names}


@functools.cache
def _cities() -> dict[str, str]:
    """City, the last part of a zone's name → zone, where only one zone has it."""
    return unambiguous((name.casefold().rpartition("/")[2], name) for name in _zones().values() if "/" in name)
