"""Overlay: edits from the grid, applied to a table that never changes itself.

An edit sets one cell; in the column WHOLE_ROW it excludes or includes a row, and in the row HEADER it renames a column.
It names its column as the file does, whatever the column's new name. The last edit of a place counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from enlist.core.errors import HeaderError

from .table import Table

EDITS_SCHEMA: Final = {"row": pl.Int64(), "column": pl.String(), "new": pl.String()}
# Headers are never blank.
WHOLE_ROW: Final = ""
EXCLUDED: Final = "excluded"
# Row numbers start at 0.
HEADER: Final = -1
_ROW: Final = "\0row"
_NEW: Final = "\0new"


def last_edits(edits: pl.DataFrame) -> pl.DataFrame:
    """The edits that count, from edits in their order."""
    return edits.unique(["row", "column"], keep="last", maintain_order=True)


def excluded(edits: pl.DataFrame) -> pl.Series:
    """The excluded rows (Int64, sorted), from the edits that count."""
    return edits.filter((pl.col("column") == WHOLE_ROW) & (pl.col("new") == EXCLUDED)).get_column("row").sort()


def names(edits: pl.DataFrame) -> dict[str, str]:
    """Header in the file → new name, from the edits that count."""
    return dict(edits.filter(pl.col("row") == HEADER).select("column", "new").iter_rows())


def check_names(headers: Iterable[str], *, called: Mapping[str, str]) -> None:
    """Raise HeaderError if two columns would have the same name. headers: all headers of a file."""
    taken: set[str] = set()
    for name in (called.get(header, header) for header in headers):
        if name in taken:
            raise HeaderError("column_name_taken", name=name)
        taken.add(name)


def overlaid(table: Table, *, edits: pl.DataFrame) -> Table:
    """The table with the edits that count in its cells; excluded rows are still there."""
    rows = pl.int_range(table.first_row, table.first_row + table.height, dtype=pl.Int64, eager=True)
    return replace(table, frame=overlaid_frame(table.frame, edits=edits, rows=rows))


def overlaid_frame(frame: pl.DataFrame, *, edits: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Rows of a table, with these numbers (Int64), after the edits that count; columns have their new names."""
    below = edits.filter(pl.col("row") != HEADER)
    for name in below.get_column("column").unique(maintain_order=True):
        if name not in frame.columns:
            continue
        cells = below.filter(pl.col("column") == name).select(pl.col("row").alias(_ROW), pl.col("new").alias(_NEW))
        new = rows.alias(_ROW).to_frame().join(cells, on=_ROW, how="left", maintain_order="left").get_column(_NEW)
        frame = frame.with_columns(pl.coalesce(new, pl.col(name)).alias(name))
    return frame.rename(names(edits), strict=False)
