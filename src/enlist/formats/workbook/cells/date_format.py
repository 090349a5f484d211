"""Dates as number formats show them: a day's number since 1900 or 1904, and a format's signs y m d h s."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# e: the year; b: the Buddhist year; g: an era, for which an English Excel shows nothing.
DATE_SIGNS: Final = frozenset(("y", "m", "d", "h", "s", "e", "b", "g", "AM/PM", "A/P"))
LAST_DAY: Final = 2_958_466
BAD: Final = "########"

_DAY_ZERO: Final = datetime.date(1899, 12, 30)
_FROM_1904: Final = 1462
# 1900 was not a leap year, but Excel treats it as one: its days 0 and 60 are in no calendar.
_MADE_UP: Final = {0: (1900, 1, 0), 60: (1900, 2, 29)}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Piece = tuple[str, str]


@dataclass(frozen=True)
class Moment:
    """A date and time as Excel counts them: seconds of the day, and the whole time in days."""

    year: int
    month: int
    day: int
    weekday: int
    seconds: float
    value: float


def moment(value: float, *, epoch_1904: bool = False, places: int = 0) -> Moment | None:
    """The moment that a number means, rounded to `places` of a second; None if it means none."""
    days = value + (_FROM_1904 if epoch_1904 else 0)
    if not 0 <= days < LAST_DAY:
        return None
    whole = int(days)
    seconds = round((days - whole) * 86_400, places or 6)
    if seconds >= 86_400:
        whole, seconds = whole + 1, 0.0
    if whole in _MADE_UP:
        year, month, day = _MADE_UP[whole]
    else:
        date = _DAY_ZERO + datetime.timedelta(days=whole + (1 if whole < 60 else 0))
        year, month, day = date.year, date.month, date.day
    return Moment(year, month, day, (whole - 2) % 7, seconds, days)


def iso_date(value: float, *, epoch_1904: bool = False) -> str | None:
    """The number as YYYY-MM-DD, with the time if it has one; None if it means no day of the calendar."""
    found = moment(value, epoch_1904=epoch_1904)
    if found is None or not found.day or (found.month, found.day, found.year) == (2, 29, 1900):
        return None
    date = f"{found.year:04}-{found.month:02}-{found.day:02}"
    seconds = round(found.seconds)
    if not seconds:
        return date
    return f"{date} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def shown_date(value: float, *, tokens: Sequence[Piece], epoch_1904: bool) -> str:
    """The date in a format, given as pieces (sign, literal text)."""
    pieces = _runs(tokens)
    places = max((len(text) for sign, text in pieces if sign == "fraction"), default=0)
    found = moment(value, epoch_1904=epoch_1904, places=places)
    if found is None:
        return BAD
    is_half = any(sign in ("AM/PM", "A/P") for sign, _ in pieces)
    second = (
        round(found.seconds, places) if places else int(found.seconds + 0.5) if _has_seconds(pieces) else found.seconds
    )
    if second >= 86_400 and not places:
        return shown_date(int(value) + 1, tokens=tokens, epoch_1904=epoch_1904)
    return "".join(_shown(sign, text=text, found=found, second=second, is_half=is_half) for sign, text in pieces)


def _has_seconds(pieces: Sequence[Piece]) -> bool:
    return any(sign.startswith("s") for sign, _ in pieces)


def _runs(tokens: Sequence[Piece]) -> list[Piece]:
    """The pieces with equal signs joined (yyyy), minutes distinguished from months, and fractions of seconds."""
    joined: list[Piece] = []
    for sign, text in tokens:
        if (
            joined
            and sign in ("y", "m", "d", "h", "s", "e", "b", "g")
            and joined[-1][0][:1] == sign
            and not joined[-1][1]
        ):
            joined[-1] = (joined[-1][0] + sign, "")
        elif sign == "0" and joined and joined[-1][0] == "fraction":
            joined[-1] = ("fraction", joined[-1][1] + "0")
        elif sign == "0" and joined and joined[-1] == (".", ""):
            joined[-1] = ("fraction", "0")
        else:
            joined.append((sign, text))
    return _with_minutes(joined)


def _with_minutes(pieces: list[Piece]) -> list[Piece]:
    """Read an m next to hours or seconds as minutes."""
    units = [place for place, (sign, _) in enumerate(pieces) if sign[:1] in ("y", "m", "d", "h", "s", "e")]
    made = list(pieces)
    for number, place in enumerate(units):
        sign, text = pieces[place]
        if sign not in ("m", "mm") or text:
            continue
        before = pieces[units[number - 1]][0][:1] if number else ""
        after = pieces[units[number + 1]][0][:1] if number + 1 < len(units) else ""
        if before == "h" or after == "s":
            made[place] = (f"minute{len(sign)}", text)
    return made


def _shown(sign: str, *, text: str, found: Moment, second: float, is_half: bool) -> str:
    if text == "elapsed":
        return _elapsed(sign, found=found)
    hour = int(second) // 3600 % 24
    match sign:
        case "h" | "hh" | "hhh":
            shown = (hour % 12 or 12) if is_half else hour
            return str(shown).zfill(len(sign))
        case "minute1" | "minute2":
            return str(int(second) // 60 % 60).zfill(int(sign[-1]))
        case "s" | "ss":
            return str(int(second) % 60).zfill(len(sign))
        case "fraction":
            return f"{second % 1:.{len(text)}f}"[1:]
        case "AM/PM":
            return "PM" if hour >= 12 else "AM"
        case "A/P":
            return "P" if hour >= 12 else "A"
        case _:
            return _of_calendar(sign, found=found) if sign[:1] in ("y", "m", "d", "e", "b") else text or _literal(sign)


def _literal(sign: str) -> str:
    return "" if sign.startswith("g") else sign


def _elapsed(sign: str, *, found: Moment) -> str:
    seconds = round(found.value * 86_400)
    unit = {"h": 3600, "m": 60, "s": 1}[sign[0]]
    return str(seconds // unit).zfill(len(sign))


def _of_calendar(sign: str, *, found: Moment) -> str:
    match sign:
        case "yy" | "y":
            return f"{found.year % 100:02}"
        case "mmm":
            return _MONTHS[found.month - 1][:3]
        case "mmmmm":
            return _MONTHS[found.month - 1][:1]
        case "m" | "mm":
            return str(found.month).zfill(len(sign))
        case "d" | "dd":
            return str(found.day).zfill(len(sign))
        case "ddd":
            return _DAYS[found.weekday][:3]
        case _:
            return {
                "m": _MONTHS[found.month - 1], "d": _DAYS[found.weekday], "b": str(found.year + 543),
            }.get(sign[0], str(found.year))  # fmt: skip
