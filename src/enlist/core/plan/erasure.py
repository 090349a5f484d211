"""Erasure: what a plan or a file holds of one person, and the frames without it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE, is_about, people_columns
from enlist.core.clean import fold_key
from enlist.core.fields.fields import PERSON_SLUGS
from enlist.core.headers.words import usual_slug

# No part of a name may be next to a word: ann is neither in joanna nor in ann.lee nor in ann@here.org.
_ENDS: Final = r"[^\p{L}\p{N}._@+\-]"

_IDENTIFYING: Final = ("username", "email", "idnumber")
# Fields in which a word that identifies one person may also mean another.
_SHARED: Final = tuple(slug for slug in PERSON_SLUGS if slug not in _IDENTIFYING)


@dataclass(frozen=True)
class PersonalData:
    """What identifies one person: their numbers in a plan, and the folded texts that mean only them.

    people: their id, and their negative id in the plan that created them. words: username, e-mail, ID number.
    """

    people: frozenset[int]
    words: frozenset[str]

    def without(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame without the rows about this person."""
        people = pl.Series(sorted(self.people), dtype=pl.Int64)
        return frame.filter(~is_about(people, columns=frame.columns)) if people_columns(frame.columns) else frame

    def rows_of(self, statuses: pl.DataFrame) -> pl.Series:
        """The rows of the file (Int64) that are about this person."""
        return statuses.filter(pl.col("person").is_in(list(self.people))).get_column("row")

    def named(self, texts: pl.Series) -> pl.Series:
        """Which of these texts (String) contain one of the words, not as a part of another word."""
        if not self.words:
            return pl.repeat(False, len(texts), dtype=pl.Boolean(), eager=True)
        words = "|".join(re.escape(word) for word in sorted(self.words))
        # Polars' expressions cannot look around, so the match includes the neighbouring characters.
        pattern = rf"(?:^|{_ENDS})(?:{words})\.?(?:$|{_ENDS})"
        return fold_key(texts).str.contains(pattern).fill_null(value=False)

    def are_in(self, frame: pl.DataFrame) -> bool:
        """Whether a cell of a frame names this person, in a column that identifies people."""
        return any(self.named(column).any() for column in frame.iter_columns() if _identifies(column))

    def unflagged(self, flags: pl.DataFrame, *, rows: pl.Series) -> pl.DataFrame:
        """The flags that neither concern these rows of the file nor name this person."""
        named = [self.named(flags.get_column(column)) for column in ("value", "detail")]
        is_theirs = pl.col("row").is_in(rows.implode()).fill_null(value=False)
        identifies = pl.col("field").is_null() | pl.col("field").is_in(_IDENTIFYING)
        return flags.filter(~(is_theirs | (identifies & pl.any_horizontal(named))))

    def flag(self, flags: pl.DataFrame) -> bool:
        """Whether any of these flags names this person."""
        return self.unflagged(flags, rows=pl.Series("row", dtype=pl.Int64)).height < flags.height


def _identifies(column: pl.Series) -> bool:
    """Whether a column identifies people: a first name that is also a username belongs to many people."""
    name = column.name.removeprefix(BEFORE).removeprefix(AFTER).removesuffix("_key")
    return column.dtype == pl.String and (usual_slug(name) or name) not in _SHARED
