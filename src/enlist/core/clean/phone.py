"""Phone numbers: kept as written, with a warning for impossible ones (ITU-T E.164, by the phonenumbers library)."""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from .column import Cleaned, by_value
from .text import text

_PLAIN: Final = r"^\+?[0-9 ()/.\u2010-\u2015-]+$"
_SIGNS: Final = r"[^0-9+]"
# All that can be checked without a country: shorter numbers are extensions, longer ones don't exist.
_FEWEST, _MOST = 3, 15


def phone(cells: pl.Series) -> Cleaned:
    """Numbers as written, tidied; those impossible everywhere get a warning (`phone_odd`)."""
    tidied = text(cells)
    values = tidied.values
    at = (~(accepted_at_once(values) | (values == ""))).arg_true()
    if at.is_empty():
        return tidied
    part = values.gather(at)
    verdict = by_value(part, read=lambda value: "" if _is_possible(value) else "odd")
    odd = pl.repeat(value=False, n=len(cells), dtype=pl.Boolean(), eager=True).scatter(at, verdict == "odd")
    return tidied.noting(odd, code="phone_odd", value=values)


def accepted_at_once(cells: pl.Series) -> pl.Series:
    """Where digits alone show a possible number: its country has numbers of that length, or any may (Boolean)."""
    digits = cells.str.replace_all(_SIGNS, "")
    code = digits.str.extract(rf"^\+({_calling_codes()})")
    length = digits.str.len_chars().cast(pl.Int64)
    is_abroad = (code + ":" + (length - 1).cast(pl.String)).is_in(list(_lengths()))
    is_at_home = ~digits.str.starts_with("+") & length.is_between(_FEWEST, _MOST)
    return cells.str.contains(_PLAIN) & (is_abroad.fill_null(value=False) | is_at_home)


@cache
def _calling_codes() -> str:
    import phonenumbers

    return "|".join(map(str, sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE, reverse=True)))


@cache
def _lengths() -> frozenset[str]:
    """Calling code and number of digits (the code included) of possible numbers."""
    import phonenumbers

    found = set()
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        main = regions[0]
        known = (
            phonenumbers.PhoneMetadata.metadata_for_nongeo_region(code)
            if main == "001"
            else phonenumbers.PhoneMetadata.metadata_for_region(main)
        )
        lengths = known.general_desc.possible_length if known and known.general_desc else ()
        found |= {f"{code}:{length + len(str(code))}" for length in lengths if length > 0}
    return frozenset(found)


def _is_possible(value: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, None))
    except phonenumbers.NumberParseException:
        pass
    try:
        # Any country's rules can distinguish an extension or letters from nonsense.
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        return False
    digits = sum(map(str.isdigit, value)) if number.extension is None else _FEWEST
    return not value.startswith("+") and len(str(number.national_number)) >= _FEWEST and digits <= _MOST
