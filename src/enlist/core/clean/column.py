"""What every column function returns, and how the few values are handled that expressions cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

NOTE_SCHEMA: dict[str, pl.DataType] = {
    "at": pl.UInt32(),
    "code": pl.String(),
    "value": pl.String(),
    "detail": pl.String(),
}
_NONE: Final = pl.DataFrame(schema=NOTE_SCHEMA)


@dataclass(frozen=True)
class Cleaned:
    """A column after cleaning.

    values: String, as long as the column; "" where the cell is blank, null where it is bad.
    notes: a frame of `NOTE_SCHEMA`; `at` is the position in the column.
    """

    values: pl.Series
    notes: pl.DataFrame

    def without(self, bad: pl.Series, *, code: str, value: pl.Series, detail: pl.Series | str | None = None) -> Cleaned:
        """The same, with null and a note where the Boolean series `bad` is true."""
        notes = note(bad, code=code, value=value, detail=detail)
        return self if notes.is_empty() else Cleaned(self.values.set(bad, None), pl.concat([self.notes, notes]))

    def noting(
        self, where: pl.Series, *, code: str, value: pl.Series, detail: pl.Series | str | None = None
    ) -> Cleaned:
        """The same, with a note where the Boolean series `where` is true."""
        notes = note(where, code=code, value=value, detail=detail)
        return self if notes.is_empty() else Cleaned(self.values, pl.concat([self.notes, notes]))

    def within(self, limit: int) -> Cleaned:
        """The same, without values longer than `limit` characters."""
        return self.without(self.values.str.len_chars() > limit, code="too_long", value=self.values, detail=str(limit))


def no_notes() -> pl.DataFrame:
    """An empty frame of `NOTE_SCHEMA`."""
    return _NONE.clone()


def note(
    where: pl.Series,
    *,
    code: str,
    value: pl.Series | None = None,
    detail: pl.Series | str | None = None,
    places: pl.Series | None = None,
) -> pl.DataFrame:
    """A note where the Boolean series `where` is true, with the value and detail at that position.

    places: the position of each value in the column, if `where` covers only a part of it.
    """
    at = where.arg_true()
    if at.is_empty():
        return no_notes()
    place = at if places is None else places.gather(at)
    return (
        place.cast(pl.UInt32)
        .alias("at")
        .to_frame()
        .with_columns(
            code=pl.lit(code),
            value=pl.lit(None, pl.String()) if value is None else value.gather(at),
            detail=detail.gather(at) if isinstance(detail, pl.Series) else pl.lit(detail, pl.String()),
        )
    )


def by_value(cells: pl.Series, *, read: Callable[[str], str | None]) -> pl.Series:
    """The result of `read` for every value; it runs once for each distinct value."""
    values = cells.drop_nulls().unique()
    made = pl.Series([read(value) for value in values], dtype=pl.String)
    return cells.replace_strict(values, made, default=None, return_dtype=pl.String)


def distinct(cells: pl.Series) -> pl.Series:
    """The distinct values if most repeat, else the cells: enough to see whether any value is odd."""
    values = cells.unique()
    return values if 2 * len(values) < len(cells) else cells


def notes_on(cells: pl.Series, *, by: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """The notes on every value; most columns have none, as their distinct values show sooner."""
    some = distinct(cells)
    found = by(some)
    return found if some is cells or found.is_empty() else by(cells)


def scattered(cells: pl.Series, *, at: pl.Series, values: pl.Series) -> pl.Series:
    """The column with other values at these positions."""
    if at.is_empty():
        return cells
    return values.alias(cells.name) if len(at) == len(cells) else cells.clone().scatter(at, values)


def outside_ascii(cells: pl.Series) -> pl.Series:
    """The positions whose value has characters beyond ASCII."""
    return (cells.str.len_bytes() != cells.str.len_chars()).arg_true()
