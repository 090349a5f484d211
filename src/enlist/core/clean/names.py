"""Names of groups, courses and fields that people type."""

from __future__ import annotations

import polars as pl

from enlist.core.errors import PolicyError

from .text import tidy
from .web import web_address

LONGEST = 255


def one_line(value: str, *, what: str, blank: bool = False) -> str:
    """A name as stored: one line without invisible characters.

    blank: it may be blank. Raises PolicyError if it is blank otherwise, or longer than LONGEST.
    """
    name = tidy(value).strip()
    if not name and not blank:
        raise PolicyError("name_blank", what=what)
    if len(name) > LONGEST:
        raise PolicyError("name_too_long", what=what, limit=LONGEST)
    return name


def url(value: str, *, what: str) -> str:
    """A web address as people's own are stored; it may be blank. Raises PolicyError."""
    cleaned = web_address(pl.Series([one_line(value, what=what, blank=True)])).values.item()
    if cleaned is None:
        raise PolicyError("url_refused", what=what, value=value)
    return str(cleaned)


def days(value: str, *, what: str) -> int:
    """A number of days, 0 if blank. Raises PolicyError unless it is a whole number from 0 to 36500."""
    digits = value.strip() or "0"
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 5 or int(digits) > 36_500:
        raise PolicyError("days_refused", what=what, value=value)
    return int(digits)


def truth(value: str, *, what: str) -> bool:
    """Yes or no, as people type it. Raises PolicyError for anything else."""
    meanings = {"yes": True, "1": True, "true": True, "no": False, "0": False, "false": False, "": False}
    if value.strip().casefold() not in meanings:
        raise PolicyError("yes_or_no_refused", what=what, value=value)
    return meanings[value.strip().casefold()]
