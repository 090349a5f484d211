"""Enrolments: how long they last, when they start, whether they are suspended (spec/moodle-upload.md §1.3)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import polars as pl

from .column import Cleaned, by_value, no_notes

# The text of an invalid period: it must not fall back to the course's own duration.
ENDLESS: Final = "endless"
LONGEST: Final = 36_500
MOMENT: Final = "%Y-%m-%d %H:%M:%S"

_DAYS: Final = re.compile(r"(?P<days>[0-9]+)(?P<rest>\.[0-9]*)?")
_TIME: Final = r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
_DATES: Final = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
        r"(?P<day>\d{1,2})[-.](?P<month>\d{1,2})[-.](?P<year>\d{4})",
    )
)
_STATUSES: Final = {"0": "active", "1": "suspended", "": ""}


def period(cells: pl.Series) -> Cleaned:
    """Whole days as text, "" to use the course's own duration, ENDLESS where the cell is invalid (`period_bad`)."""
    values = by_value(cells, read=_period)
    cut = cells.str.contains(r"^[0-9]+\.") & (values != ENDLESS)
    bad = (values == ENDLESS) & (cells != "")
    return (
        Cleaned(values, no_notes())
        .noting(bad, code="period_bad", value=cells)
        .noting(cut, code="period_cut", value=cells, detail=values)
    )


def start(cells: pl.Series) -> Cleaned:
    """Moments as MOMENT, from 2027-01-31 with or without a time, 1/31/2027 (as in the peer) and 31.1.2027."""
    values = by_value(cells, read=lambda value: _start(value) if value else "")
    done = Cleaned(values, no_notes()).without(values.is_null(), code="start_bad", value=cells)
    slashes = cells.str.contains(r"^[0-9]{1,2}/") & values.is_not_null()
    return done.noting(slashes, code="start_read", value=cells, detail=values.str.head(10))


def status(cells: pl.Series) -> Cleaned:
    """0 as active, 1 as suspended; anything else is bad (`status_bad`)."""
    values = by_value(cells, read=_STATUSES.get)
    return Cleaned(values, no_notes()).without(values.is_null(), code="status_bad", value=cells)


def _period(value: str) -> str:
    found = _DAYS.fullmatch(value)
    if found is None or len(found["days"].lstrip("0")) > len(str(LONGEST)) or int(found["days"]) > LONGEST:
        return ENDLESS if value else ""
    return str(int(found["days"]) or "")


def _start(value: str) -> str | None:
    found = next((match for pattern in _DATES if (match := pattern.fullmatch(value))), None)
    if found is None:
        return None
    names = ("year", "month", "day", "hour", "minute", "second")
    try:
        return dt.datetime(*(int(found[name] or 0) for name in names)).strftime(MOMENT)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
