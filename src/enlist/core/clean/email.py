"""E-mail addresses: a strict expression accepts the usual ones at once, email-validator decides about the rest."""

from __future__ import annotations

from typing import Final

import polars as pl

from .column import Cleaned, by_value, no_notes, note, scattered
from .text import hidden_characters

_ATOM: Final = r"[A-Za-z0-9_!#$%&'*+/=?^`{|}~-]+"
# No two dashes side by side: such a label is an encoded name, or none.
_ADDRESS: Final = rf"^{_ATOM}(?:\.{_ATOM})*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{{2,}}$"
_SPECIAL_USE: Final = r"\.(?:arpa|invalid|local|localhost|onion|test)$"
# In so short an address no part can be longer than a label may be (63 octets).
_SHORT: Final = 64
_LONGEST: Final = 254


def email(cells: pl.Series) -> Cleaned:
    """Addresses, their domain in lower case and decoded; what is no address is bad (`email_bad`, with the reason)."""
    rest = (~(accepted_at_once(cells) | (cells == ""))).arg_true()
    if rest.is_empty():
        return Cleaned(cells, no_notes())
    part = _lower_domains(cells.gather(rest))
    doubtful = (~accepted_at_once(part)).arg_true()
    doubted = part.gather(doubtful)
    valid = by_value(doubted, read=_normal)
    bad = valid.is_null()
    return Cleaned(
        scattered(cells, at=rest, values=scattered(part, at=doubtful, values=valid)),
        note(bad, code="email_bad", value=doubted, detail=_faults(doubted, bad=bad), places=rest.gather(doubtful)),
    )


def accepted_at_once(cells: pl.Series) -> pl.Series:
    """Where the expression alone knows a clean address (Boolean)."""
    fits = cells.str.contains(_ADDRESS) & (cells.str.len_bytes() <= _SHORT)
    return fits & ~cells.str.contains(_SPECIAL_USE)


def _lower_domains(cells: pl.Series) -> pl.Series:
    # Only ASCII domains: email-validator folds the others as IDNA says.
    parts = cells.str.extract_groups(r"^([^@]*@)([A-Za-z0-9.-]+)$").struct
    lowered = parts.field("1") + parts.field("2").str.to_lowercase()
    return cells.zip_with(lowered.is_null(), lowered)


def _faults(cells: pl.Series, *, bad: pl.Series) -> pl.Series:
    return by_value(cells.set(~bad, None), read=lambda value: _read(value)[1])


def _normal(value: str) -> str | None:
    return _read(value)[0]


def _read(value: str) -> tuple[str | None, str | None]:
    """The address in its normal form, or what is wrong with it."""
    import email_validator

    if len(value) > _LONGEST:
        return None, f"It has more than {_LONGEST} characters."
    if hidden := hidden_characters(value):
        return None, f"It holds characters that nobody sees ({hidden})."
    try:
        return email_validator.validate_email(value, check_deliverability=False).normalized, None
    except email_validator.EmailNotValidError as error:
        return None, str(error)
