"""Frames as bytes, for plans and artifacts."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import polars as pl

from enlist.core.errors import PlanError

SUFFIX: Final = ".arrow"
# Rows per batch: a few rows can be read without unpacking all. Packing and unpacking everything is also faster and
# smaller than in one piece.
_TOGETHER: Final = 5_000
# Texts are stored one after the other: as views, each batch could drag along the texts of all others.
_PLAIN: Final = pl.CompatLevel.oldest()


def to_bytes(frame: pl.DataFrame) -> bytes:
    """The frame as an Arrow IPC file, compressed with Zstandard (docs/decisions/0006-arrow-for-what-is-kept.md)."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="zstd", record_batch_size=_TOGETHER, compat_level=_PLAIN)
    return buffer.getvalue()


def from_bytes(blob: bytes) -> pl.DataFrame:
    """The frame that `to_bytes` wrote. Raises PlanError for other bytes."""
    with _read():
        return pl.read_ipc(io.BytesIO(blob))


def columns_from_bytes(blob: bytes, *, columns: Sequence[str]) -> pl.DataFrame:
    """These columns, as far as the frame has them, without unpacking others. Raises PlanError as `from_bytes`."""
    with _read():
        known = pl.read_ipc_schema(io.BytesIO(blob))
        return pl.read_ipc(io.BytesIO(blob), columns=[name for name in columns if name in known])


def rows_from_bytes(blob: bytes, *, rows: pl.Series) -> pl.DataFrame:
    """The frame's rows at these positions (integers from 0, sorted); unpacks only their batches.

    Raises PlanError as `from_bytes`.
    """
    with _read():
        lazy = pl.scan_ipc(io.BytesIO(blob))
        found = [lazy.head(0).collect()]
        for first in (rows // _TOGETHER * _TOGETHER).unique().sort():
            mine = rows.filter(rows.is_between(first, first + _TOGETHER - 1))
            found.append(lazy.slice(first, _TOGETHER).collect().select(pl.all().gather(mine - first)))
        return pl.concat(found)


@contextmanager
def _read() -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        raise PlanError("plan_frame_damaged") from error
