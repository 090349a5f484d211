"""E-mail addresses: a strict expression accepts the usual ones, email-validator decides about the rest."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from .column import Cleaned, by_value, no_notes, note, scattered
from .text import hidden_characters

_ATOM: Final = r"[A-Za-z0-9_!#$%&'*+/=?^`{|}~-]+"
_LOCAL: Final = rf"{_ATOM}(?:\.{_ATOM})*"
# No two hyphens in a row: such a label is an encoded name or invalid.
_ADDRESS: Final = rf"^{_LOCAL}@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{{2,}}$"
_SPECIAL_USE: Final = r"\.(?:arpa|invalid|local|localhost|onion|test)$"
# In an address this short no label can exceed its limit (63 octets).
_SHORT: Final = 64
_LONGEST: Final = 254
# In quotation marks a backslash may only precede ASCII (RFC 5321, 4.1.2); the library allows others.
_ESCAPED_LETTER: Final = re.compile(r"\\[^\x00-\x7f]")


def email(cells: pl.Series) -> Cleaned:
    """Addresses, their domain lower-cased and decoded; other values are bad (`email_bad`, with the reason)."""
    rest = (~(accepted_at_once(cells) | (cells == ""))).arg_true()
    if rest.is_empty():
        return Cleaned(cells, no_notes())
    part = cells.gather(rest)
    values, faults = _judged(part)
    notes = note(values.is_null(), code="email_bad", value=part, detail=faults, places=rest)
    return Cleaned(scattered(cells, at=rest, values=values), notes)


def accepted_at_once(cells: pl.Series) -> pl.Series:
    """Where the expression alone accepts an address as clean (Boolean)."""
    fits = cells.str.contains(_ADDRESS) & (cells.str.len_bytes() <= _SHORT)
    return fits & ~cells.str.contains(_SPECIAL_USE)


def _judged(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The addresses in normal form (null if bad), and what is wrong with the bad ones.

    Where the local part is plain, only the domain matters, and a file has few of those.
    """
    halves = cells.str.extract_groups(rf"^({_LOCAL})@([^@]+)$").struct
    local, domain = halves.field("1"), halves.field("2")
    is_plain = local.is_not_null() & (cells.str.len_bytes() <= _LONGEST)
    checked = cells.zip_with(~is_plain, "x@" + domain)
    verdicts = {value: _verdict(value) for value in checked.unique()}
    normal = by_value(checked, read=lambda value: verdicts[value][0])
    faults = by_value(checked, read=lambda value: verdicts[value][1])
    return normal.zip_with(~is_plain, local + normal.str.strip_prefix("x")), faults


def _verdict(value: str) -> tuple[str | None, str | None]:
    """The address in its normal form, or what is wrong with it."""
    import email_validator

    if len(value) > _LONGEST:
        return None, f"It has more than {_LONGEST} characters."
    if hidden := hidden_characters(value):
        return None, f"It holds characters that nobody sees ({hidden})."
    if _ESCAPED_LETTER.search(value):
        return None, "It holds a backslash before a letter beyond ASCII."
    try:
        found = email_validator.validate_email(value, check_deliverability=False, allow_quoted_local=True)
        return found.normalized, None
    except email_validator.EmailNotValidError as error:
        return None, str(error)
