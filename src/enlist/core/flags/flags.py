"""Flags: findings about a cell, a row or the file, as data that is collected and never raised.

A flag has a code of the catalogue, which gives its level and sentence. Flags are rows of a frame of `FLAG_SCHEMA`:
row (0-based in the Table; null for the whole file), line (in the original file), column (the file's header), field
(slug), code, value (of the cell), detail (what else the sentence names: another person, a limit, …).
A flag never has the value of a secret field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from enlist.core.table.printable import printable

from .catalogue import FLAGS, ROW_ERRORS

# A cell may hold a page of text; the sentence only needs enough to find it.
_PROFILE: Final = "profile_field_"
_WIDEST_VALUE = 60

FLAG_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "line": pl.Int64(),
    "column": pl.String(),
    "field": pl.String(),
    "code": pl.String(),
    "value": pl.String(),
    "detail": pl.String(),
}
_NONE: Final = pl.DataFrame(schema=FLAG_SCHEMA)


def no_flags() -> pl.DataFrame:
    """An empty frame of `FLAG_SCHEMA`."""
    return _NONE.clone()


def flag(code: str, *, value: str | None = None, detail: str | None = None, line: int | None = None) -> pl.DataFrame:
    """One flag on the whole file, as a frame of `FLAG_SCHEMA`."""
    cells = {"row": None, "line": line, "column": None, "field": None, "code": code, "value": value, "detail": detail}
    return pl.DataFrame([cells], schema=FLAG_SCHEMA)


def mark(
    rows: pl.DataFrame,
    *,
    code: str,
    field: str | None = None,
    column: str | None = None,
    value: pl.Expr | str | None = None,
    detail: pl.Expr | str | None = None,
) -> pl.DataFrame:
    """The same flag for each of these rows (columns row, line, and those that the expressions read)."""

    if rows.is_empty():
        return no_flags()

    def text(of: pl.Expr | str | None) -> pl.Expr:
        return (of if isinstance(of, pl.Expr) else pl.lit(of)).cast(pl.String)

    return rows.select(
        pl.col("row").cast(pl.Int64),
        pl.col("line").cast(pl.Int64),
        column=text(column),
        field=text(field),
        code=pl.lit(code),
        value=text(value),
        detail=text(detail),
    )


def collect(*frames: pl.DataFrame) -> pl.DataFrame:
    """All flags in one frame of `FLAG_SCHEMA`, by row, those of the file first; missing columns become null."""
    full = [
        frame.select(
            [pl.col(n).cast(t) if n in frame.columns else pl.lit(None, t).alias(n) for n, t in FLAG_SCHEMA.items()]
        )
        for frame in frames
        if not frame.is_empty()
    ]
    return pl.concat(full).sort("row", nulls_last=False, maintain_order=True) if full else no_flags()


def sentences(flags: pl.DataFrame) -> pl.Series:
    """The sentence of every flag, as a String series of the frame's height; values are shortened and printable."""
    # One format call per flag: callers pass only the flags of the page they show.
    return pl.Series(
        "sentence",
        [_sentence(each) for each in flags.iter_rows(named=True)],
        dtype=pl.String,
    )


def _sentence(each: Mapping[str, str | None]) -> str:
    kind = FLAGS[each["code"] or ""]
    shown = {"value": printable(each["value"] or "", widest=_WIDEST_VALUE), "field": _field(each)}
    sentence = kind.sentence.format(**{**each, **shown})
    return f"{sentence} Did you mean “{each['detail']}”?" if kind.suggests and each["detail"] else sentence


def _field(each: Mapping[str, str | None]) -> str:
    """The field as people know it: a profile field by the header of its column, else by its short name."""
    field = each.get("field") or ""
    if not field.startswith(_PROFILE):
        return field
    return (each.get("column") or field).removeprefix(_PROFILE)


def failing_rows(flags: pl.DataFrame) -> pl.Series:
    """The rows (Int64, unique, sorted) that have an error at row level."""
    return flags.filter(pl.col("code").is_in(ROW_ERRORS)).get_column("row").drop_nulls().unique().sort()
