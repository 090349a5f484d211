"""Countries (ISO 3166-1) and regions (ISO 3166-2): by code, by name in many languages, by former names."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

import polars as pl

from .column import Cleaned, by_value
from .languages import translated, unambiguous, without_accents, words
from .similarity.near import nearest, offering

# Names that ISO 3166 spells differently, and older ones that it never had.
_COUNTRY_NAMES: Final = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "uae": "AE", "ksa": "SA", "drc": "CD",
    "usa": "US", "america": "US", "russia": "RU", "turkey": "TR", "czech republic": "CZ", "ivory coast": "CI",
    "cote d'ivoire": "CI", "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK", "burma": "MM", "palestine": "PS",
    "brunei": "BN", "holland": "NL", "the netherlands": "NL", "vatican": "VA", "vatican city": "VA", "holy see": "VA",
    "micronesia": "FM", "the gambia": "GM", "the bahamas": "BS", "the philippines": "PH", "east timor": "TL",
    "democratic republic of the congo": "CD", "dr congo": "CD", "republic of the congo": "CG",
    "falkland islands": "FK", "saint martin": "MF", "sint maarten": "SX", "curacao": "CW", "reunion": "RE",
    "macau": "MO", "cocos islands": "CC", "ceylon": "LK", "persia": "IR", "siam": "TH", "kampuchea": "KH",
    "rhodesia": "ZW", "россия": "RU", "сша": "US",
    "bechuanaland": "BW", "abyssinia": "ET", "british honduras": "BZ", "gdr": "DE", "frg": "DE",
    "brd": "DE", "east germany": "DE", "west germany": "DE", "deutschland (brd)": "DE",
}  # fmt: skip
_DISSOLVED_NAMES: Final = frozenset({"soviet union", "ussr", "czechoslovakia", "yugoslavia", "netherlands antilles"})
_LONGEST_CODE: Final = 3
_BETWEEN: Final = "\x1f"
_NAMES: Final = ("name", "official_name", "common_name")


def country(cells: pl.Series) -> Cleaned:
    """Countries as ISO 3166-1 alpha-2 codes, from codes of two or three letters or names, current or former.

    States that split up are bad (`country_gone`), and so is anything else (`country_unknown`, with a suggestion).
    """
    values = by_value(cells, read=lambda value: _country(value) if value else "")
    done = offering(values, cells=cells, code="country_unknown", suggest=_suggested_country)
    dissolved = [value for value in done.notes.get_column("value").unique() if words(value) in _dissolved()]
    code = pl.when(pl.col("value").is_in(dissolved)).then(pl.lit("country_gone")).otherwise("code")
    return Cleaned(values, done.notes.with_columns(code=code))


def region(cells: pl.Series, *, countries: pl.Series) -> Cleaned:
    """Regions as ISO 3166-2 codes such as CA-QC, from QC, CA-QC or a name, each in the country beside it (WL-07).

    countries: codes, "" or null if there is none; then only a full code counts. Other values are bad (`region_unknown`,
    with a suggestion).
    """
    queries = countries.fill_null("") + _BETWEEN + cells
    values = by_value(queries, read=_region)
    return offering(values, cells=cells, code="region_unknown", suggest=_suggested_region, queries=queries)


def regions_of(country: str) -> Mapping[str, str]:
    """ISO 3166-2 code → name for the regions of a country (alpha-2); empty if the standard lists none."""
    import pycountry

    return {each.code: each.name for each in pycountry.subdivisions if each.country_code == country}


def country_code(written: str) -> str | None:
    """The alpha-2 code of a country, from a code or a name; None if it is neither."""
    return _country(written)


def codes(part: str, *, country: str | None = None) -> dict[str, str]:
    """Code → English name of countries, or regions of a country (alpha-2), whose name in any language has this part.

    Source: WL-08.
    """
    if country is None:
        known, names = _foreign() | _countries(), {each: _country_name(each) for each in set(_countries().values())}
    else:
        known, names = _named_regions(country), dict(regions_of(country))
    wanted = words(part)
    found = {code for name, code in known.items() if wanted in name} | ({part.upper()} & names.keys())
    return {code: names[code] for code in sorted(found)}


def _country(value: str) -> str | None:
    name = words(value)
    # Some systems put hyphens or underscores between words.
    return _code_of(name) or _code_of(name.replace("-", " ").replace("_", " "))


def _code_of(name: str) -> str | None:
    # Names in all languages load slowly, so codes and English names come first.
    return _countries().get(name) or _former().get(name) or (None if name in _dissolved() else _foreign().get(name))


def _suggested_country(value: str) -> str | None:
    found = nearest(words(value), among=_foreign() | _countries())
    return _country_name(found[1]) if found else None


def _country_name(code: str) -> str:
    import pycountry

    known = next(each for each in pycountry.countries if each.alpha_2 == code)
    return str(getattr(known, "common_name", known.name))


def _region(query: str) -> str | None:
    country, _, cell = query.partition(_BETWEEN)
    if not cell:
        return ""
    code = words(cell).upper().replace(" ", "").replace("/", "-").replace("_", "-")
    if country:
        full = code if code.startswith(f"{country}-") else f"{country}-{code}"
        return full if full in _codes() else _named_regions(country).get(words(cell))
    return code if code in _codes() else None


def _suggested_region(query: str) -> str | None:
    country, _, cell = query.partition(_BETWEEN)
    found = nearest(words(cell), among=_named_regions(country)) if country else None
    return regions_of(country)[found[1]] if found else None


@functools.cache
def _countries() -> dict[str, str]:
    """Codes and English names → code."""
    import pycountry

    by_name = unambiguous(
        (word, each.alpha_2)
        for each in pycountry.countries
        for way in _NAMES
        if len(word := words(getattr(each, way, ""))) > _LONGEST_CODE
    )
    by_code = {code.casefold(): each.alpha_2 for each in pycountry.countries for code in (each.alpha_2, each.alpha_3)}
    return _COUNTRY_NAMES | by_name | by_code


@functools.cache
def _foreign() -> dict[str, str]:
    """Names in all languages → code, where they mean one country."""
    import pycountry

    return unambiguous(
        (word, each.alpha_2)
        for each in pycountry.countries
        for way in _NAMES
        if (name := getattr(each, way, None))
        for word in translated(name, standard="iso3166-1")
        if word not in _countries()
    )


@functools.cache
def _history() -> tuple[tuple[tuple[str, ...], str | None], ...]:
    """Each former country's names and the code of its one successor; None if there are several."""
    import pycountry

    today = {each.alpha_2 for each in pycountry.countries}
    found = []
    for each in pycountry.historic_countries:
        # ISO 3166-3 puts the successor into the last two letters of its code; AA means the same country.
        successor = each.alpha_2 if each.alpha_4.endswith("AA") else each.alpha_4[2:]
        name = words(each.name)
        short = name.partition(",")[0]
        found.append(((each.alpha_3.casefold(), name, short), successor if successor in today else None))
    return tuple(found)


@functools.cache
def _former() -> dict[str, str]:
    known = _countries()
    return unambiguous(
        (word, successor) for names, successor in _history() if successor for word in names if word not in known
    )


@functools.cache
def _dissolved() -> frozenset[str]:
    known = _countries()
    return _DISSOLVED_NAMES | {
        word for names, successor in _history() if not successor for word in names if word not in known
    }


@functools.cache
def _codes() -> frozenset[str]:
    import pycountry

    return frozenset(each.code for each in pycountry.subdivisions)


@functools.cache
def _named_regions(country: str) -> dict[str, str]:
    """Names of a country's regions in all languages → code."""
    own = {words(name): code for code, name in regions_of(country).items()}
    plain = unambiguous((without_accents(name), code) for name, code in own.items())
    foreign = unambiguous(
        (word, code)
        for code, name in regions_of(country).items()
        for word in translated(name, standard="iso3166-2")
        if word not in own
    )
    return foreign | plain | own
