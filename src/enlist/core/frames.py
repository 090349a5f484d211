"""Frames as bytes, as plans and artifacts keep them."""

from __future__ import annotations

import io
from typing import Final

import polars as pl

from .errors import PlanError

SUFFIX: Final = ".arrow"


def to_bytes(frame: pl.DataFrame) -> bytes:
    """The frame as an Arrow IPC file, packed by Zstandard (docs/decisions/0006-arrow-for-what-is-kept.md)."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


def from_bytes(blob: bytes) -> pl.DataFrame:
    """The frame `to_bytes` wrote. Raises PlanError for other bytes."""
    try:
        return pl.read_ipc(io.BytesIO(blob))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise PlanError("A frame of this plan is damaged.", hint="Make the plan anew.") from error
