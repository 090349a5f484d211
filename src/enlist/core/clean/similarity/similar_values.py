"""Values of a column that look alike but are written differently, searched in the whole column (C9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from enlist.core.clean import fold_key, skeletons
from enlist.core.flags.flags import collect, no_flags
from enlist.core.table.table import Table

# The columns that identify people; both names count as one.
_KEYS: Final = ("username", "email", "idnumber", "fullname", "fullname_reversed")
_NAMES: Final = ("firstname", "lastname")
_GOOGLE: Final = r"(?i)^[a-z0-9.+_-]+@(?:gmail|googlemail)\.com$"


def similar_values(table: Table, *, headers: Mapping[str, str]) -> pl.DataFrame:
    """Flags for rows whose username, address, number or name looks like another row's. headers: slug → header."""
    found = [
        _flags_of(table, cells=cells, looks=looks, slug=slug, header=header)
        for slug, header, cells, looks in _columns(table, headers=headers)
    ]
    return collect(*found, _same_mailboxes(table, header=headers.get("email")))


def _same_mailboxes(table: Table, *, header: str | None) -> pl.DataFrame:
    """Flags for addresses that Google delivers to one mailbox: without points, and under both of its domains."""
    if header is None:
        return no_flags()
    cells = table.frame.get_column(header)
    at = cells.str.contains(_GOOGLE).arg_true()
    if at.is_empty():
        return no_flags()
    address = cells.gather(at).str.to_lowercase()
    local = address.str.replace(r"@.*$", "").str.replace_all(".", "", literal=True).str.replace(r"\+.*$", "")
    few = pl.DataFrame({"at": at, "value": cells.gather(at), "own": address, "mailbox": local})
    few = few.filter(pl.col("own").n_unique().over("mailbox") > 1)
    first = few.unique("own", keep="first", maintain_order=True)
    pairs = few.join(first.select("mailbox", other="own", detail="value"), on="mailbox")
    others = pairs.filter(pl.col("own") != pl.col("other")).unique("at", keep="first", maintain_order=True)
    return others.select(
        row=pl.col("at").cast(pl.Int64) + table.first_row,
        line=table.lines.gather(others.get_column("at")),
        column=pl.lit(header),
        field=pl.lit("email"),
        code=pl.lit("mailbox_twin"),
        value="value",
        detail="detail",
    )


def _columns(table: Table, *, headers: Mapping[str, str]) -> Iterator[tuple[str, str, pl.Series, pl.Series]]:
    """Slug, header, values, and their skeletons."""
    for slug in _KEYS:
        if slug in headers:
            cells = table.frame.get_column(headers[slug])
            yield slug, headers[slug], cells, skeletons(cells)
    if set(_NAMES) <= headers.keys():
        first, last = (table.frame.get_column(headers[slug]) for slug in _NAMES)
        # Many people share a first or a last name, few share both.
        looks = _skeletons_once(first) + " " + _skeletons_once(last)
        yield "lastname", headers["lastname"], first + " " + last, looks


def _skeletons_once(cells: pl.Series) -> pl.Series:
    """The skeletons of values that repeat."""
    values = cells.drop_nulls().unique()
    return cells.replace_strict(values, skeletons(values), default=None, return_dtype=pl.String)


def _flags_of(table: Table, *, cells: pl.Series, looks: pl.Series, slug: str, header: str) -> pl.DataFrame:
    alike = _alike(cells, looks=looks)
    if alike.is_empty():
        return no_flags()
    at = alike.get_column("at")
    return alike.select(
        row=at.cast(pl.Int64) + table.first_row,
        line=table.lines.gather(at),
        column=pl.lit(header),
        field=pl.lit(slug),
        code=pl.lit("lookalike_value"),
        value="cell",
        detail="other",
    )


def _alike(cells: pl.Series, *, looks: pl.Series) -> pl.DataFrame:
    """at, cell, other: every position whose value looks like another value, and that value."""
    # Nearly every file ends here: it has as many skeletons as values.
    marks, own = looks.hash(), cells.hash()
    if marks.n_unique() == own.n_unique():
        return pl.DataFrame()
    pairs = pl.DataFrame({"looks": marks, "own": own}).unique().get_column("looks").sort()
    twice = pairs.filter((pairs == pairs.shift(1)).fill_null(value=False)).unique()
    at = marks.is_in(twice.implode()).arg_true()
    few = pl.DataFrame({"at": at, "cell": cells.gather(at), "looks": looks.gather(at)}).filter(pl.col("cell") != "")
    few = few.with_columns(key=fold_key(few.get_column("cell")))
    first = few.unique(["looks", "key"], keep="first", maintain_order=True)
    both = few.join(first.select("looks", other_key="key", other="cell"), on="looks")
    return both.filter(pl.col("key") != pl.col("other_key")).unique("at", keep="first", maintain_order=True)
