"""The columns of a draft: the field of each, the confidence, and what a required column lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import EnlistError, HeaderError
from enlist.core.headers.match import HeaderMatch, match_headers
from enlist.core.headers.requirements import require
from enlist.core.headers.words import ColumnMatch
from enlist.core.policy import Policy
from enlist.core.table.table import Table
from enlist.services.imports.staged_file import file_meant, names_called
from enlist.store import models
from enlist.store.imports import records

SAMPLES: Final = 3
# Less sure columns are shown to be checked.
SURE: Final = 0.9
# In a draft's order: the columns that somebody has checked.
CONFIRMED: Final = records.CONFIRMED


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """What columns are matched with: the fields of the organisation, and choices for earlier files."""

    reference: Reference
    remembered: Mapping[str, str]

    def match(
        self, table: Table | Sequence[str], *, overrides: Mapping[str, str], left_out: Collection[str]
    ) -> HeaderMatch:
        """`match_headers` with these words."""
        return match_headers(
            table, reference=self.reference, remembered=self.remembered, overrides=overrides, left_out=left_out
        )


@dataclass(frozen=True)
class Column:
    """A column of a file: the field it is imported as (slug, "" for none), the confidence (0 to 1) and reason.

    samples: some of its values. alone: the field that its header means by itself, also if the column is excluded.
    header_in_file: its header before it was renamed. is_secret: it holds passwords; is_chosen: a person chose it for
    them.
    """

    header: str
    slug: str
    confidence: float
    why: str
    samples: tuple[str, ...] = ()
    is_secret: bool = False
    is_chosen: bool = False
    alone: str = ""
    header_in_file: str = ""
    is_confirmed: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether somebody should check it: its field is a guess, or nobody chose that its values are ignored."""
        if self.is_secret or self.is_confirmed:
            return False
        return self.confidence < SURE if self.slug else not self.alone and bool(self.samples)


def columns_of(
    start: Table, *, record: models.Import, called: Mapping[str, str], words: ColumnWords
) -> tuple[tuple[Column, ...], EnlistError | None]:
    """The columns with their fields, and why they can't be planned, if so."""
    overrides, policy = file_meant(record, headers=start.headers)
    try:
        match = words.match(start, overrides=overrides, left_out=policy.columns_left_out)
        found = match.columns
        trouble = _lack(start, match=match, policy=policy)
    except EnlistError as error:
        trouble = error
        left_out = policy.columns_left_out
        found = tuple(
            column_alone(header, words=words, slug="" if header in left_out else overrides.get(header))
            for header in start.headers
        )
    samples = {header: _samples(start.frame.get_column(header)) for header in start.headers}
    in_file = {name: header for header, name in names_called(record, called=called).items()}
    out = {header: column_alone(header, words=words).slug or "" for header in policy.columns_left_out}
    columns = [
        Column(
            each.header, each.slug or "", each.confidence, each.why, samples[each.header],
            alone=each.slug or out.get(each.header, ""), header_in_file=in_file[each.header],
            is_confirmed=each.header in record.order.get(CONFIRMED, ()),
        )
        for each in found
    ]  # fmt: skip
    chosen = record.order["reading"].get("password")
    hidden = [
        Column(header, "password", 1.0, "It holds passwords, which nobody sees.", is_secret=True,
               is_chosen=header == chosen, header_in_file=header)
        for header in start.secrets
    ]  # fmt: skip
    return (*columns, *hidden), trouble


def _lack(start: Table, *, match: HeaderMatch, policy: Policy) -> EnlistError | None:
    """The error about a required column that is missing; None if none is."""
    try:
        require(start, headers=match, policy=policy)
    except EnlistError as error:
        return error
    return None


def column_alone(header: str, *, words: ColumnWords, slug: str | None = None) -> ColumnMatch:
    """The match of a column by itself. slug: the chosen field, "" for an excluded column."""
    left_out = (header,) if slug == "" else ()
    try:
        overrides = {header: slug} if slug else {}
        return words.match([header], overrides=overrides, left_out=left_out).columns[0]
    except HeaderError as error:
        return ColumnMatch(header, None, 0.0, error.message)


def _samples(cells: pl.Series) -> tuple[str, ...]:
    return tuple(cells.filter(cells != "").unique(maintain_order=True).head(SAMPLES))
