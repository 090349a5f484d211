"""Values of profile fields: numbers, several options of a list (spec/moodle-upload.md §1.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from .code import choice
from .column import Cleaned, by_value, no_notes

_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,10})?")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3},\d{3}")


def number(cells: pl.Series) -> Cleaned:
    """Numbers as -12.5, from digits with a decimal point or comma; 1,234 is ambiguous and so bad."""
    values = by_value(cells, read=lambda value: _number(value) if value else "")
    return Cleaned(values, no_notes()).without(values.is_null(), code="number_bad", value=cells)


def choices(cells: pl.Series, *, options: Sequence[str], unknown: str) -> Cleaned:
    """Several options, split at ; or |, in the field's order; each invalid piece gets its own flag.

    unknown: as in `choice`. If no piece is left, the cell is bad.
    """
    lines = pl.DataFrame({"at": pl.int_range(len(cells), dtype=pl.UInt32, eager=True), "cell": cells})
    pieces = lines.with_columns(pl.col("cell").str.replace_all(r"[;|]", ";").str.split(";")).explode("cell")
    pieces = pieces.with_columns(pl.col("cell").str.strip_chars()).filter(pl.col("cell") != "")
    read = choice(pieces.get_column("cell"), options=options, unknown=unknown)
    order = {option: place for place, option in enumerate(options)}
    kept = pieces.select("at", value=read.values).drop_nulls().unique(["at", "value"])
    kept = kept.with_columns(place=pl.col("value").replace_strict(order, default=len(order), return_dtype=pl.Int64))
    joined = kept.sort("at", "place", "value").group_by("at", maintain_order=True).agg(pl.col("value").str.join(";"))
    values = lines.join(joined, on="at", how="left", maintain_order="left").select(
        pl.when(pl.col("value").is_not_null())
        .then("value")
        .when(pl.col("cell").str.strip_chars(" ;|") == "")
        .then(pl.lit(""))
    )
    notes = read.notes.with_columns(at=pieces.get_column("at").gather(read.notes.get_column("at")))
    return Cleaned(values.to_series().alias(cells.name), notes)


def _number(value: str) -> str | None:
    if not _NUMBER.fullmatch(value) or _THOUSANDS.fullmatch(value):
        return None
    text = f"{Decimal(value.replace(',', '.')):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
