"""States of accounts: which columns say whether an account is on, and how their cells are read.

The direction comes from the words of the header and of the cell. Where they don't say it, nothing is concluded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

import polars as pl

from enlist.core.clean.code import yes_or_no
from enlist.core.clean.column import by_value
from enlist.core.fields.account_states import (
    ABOUT,
    ACTIVE,
    BEGINNINGS,
    BITS,
    CODES,
    CURRENT,
    ENDINGS,
    INACTIVE,
    LEFT,
    NOT_ABOUT_ACCOUNTS,
    SINCE,
    STATUSES,
    VALUES,
    WORDS,
)
from enlist.core.fields.fields import STATE
from enlist.core.flags.flags import flag
from enlist.core.table.table import Table

from .words import ColumnMatch, fold

# What a cell begins with that was not understood.
UNREAD: Final = "?"
# A column of a state has few different values, and most of them are words for one.
_LOOKED_AT: Final = 2_000
_FEW: Final = 30
_MOST: Final = 0.5
_LONGEST_HEADER: Final = 60
_SHORTEST_ABOUT: Final = 4
_IS: Final = "is"
# “State” may also be a part of a country: OK is Oklahoma.
_REGION: Final = "^[A-Z]{2}$"

_BRACKETS: Final = re.compile(r"\[[^]]*\]|\([^)]*\)|<[^>]*>")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD: Final = re.compile(r"[^\W_]+")
_DATE: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{8,}")
_NOTHING: Final = frozenset({"", "never", "nie", "jamais", "nunca", "mai", "nan", "na", "null", "none"})
_YES: Final = frozenset({"x", "✓", "✔", "☑"})


@dataclass(frozen=True)
class Reading:
    """How the cells of a column are read: what yes and no mean, and the state since a date (each "" for nothing)."""

    yes: str = ""
    no: str = ""
    since: str = ""
    codes: str = ""
    bit: int = 0

    def state(self, value: str) -> str | None:
        """The state that a cell says: active, inactive or left, "" for none; null if it can't be read."""
        word = fold(value)
        if value == "":
            return ""
        if self.bit:
            return (INACTIVE if int(value) & self.bit else ACTIVE) if value.isdecimal() else None
        if self.codes:
            return CODES[self.codes].get(value)
        if self.since and (word in _NOTHING or not word.strip("0")):
            return ""
        if self.since and _DATE.search(value):
            return self.since
        return _meant(value) or self._answered(value)

    def _answered(self, value: str) -> str | None:
        answer = "1" if value.casefold() in _YES else yes_or_no(value)
        if self.since:
            return "" if answer == "0" else None
        return {"1": self.yes, "0": self.no}.get(answer or "") or None


SUSPENSIONS: Final = "suspended"
WORDS_ONLY: Final = Reading()
SUSPENDED: Final = Reading(yes=INACTIVE, no=ACTIVE)


@lru_cache(maxsize=4096)
def reading(header: str) -> Reading | None:
    """How the cells below this header are read; None if it isn't about the state of accounts."""
    bare = _BRACKETS.sub(" ", header)
    name = fold(bare)
    if not name or len(name) > _LONGEST_HEADER:
        return None
    if name in BITS:
        return Reading(bit=BITS[name])
    if code := next((code for code in CODES if fold(code) == name), ""):
        return Reading(codes=code)
    words, about = _words(bare), _folded(ABOUT)
    essential = [word for word in words if word not in about]
    known = _headers()
    for text in (name, "".join(essential), *_without_compound(name)):
        if text in known:
            return known[text]
    return _since([word for word in words if word not in about or word in _folded(SINCE)], name=name)


def is_ending(header: str) -> bool:
    """Whether dates below this header may be the last days of people: “Termination date”, “Austrittsdatum”."""
    words, name = essential_words(header), fold(header)
    rest = "".join(word for word in words if word not in _folded(SINCE))
    moments = [moment for moment in _folded(SINCE) if len(moment) > 3 and name.endswith(moment)]
    bare = [rest, *(name.removesuffix(moment) for moment in moments)]
    return any(each in _folded(ENDINGS) for each in bare)


def read_states(cells: pl.Series, *, how: Reading) -> pl.Series:
    """The state that each cell says, "" for none; `UNREAD` and the cell if it can't be read."""

    def state(value: str) -> str:
        found = how.state(value.strip())
        return UNREAD + value if found is None else found

    return by_value(cells, read=state)


def reading_of(column: ColumnMatch) -> Reading:
    """How the cells of a column of states are read."""
    if (how := reading(column.header)) or not is_ending(column.header):
        return how or (SUSPENDED if column.detail == SUSPENSIONS else WORDS_ONLY)
    return Reading(since=LEFT)


def with_states(columns: Sequence[ColumnMatch], *, table: Table | None) -> list[ColumnMatch]:
    """The columns with those of states as their cells show them.

    A header that could mean a state, over cells that are something else, is unknown. A column mapped to `suspended`
    is one of states if its header says another direction, or its cells have words for states.
    """
    return [_with_state(column, table=table) for column in columns] if table else list(columns)


def _with_state(column: ColumnMatch, *, table: Table) -> ColumnMatch:
    is_chosen = column.is_lesson and column.flag is None
    if column.slug == STATE.slug and not is_chosen and not _is_read(column.header, table=table):
        why = "Its cells aren't states of accounts."
        return replace(column, slug=None, confidence=0.0, why=why, flag="column_ignored", is_lesson=False)
    if column.slug == SUSPENSIONS and _has_states(column.header, table=table):
        return replace(column, slug=STATE.slug, detail=SUSPENSIONS)
    return column


