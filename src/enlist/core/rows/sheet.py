"""Sheet: Rows in the making, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from enlist.core.clean import Cleaned, fold_key
from enlist.core.clean.column import scattered
from enlist.core.fields.fields import GROUPS, LEAVES_ON
from enlist.core.flags.flags import collect, failing_rows
from enlist.core.headers.words import NUMBERED
from enlist.core.policy import BlankCell, Policy
from enlist.core.table.table import Table

from .listing import GARBLED
from .rows import Rows

_KEYED: Final = ("username", "email", "oldusername")
# No groups and no leaving date are values, whatever the policy says about blanks.
MEANT: Final = (GROUPS.slug, LEAVES_ON.slug)
_LONGEST_SHOWN: Final = 300


@dataclass
class Sheet:
    """A table, slug → header for its columns, the columns cleaned so far, and the flags about them.

    bad: for each column, where its value is bad (Boolean), not just blank.
    """

    table: Table
    headers: dict[str, str]
    policy: Policy
    flags: list[pl.DataFrame]
    values: dict[str, pl.Series] = field(default_factory=dict)
    bad: dict[str, pl.Series] = field(default_factory=dict)
    left_out: pl.Series = field(default_factory=lambda: pl.Series("row", [], dtype=pl.Int64))

    def add(self, slug: str, *, cleaned: Cleaned) -> None:
        """Add a column of the file, with blanks as the policy treats them (D3)."""
        self.add_notes(cleaned.notes, slug=slug)
        self.bad[slug] = cleaned.values.is_null()
        blank_is_missing = self.policy.blank_cell == BlankCell.MISSING and slug not in MEANT
        values = cleaned.values.replace("", None) if blank_is_missing else cleaned.values
        # Where a blank option replaces a cell, it is a value.
        replaced = cleaned.notes.filter(pl.col("code") == "choice_replaced").get_column("at")
        self.values[slug] = scattered(values, at=replaced, values=cleaned.values.gather(replaced))

    def fill(self, slug: str, *, at: pl.Series, cleaned: Cleaned) -> None:
        """Add values that the file doesn't have, at these positions."""
        self.add_notes(cleaned.notes.with_columns(at=at.gather(cleaned.notes.get_column("at"))), slug=slug)
        self.bad[slug] = self.is_bad(slug).clone().scatter(at, cleaned.values.is_null())
        self.values[slug] = self.column(slug).clone().scatter(at, cleaned.values)

    def add_notes(self, notes: pl.DataFrame, *, slug: str) -> None:
        """Convert notes about this column to flags."""
        # Most columns have none.
        if notes.is_empty():
            return
        at = notes.get_column("at")
        self.flags.append(
            notes.select(
                row=at.cast(pl.Int64) + self.table.first_row,
                line=self.table.lines.gather(at),
                column=pl.lit(self.headers.get(slug), pl.String()),
                field=pl.lit(slug),
                code="code",
                value=_shortened("value"),
                detail=_shortened("detail"),
            )
        )

    def has_flag(self, code: str) -> pl.Series:
        """Where this flag is already set (Boolean)."""
        rows = collect(*self.flags).filter(pl.col("code") == code).get_column("row")
        return self._constant(value=False).scatter(rows - self.table.first_row, True)

    def add_file_flags(self, flags: pl.DataFrame) -> None:
        """Add flags about the whole file, once for all its parts."""
        if self.table.first_row == 0:
            self.flags.append(flags)

    def add_flags(self, flags: pl.DataFrame) -> None:
        """Add flags about the whole file like `announce`, and those about rows of this part."""
        last = self.table.first_row + self.table.height - 1
        mine = pl.col("row").is_between(self.table.first_row, last)
        self.flags.append(flags.filter(mine.fill_null(value=self.table.first_row == 0)))

    def leave_out(self, found: pl.DataFrame) -> None:
        """Leave out rows because of a cell (columns row, column, value); no other flags about them count."""
        first = self.table.first_row
        garbled = self.table.flags.filter(pl.col("code").is_in(GARBLED)).get_column("row")
        mine = found.filter(pl.col("row").is_between(first, first + self.table.height - 1))
        mine = mine.filter(~pl.col("row").is_in(garbled.drop_nulls().implode()))
        self.left_out = mine.get_column("row")
        stays = (~pl.col("row").is_in(self.left_out.implode())).fill_null(value=True)
        self.flags = [collect(*self.flags).filter(stays)]
        lines = self.table.lines.gather(self.left_out - first)
        code = pl.lit("role_left_out")
        self.flags.append(collect(mine.select("row", "column", "value", line=lines, code=code)))

    def column(self, slug: str) -> pl.Series:
        """The values of this field so far; null if it has none."""
        nothing = pl.repeat(None, self.table.height, dtype=pl.String(), eager=True)
        return self.values.get(slug, nothing)

    def is_bad(self, slug: str) -> pl.Series:
        """Where this field has a bad value (Boolean)."""
        return self.bad.get(slug, self._constant(value=False))

    def has(self, slug: str) -> pl.Series:
        """Where this field has a value that isn't blank (Boolean)."""
        return (self.column(slug) != "").fill_null(value=False)

    def lacks(self, slug: str) -> pl.Series:
        """Where this field is missing or blank (Boolean)."""
        return ~self.has(slug) & ~self.is_bad(slug)

    def rows(self) -> Rows:
        """The finished Rows."""
        table, flags = self.table, collect(*self.flags)
        failed = self._constant(value=False).scatter(failing_rows(flags) - table.first_row, True)
        numbers = pl.int_range(table.first_row, table.first_row + table.height, eager=True)
        keys = {f"{slug}_key": fold_key(self.values[slug]) for slug in _KEYED if slug in self.values}
        frame = pl.DataFrame({"row": numbers, "line": table.lines, "failed": failed, **self.values, **keys})
        is_out = pl.col("row").is_in(self.left_out.implode())
        listed = [name for name in (*keys, "idnumber") if name in frame.columns]
        return Rows(
            frame=frame.filter(~is_out) if len(self.left_out) else frame,
            left_out=frame.filter(is_out).select("row", "line", *listed),
            flags=flags,
            headers={slug: header for slug, header in self.headers.items() if slug in self.values},
            courses=tuple(slug.removeprefix("course") for slug in self.values if _is_course(slug)),
        )

    def _constant(self, *, value: bool) -> pl.Series:
        return pl.repeat(value, self.table.height, dtype=pl.Boolean(), eager=True)


def _is_course(slug: str) -> bool:
    numbered = NUMBERED.fullmatch(slug)
    return numbered is not None and numbered[1] == "course"


def _shortened(column: str) -> pl.Expr:
    """Text as flags carry it: a cell may be a megabyte."""
    text = pl.col(column)
    return pl.when(text.str.len_chars() > _LONGEST_SHOWN).then(text.str.head(_LONGEST_SHOWN) + "…").otherwise(text)
