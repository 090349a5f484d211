"""Rivals: several columns that mean one field. The clear name wins, and the others become doubts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from enlist.core.errors import HeaderError
from enlist.core.fields.fields import FIELDS, STATE

from .words import ColumnMatch

# A field's own name, and a word that means it: two equally clear ones are a question for people.
_NAME: Final = 0.95
_WORD: Final = 0.9
# Words that mean a last name in one language and a first name in another.
_FIRST_TOO: Final = frozenset({"nom"})


def without_rivals(columns: Sequence[ColumnMatch]) -> list[ColumnMatch]:
    """The columns with one for each field. Raises HeaderError if two are equally clear."""
    found = _with_first_names(columns)
    rivals: dict[str, list[int]] = defaultdict(list)
    for number, column in enumerate(found):
        # Several columns may say whether an account is on; then the one that says “off” counts.
        if column.slug and column.slug != STATE.slug:
            rivals[column.slug].append(number)
    for slug, numbers in rivals.items():
        if len(numbers) > 1:
            best, *others = sorted(numbers, key=lambda number: -found[number].confidence)
            _refuse_equal(found, best=best, other=others[0])
            if found[best].confidence == found[others[0]].confidence:
                others.append(best)
            for number in others:
                found[number] = _rival(found[number], winner=found[best], slug=slug, is_lost=best not in others)
    return found


def _with_first_names(columns: Sequence[ColumnMatch]) -> list[ColumnMatch]:
    """“Nom” beside “Cognoms” is Catalan for a first name."""
    slugs = [column.slug for column in columns]
    if slugs.count("lastname") != 2 or "firstname" in slugs:
        return list(columns)
    return [
        replace(column, slug="firstname", why="Another column contains the last name.")
        if column.slug == "lastname" and column.header.strip().casefold() in _FIRST_TOO
        else column
        for column in columns
    ]


def _refuse_equal(columns: Sequence[ColumnMatch], *, best: int, other: int) -> None:
    clear, second = columns[best], columns[other]
    is_mapped = clear.is_lesson and clear.confidence == 1
    if second.confidence >= _NAME or (
        second.confidence >= _WORD and (is_mapped or clear.confidence == second.confidence)
    ):
        first, last = sorted((best, other))
        raise HeaderError(
            "column_twice",
            first=columns[first].header,
            first_number=first + 1,
            second=columns[last].header,
            second_number=last + 1,
            field=clear.slug,
        )


def _rival(column: ColumnMatch, *, winner: ColumnMatch, slug: str, is_lost: bool) -> ColumnMatch:
    label = FIELDS[slug].label if slug in FIELDS else slug
    used = f"“{winner.header}” is used for it." if is_lost else "Other columns may mean it as well, so none is used."
    why = f"It may mean {label}; {used[0].lower()}{used[1:]}"
    return replace(
        column, slug=None, confidence=0.0, why=why, flag="column_rival", detail=f"{label}. {used}", is_lesson=False
    )