def _has_states(header: str, *, table: Table) -> bool:
    given = table.frame.get_column(header).unique()
    words = given.filter(by_value(given, read=yes_or_no).is_null())
    are_read = not read_states(words, how=WORDS_ONLY).str.contains(f"^$|^[{UNREAD}]").all()
    return are_read or (reading(header) or SUSPENDED) != SUSPENDED


def state_flags(columns: Sequence[ColumnMatch], *, table: Table | None) -> Iterator[pl.DataFrame]:
    """Warnings about columns that are probably states and aren't used, with the number of rows that say “off”."""
    if table is None:
        return
    is_known = any(column.slug == STATE.slug for column in columns)
    for column in columns:
        if column.flag != "column_ignored":
            continue
        if off := _off(column.header, table=table) or ("" if is_known else _ended(column.header, table=table)):
            found = flag("state_unmapped", value=column.header, detail=off)
            yield found.with_columns(column=pl.lit(column.header))


def _is_read(header: str, *, table: Table) -> bool:
    given = _given(table.frame.get_column(header))
    how = reading(header) or WORDS_ONLY
    if how == WORDS_ONLY and not given.is_empty() and given.str.contains(_REGION).all():
        return False
    return given.is_empty() or _share(read_states(given, how=how)) >= _MOST


def _off(header: str, *, table: Table) -> str:
    """How many rows of an unused column say “off”, as the sentence has it; "" if it is probably no state."""
    cells = table.frame.get_column(header)
    given = _given(cells)
    if given.is_empty() or len(given) > _FEW:
        return ""
    how = reading(header) or _doubtful(header) or WORDS_ONLY
    states = read_states(given, how=how)
    if _share(states) >= _MOST and states.is_in([INACTIVE, LEFT]).any():
        count = int(read_states(cells, how=how).is_in([INACTIVE, LEFT]).sum())
        return f"{count:,} {'row says' if count == 1 else 'rows say'} that the account is off"
    answers = all(yes_or_no(value) is not None for value in given)
    if reading(header) and answers:
        return f"{' and '.join(given.sort())} don't say which of them is off"
    return ""


def _ended(header: str, *, table: Table) -> str:
    """How many rows have a date below a header such as “Termination date”."""
    if not is_ending(header) or not (dates := int(table.frame.get_column(header).str.contains(_DATE.pattern).sum())):
        return ""
    return f"{dates:,} {'row has' if dates == 1 else 'rows have'} a date there, since which the account may be off"


def _doubtful(header: str) -> Reading | None:
    """How a column of yes and no is probably read whose header has a word for a state among others."""
    words = _words(_BRACKETS.sub(" ", header))
    if _folded(NOT_ABOUT_ACCOUNTS).intersection(words):
        return None
    known = (_headers().get(word) for word in words)
    return next((how for how in known if how and how.yes), None)


def _given(cells: pl.Series) -> pl.Series:
    given = cells.head(_LOOKED_AT).str.strip_chars().replace("", None).drop_nulls()
    return given.unique(maintain_order=True).head(_FEW + 1)


def _share(states: pl.Series) -> float:
    return 1 - float(states.str.starts_with(UNREAD).sum()) / len(states)


def _since(words: Iterable[str], *, name: str) -> Reading | None:
    """“suspended_at”, “Sperrdatum”: a word for a state or its beginning, and one for a moment."""
    moments, rest = _folded(SINCE), list(words)
    essential = "".join(word for word in rest if word not in moments)
    if len(essential) == len("".join(rest)):
        essential = next((name[: -len(moment)] for moment in moments if len(moment) > 3 and name.endswith(moment)), "")
    known = _headers().get(essential)
    state = known.yes if known and known.yes != ACTIVE else _beginnings().get(essential, "")
    return Reading(since=state) if state else None


def _without_compound(name: str) -> Iterator[str]:
    """“kontostatus” without “konto”, “ISACTIVE” without “IS”."""
    yield name.removeprefix(_IS)
    for about in _folded(ABOUT):
        if len(about) >= _SHORTEST_ABOUT:
            if name.startswith(about):
                yield name[len(about) :]
            if name.endswith(about):
                yield name[: -len(about)]


def _meant(value: str) -> str:
    """The state that a word means; "" if it means none."""
    if found := _values().get(fold(value)):
        return found
    about = _folded(ABOUT) | _folded(SINCE)
    essential = "".join(word for word in _words(value) if word not in about and not word.isdecimal())
    return _values().get(essential, "")


def essential_words(header: str) -> list[str]:
    """The words of a header, folded, without brackets and without words such as “user” or “account”."""
    return [word for word in _words(_BRACKETS.sub(" ", header)) if word not in _folded(ABOUT)]


def _words(text: str) -> list[str]:
    return [word for found in _WORD.findall(_HUMP.sub(" ", text)) if (word := fold(found))]


@cache
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


@cache
def _headers() -> dict[str, Reading]:
    opposite = {ACTIVE: INACTIVE, INACTIVE: ACTIVE, LEFT: ACTIVE}
    answers = {word: Reading(yes=state, no=opposite[state]) for word, state in _split(WORDS)}
    current = {fold(word): Reading(yes=ACTIVE, no=LEFT) for word in CURRENT}
    return {**answers, **current, **{fold(word): WORDS_ONLY for word in STATUSES}}


@cache
def _values() -> dict[str, str]:
    return dict((*_split(WORDS), *_split(VALUES)))


@cache
def _beginnings() -> dict[str, str]:
    return {fold(word): state for state, words in BEGINNINGS.items() for word in words}


def _split(words: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((fold(word), state) for state, lines in words.items() for line in lines for word in line.split(","))
