"""Merged cells among the rows: their value counts for every row they cover, and for the first of several columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from enlist.core.flags.flags import collect, flag
from enlist.core.table.table import Table
from enlist.formats.layout.layout import Layout

_AREA: Final = ("top", "left", "bottom", "right")


def with_merged(table: Table, *, layout: Layout, merged: Sequence[tuple[int, int, int, int]]) -> Table:
    """The table with the values of merged cells in all their rows, and flags about them."""
    headers = {number + 1: layout.headers[number] for number in layout.kept}
    areas = pl.DataFrame(merged, schema=dict.fromkeys(_AREA, pl.Int64), orient="row")
    areas = areas.filter(pl.col("top") >= layout.first_line)
    if areas.is_empty() or not table.height:
        return table
    frame, flags = table.frame, []
    for (left,), spans in areas.filter(pl.col("bottom") > pl.col("top")).group_by("left", maintain_order=True):
        header = headers.get(int(left))
        if header in frame.columns and header is not None:
            filled = _filled(frame.get_column(header), lines=table.lines, spans=spans)
            if count := int((filled != frame.get_column(header)).sum()):
                frame = frame.with_columns(filled)
                flags.append(flag("merged_down", value=header, detail=f"{count:,} {'row' if count == 1 else 'rows'}"))
    flags.extend(_across(areas, headers=headers, lines=table.lines))
    return replace(table, frame=frame, flags=collect(*flags, table.flags)) if flags else table


def _filled(column: pl.Series, *, lines: pl.Series, spans: pl.DataFrame) -> pl.Series:
    """The column with the value of each merged cell in its blank cells below."""
    rows = pl.DataFrame({"line": lines, "cell": column})
    covers = spans.select("top", "bottom").unique("top").sort("top")
    found = rows.join_asof(covers, left_on="line", right_on="top", strategy="backward")
    values = rows.rename({"line": "top", "cell": "value"})
    found = found.join(values, on="top", how="left", maintain_order="left")
    is_covered = (pl.col("line") <= pl.col("bottom")) & (pl.col("cell") == "") & pl.col("value").is_not_null()
    return found.select(pl.when(is_covered).then("value").otherwise("cell").alias(column.name)).to_series()


def _across(areas: pl.DataFrame, *, headers: dict[int, str], lines: pl.Series) -> list[pl.DataFrame]:
    """A flag if cells are merged across several used columns of rows."""
    used = pl.Series(sorted(headers), dtype=pl.Int64)
    last = pl.min_horizontal("right", pl.lit(max(headers, default=0)))
    wide = areas.filter(
        last > pl.col("left"), pl.col("left").is_in(used.implode()), pl.col("top").is_in(lines.implode())
    )
    if wide.is_empty():
        return []
    return [flag("merged_across", value=str(wide.height), line=wide.get_column("top").min())]  # type: ignore[arg-type]
