"""Waves: which rows must be planned after which, because they may change the same person or unique key.

Rows connected by shared keys form a component, and the n-th row of a component is in wave n, so rows of one wave share
nothing. (Sharing a key with the row before is not enough: a row can free a key that only an earlier row gave its
person. See docs/decisions/0004-waves-by-component.md.) Most rows share no key with any other: sorting hashes finds
them, and only the rest is processed one by one. If two different keys have the same hash, a row is added to those,
which does no harm.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import polars as pl

# A wave costs tens of milliseconds however few its rows: deeper components go to the reference planner.
DEEPEST: Final = 16
# A wave with this many rows costs less than planning them one by one, however deep it is.
BROAD: Final = 1_000

KEYS_SCHEMA: Final = {"row": pl.Int64(), "key": pl.UInt64()}
_SEEDS: Final = {"username_key": 1, "email_key": 2, "idnumber": 3, "person": 4}


def _seed(column: str) -> int:
    """One number per column, the same in every process."""
    return _SEEDS.get(column) or zlib.crc32(column.encode())


def hashed(frame: pl.DataFrame, *, column: str) -> pl.DataFrame:
    """Keys of one column: row Int64, key UInt64 (a hash that differs by column), without blanks and nulls."""
    values = pl.col(column)
    blank = (values == "") if frame.schema[column] == pl.String else pl.lit(value=False)
    return frame.filter(values.is_not_null() & ~blank).select("row", key=values.hash(seed=_seed(column)))


def entangled(keys: pl.DataFrame) -> pl.Series:
    """The rows (Int64, unique, ascending) that share a key with another row.

    keys: a frame of KEYS_SCHEMA, with any number of keys per row.
    """
    ordered = keys.sort("key")
    key, row = pl.col("key"), pl.col("row")
    is_shared = (key == key.shift(1)) & (row != row.shift(1))
    # Equal keys are adjacent; if any neighbour belongs to another row, the whole run is entangled.
    shared = ordered.filter(is_shared).get_column("key").unique()
    return ordered.filter(key.is_in(shared.implode())).get_column("row").unique().sort()


def one_by_one(rows: pl.DataFrame) -> pl.DataFrame:
    """Keys that connect all rows (column row) in one component."""
    return rows.select("row", key=pl.lit(1, pl.UInt64))


@dataclass(frozen=True)
class Waves:
    """Waves in order (each an Int64 series of rows, ascending), and the rows of components too large for waves."""

    waves: tuple[pl.Series, ...]
    deep: pl.Series


@dataclass(frozen=True)
class Taken:
    """Rows (Int64) whose value somebody else has, and the rows that may give up a value."""

    wanting: pl.Series
    giving: pl.Series


def in_waves(keys: pl.DataFrame, *, deepest: int = DEEPEST, taken: Taken | None = None) -> Waves:
    """Sort entangled rows into waves; components of more than `deepest` rows are left to the walk row by row.

    Larger ones get waves too while a wave has `BROAD` rows, which costs less than walking them. keys: a frame of
    KEYS_SCHEMA, with the entangled rows only. taken: if a later row of its component may give up the value that a row
    wants, the component is left to the walk as well.
    """
    frame = _with_components(keys)
    wave = pl.int_range(pl.len()).over("component")
    frame = frame.with_columns(wave=wave, size=pl.len().over("component"))
    deepest = max(deepest, _broad(frame) if deepest else 0)
    walked = pl.col("size") > deepest
    if taken is not None:
        last = pl.col("row").filter(pl.col("row").is_in(taken.giving.implode())).max().over("component")
        waits = pl.col("row").is_in(taken.wanting.implode()) & (pl.col("row") < last)
        walked = walked | waits.fill_null(value=False).any().over("component")
    shallow = frame.filter(~walked).partition_by("wave", as_dict=True, maintain_order=True)
    ordered = tuple(shallow[number].get_column("row") for number in sorted(shallow))
    return Waves(waves=ordered, deep=frame.filter(walked).get_column("row"))


def _broad(rows: pl.DataFrame) -> int:
    """How deep waves of at least `BROAD` rows go; 0 if there are none. rows: the wave of each row."""
    broad = rows.group_by("wave").len().filter(pl.col("len") >= BROAD)
    return int(broad.select(pl.col("wave").max().fill_null(-1) + 1).item())


def following(keys: pl.DataFrame, *, rows: pl.Series) -> pl.Series:
    """The rows (Int64, ascending) that follow one of these in its component, so may depend on it.

    keys: as for `in_waves`.
    """
    frame = _with_components(keys)
    first = frame.filter(pl.col("row").is_in(rows.implode())).group_by("component").agg(first=pl.col("row").min())
    after = frame.join(first, on="component").filter(pl.col("row") > pl.col("first")).get_column("row")
    return after.filter(~after.is_in(rows.implode())).sort()


def _with_components(keys: pl.DataFrame) -> pl.DataFrame:
    """Every row with the number of its component, by row."""
    grouped = keys.group_by("row").agg("key").sort("row")
    components = _components(grouped.get_column("key").to_list())
    return grouped.select("row", component=pl.Series(components, dtype=pl.Int64))


def _components(sets: list[list[int]]) -> list[int]:
    """The number of each row's component, by union-find over the rows' keys."""
    parent: dict[int, int] = {}

    def root(key: int) -> int:
        while (above := parent.setdefault(key, key)) != key:
            parent[key] = parent.setdefault(above, above)
            key = parent[key]
        return key

    for keys in sets:
        for key in keys[1:]:
            parent[root(key)] = root(keys[0])
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(keys[0]), len(numbers)) for keys in sets]
