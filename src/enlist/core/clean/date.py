"""Dates as 2027-01-31, from common forms; the whole column decides whether day or month comes first (WL-06)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from .column import Cleaned, by_value, no_notes
from .languages import without_accents, words

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
# Further answers of `find_order`: no cell depends on the order, or nothing in the column decides it.
NEITHER, UNCLEAR = "neither", "unclear"

_EITHER: Final = r"^([0-9]{1,2})([/-])([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})\b"
# A date and a time: the usual form, and the peer's (spec/moodle-upload.md §1.4).
_MOMENTS: Final = (
    re.compile(r"(.+?)[T ,]+(\d\d?):(\d\d)(?::(\d\d)(?:\.0+)?)?(?: ?Z| ?\+00:?00)?"),
    re.compile(r"(\d{4}-\d\d?-\d\d?)-(\d\d?)-(\d\d)(?:-(\d\d))?"),
)
# Seconds since 1970; fewer digits are a date, more are not a date.
_SECONDS: Final = re.compile(r"-?[0-9]{9,11}")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})([-/.] ?)([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_IN_WORDS: Final = re.compile(r"[^\W\d_]+|[0-9]+")
_EASTERN: Final = re.compile(r"([0-9]{4}) ?[年년] ?([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日일]")
_MIDNIGHT: Final = " 00:00:00"
# Years of two digits, as POSIX reads them.
_LAST_OF_2000: Final = 68

_MONTHS: Final = (
    "january jan januar jänner janvier enero ene gennaio gen janeiro januari styczeń stycznia sty leden "
    "ledna tammikuu ocak января янв",
    "february feb februar février févr fév febrero febbraio fevereiro fev februari luty lutego lut únor "
    "února helmikuu şubat февраля фев",
    "march mar märz mrz mars marzo março maart mrt marzec marca březen března maaliskuu mart марта мар",
    "april apr avril avr abril abr aprile kwiecień kwietnia kwi duben dubna huhtikuu nisan апреля апр",
    "may mai mayo maggio mag maio mei maj maja květen května toukokuu mayıs мая май",
    "june jun juni juin junio giugno giu junho czerwiec czerwca cze červen června kesäkuu haziran июня "
    "июн",
    "july jul juli juillet juil julio luglio lug julho lipiec lipca lip červenec července heinäkuu temmuz "
    "июля июл",
    "august aug août agosto ago augustus augusti sierpień sierpnia sie srpen srpna elokuu ağustos августа "
    "авг",
    "september sep sept septembre septiembre settembre set setembro wrzesień września wrz září syyskuu "
    "eylül сентября сен",
    "october oct oktober okt octobre octubre ottobre ott outubro out październik października paź říjen "
    "října lokakuu ekim октября окт",
    "november nov novembre noviembre novembro listopad listopada lis marraskuu kasım ноября ноя",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia gru prosinec "
    "prosince joulukuu aralık декабря дек",
)  # fmt: skip


@dataclass(frozen=True)
class Signs:
    """How many dates of a column can only begin with the day, only with the month, and how many depend on the order."""

    day: int = 0
    month: int = 0
    either: int = 0

    @property
    def order(self) -> str:
        """Whether the dates of the column begin with the day or the month: DAY_FIRST, MONTH_FIRST, NEITHER or UNCLEAR.

        A cell that can be read in one way only decides for all; two such cells that disagree decide nothing.
        """
        if bool(self.day) != bool(self.month):
            return DAY_FIRST if self.day else MONTH_FIRST
        return UNCLEAR if self.either else NEITHER

    def __add__(self, other: Signs) -> Signs:
        """The sums."""
        return Signs(self.day + other.day, self.month + other.month, self.either + other.either)

    def __sub__(self, other: Signs) -> Signs:
        """The signs of a column without some of its cells."""
        return Signs(self.day - other.day, self.month - other.month, self.either - other.either)


def signs(cells: pl.Series) -> Signs:
    """What some or all cells of a column show about the order of its dates."""
    parts = cells.str.extract_groups(_EITHER).struct
    first, second = (parts.field(number).cast(pl.Int8, strict=False) for number in ("1", "3"))
    return Signs(*(int(found.sum()) for found in (first > 12, second > 12, first != second)))


def find_order(cells: pl.Series) -> str:
    """Whether the dates of a whole column begin with the day or the month; see `Signs.order`."""
    return signs(cells).order


def date(cells: pl.Series, *, order: str) -> Cleaned:
    """Dates as 2027-01-31, followed by the time unless midnight. order: for dates such as 3/4/2027 (`find_order`).

    Other values are bad (`date_bad`), and so are ambiguous ones (`date_unclear`, with both dates). With full stops the
    day always comes first.
    """
    values = by_value(cells, read=lambda value: _moment(value, order=order) if value else "")
    bad = values.is_null()
    if not bad.any():
        return Cleaned(values, no_notes())
    both = by_value(cells.zip_with(bad, pl.Series([None], dtype=pl.String)), read=_either)
    return (
        Cleaned(values, no_notes())
        .without(bad & both.is_null(), code="date_bad", value=cells)
        .without(bad & both.is_not_null(), code="date_unclear", value=cells, detail=both)
    )


def _moment(value: str, *, order: str) -> str | None:
    if _SECONDS.fullmatch(value):
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=int(value))  # noqa: DTZ001 - dates have no zone
        return str(moment).removesuffix(_MIDNIGHT)
    found = next((found for each in _MOMENTS if (found := each.fullmatch(value))), None)
    if found is None:
        return _date(value, order=order)
    try:
        time = dt.time(int(found[2]), int(found[3]), int(found[4] or 0))
    except ValueError:
        return None
    day = _date(found[1], order=order)
    return day and f"{day} {time}".removesuffix(_MIDNIGHT)


def _date(value: str, *, order: str) -> str | None:
    if found := _YEAR_FIRST.fullmatch(value):
        return _day(found[1], month=found[3], day=found[4])
    if found := _YEAR_LAST.fullmatch(value):
        one, other = found[1], found[3]
        if found[2].startswith(".") or order == DAY_FIRST or one == other:
            return _day(found[4], month=other, day=one)
        if order == MONTH_FIRST:
            return _day(found[4], month=one, day=other)
        as_day, as_month = _both(found)
        return None if as_day and as_month else as_day or as_month
    if found := _EASTERN.fullmatch(value):
        return _day(found[1], month=found[2], day=found[3])
    return _in_words(value)


def _either(value: str) -> str | None:
    """Both dates that a value may mean, if it is ambiguous."""
    timed = _MOMENTS[0].fullmatch(value)
    found = _YEAR_LAST.fullmatch(timed[1] if timed else value)
    both = _both(found) if found else (None, None)
    return " or ".join(filter(None, both)) if all(both) else None


def _both(found: re.Match[str]) -> tuple[str | None, str | None]:
    one, other, year = found[1], found[3], found[4]
    return _day(year, month=other, day=one), _day(year, month=one, day=other)


def _in_words(value: str) -> str | None:
    """A date with its month in words: 3 April 2027, April 3, 2027, 3. dubna 2027, 03-Apr-27."""
    parts = [part for part in _IN_WORDS.findall(words(value)) if part not in ("de", "of", "st", "nd", "rd", "th")]
    named = [part for part in parts if not part[0].isdecimal()]
    numbers = [part for part in parts if part[0].isdecimal()]
    if len(named) != 1 or len(numbers) != 2 or (month := _MONTH_NUMBERS.get(without_accents(named[0]))) is None:
        return None
    day, year = reversed(numbers) if len(numbers[0]) == 4 else numbers
    return _day(year, month=str(month), day=day)


def _day(year: str, *, month: str, day: str) -> str | None:
    full = int(year)
    if len(year) == 2:
        full += 2000 if full <= _LAST_OF_2000 else 1900
    try:
        return dt.date(full, int(month), int(day)).isoformat()
    except ValueError:
        return None


_MONTH_NUMBERS: Final = {
    without_accents(words(name)): number for number, names in enumerate(_MONTHS, start=1) for name in names.split()
}
