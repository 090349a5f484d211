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
_ANGLES: Final = re.compile(r"<([^<>]*@[^<>]*)>")
_SCHEME: Final = re.compile(r"(?i)^(?:mailto|smtp|sip):\s*")
# A link of a web page or of a database: [a@b](mailto:a@b), a@b#mailto:a@b#.
_LINK: Final = re.compile(r"(?i)^\[?([^\s\[\]#@]+@[^\s\[\]#@]+?)\]?(?:\(mailto:[^()]*\)|#(?:mailto:)?[^#]*#)$")
# “a@b (private)”
_REMARK: Final = re.compile(r"(?<=\S)\s+\([^()@]*\)$")
_AROUND: Final = " \t\xa0'\"`´“”„‘’‚«»‹›<>()[],;"
_BETWEEN: Final = re.compile(r"\s*[;,/|\n]\s*|\s+(?:and|und|et|y|e|or|oder|ou|o|&)\s+|(?<=\S)\s+(?=\S+@)")
_AT: Final = re.compile(r"(?i)\s*[(\[{]\s*(?:at|@|ät)\s*[)\]}]\s*|\s+at\s+")
_DOT: Final = re.compile(r"(?i)\s*[(\[{]\s*(?:dot|punkt|point|punto|\.)\s*[)\]}]\s*|\s+dot\s+")
# In quotation marks a backslash may only precede ASCII (RFC 5321, 4.1.2); the library allows others.
_ESCAPED_LETTER: Final = re.compile(r"\\[^\x00-\x7f]")


def email(cells: pl.Series) -> Cleaned:
    """Addresses, their domain lower-cased and decoded; other values are bad (`email_bad`, with the reason)."""
    rest = (~(accepted_at_once(cells) | (cells == ""))).arg_true()
    if rest.is_empty():
        return Cleaned(cells, no_notes())
    part = cells.gather(rest)
    values, faults = _judged(part)
    odd = values.is_null().arg_true()
    if odd.is_empty():
        return Cleaned(scattered(cells, at=rest, values=values), no_notes())
    repaired = _repaired(part.gather(odd), faults=faults.gather(odd), places=rest.gather(odd))
    values = scattered(values, at=odd, values=repaired.values)
    return Cleaned(scattered(cells, at=rest, values=values), repaired.notes)


def _repaired(cells: pl.Series, *, faults: pl.Series, places: pl.Series) -> Cleaned:
    """Addresses out of what is written around them; for the other cells null and a note, with what was meant."""
    values = _judged(by_value(cells, read=_unwrapped))[0]
    several, likely = by_value(cells, read=_first_of_several), by_value(cells, read=_likely)
    is_bad, is_several = values.is_null(), several.is_not_null()
    is_near = is_bad & ~is_several & likely.is_not_null()
    notes = [
        note(~is_bad, code="email_unwrapped", value=cells, detail=values, places=places),
        note(is_bad & is_several, code="email_several", value=cells, detail=several, places=places),
        note(is_near, code="email_bad_like", value=cells, detail=likely, places=places),
        note(is_bad & ~is_several & ~is_near, code="email_bad", value=cells, detail=faults, places=places),
    ]
    return Cleaned(values, pl.concat(notes).sort("at", maintain_order=True))


def _unwrapped(value: str) -> str:
    """An address without what mail programs write around it: a name, <>, mailto:, quotation marks, a last comma."""
    found = _ANGLES.findall(value)
    inner = found[0] if len(found) == 1 else _REMARK.sub("", value.replace("＠", "@"))
    if link := _LINK.match(inner.strip()):
        inner = link[1]
    plain = _SCHEME.sub("", inner.strip(_AROUND)).partition("?")[0].strip(_AROUND)
    return plain if plain.count("@") == 1 and '"' not in plain else value


def _first_of_several(value: str) -> str | None:
    """The first address of a cell that holds several; null if it holds one or none."""
    found = [plain for piece in _BETWEEN.split(value) if _verdict(plain := _unwrapped(piece.strip()))[0]]
    return found[0] if len(found) > 1 else None


def _likely(value: str) -> str | None:
    """The address that was probably meant: without blanks, with @ for (at), with one @ and points for commas."""
    near = _DOT.sub(".", _AT.sub("@", _unwrapped(value)))
    near = re.sub(r"\s+", "", near).replace(",", ".").strip(".")
    near = re.sub(r"@+", "@", re.sub(r"\.{2,}", ".", near))
    return near if near != value and _verdict(near)[0] == near else None


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
