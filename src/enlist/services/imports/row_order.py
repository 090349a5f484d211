"""The rows of a file that contain a text, and their order by a column."""

from __future__ import annotations

import polars as pl

from enlist.core.clean import fold_key
from enlist.core.errors import PolicyError
from enlist.store import models

from .staged_file import ROW, file_chunks


def rows_with(record: models.Import, *, text: str) -> pl.Series:
    """The rows (Int64) with a cell that contains this text, without regard to case."""
    sought, found = fold_key(pl.Series([text])).item(), [pl.Series(dtype=pl.Int64)]
    for chunk in file_chunks(record, columns=record.order["headers"]):
        cells = (fold_key(column) for column in chunk.drop(ROW).iter_columns())
        hits = (column.str.contains(sought, literal=True).fill_null(value=False) for column in cells)
        is_hit = pl.select(pl.any_horizontal(*hits)).to_series() if chunk.width > 1 else pl.Series([False])
        found.append(chunk.get_column(ROW).filter(is_hit))
    return pl.concat(found)


def rows_by(record: models.Import, *, column: str, descending: bool) -> pl.Series:
    """All rows (Int64) ordered by the cells of a column: numbers, then texts, then blank cells; equal ones by line.

    Raises PolicyError if the file has no such column.
    """
    if column not in record.order["headers"]:
        raise PolicyError("cell_column_unknown", column=column)
    cells = pl.concat(list(file_chunks(record, columns=[column]))).with_columns(pl.col(column).fill_null(""))
    keys = cells.select(
        ROW,
        is_blank=pl.col(column) == "",
        number=pl.col(column).cast(pl.Float64, strict=False),
        text=fold_key(cells.get_column(column)),
    )
    order = ["is_blank", "number", "text", ROW]
    return keys.sort(order, descending=[False, descending, descending, False], nulls_last=True).get_column(ROW)
