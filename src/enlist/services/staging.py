"""Staging: a file is kept beside its import, in chunks of rows, with how it was read and is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

import polars as pl

from enlist.core.errors import PlanError
from enlist.core.flags import no_flags
from enlist.core.table import Source, Table
from enlist.store import artifacts, models, records, secrets

# The column of a staged table that says on which line of the file a row stands: no header can be called so.
LINE: Final = "\x00line"
_CHUNK: Final = 200_000


def file_keep(record: models.Import, *, table: Table, columns: Mapping[str, str]) -> None:
    """Store the rows of a file, its sealed passwords, what was said while it was read, how its columns are meant."""
    secrets.keep(record, sealed=table.sealed)
    for number, offset in enumerate(range(0, table.height, _CHUNK)):
        chunk = table.slice(offset, _CHUNK)
        frame = chunk.frame.insert_column(0, chunk.lines.alias(LINE))
        artifacts.keep_frames(artifacts.Place(record, artifacts.STAGED, number), frames={"table": frame})
    if not table.flags.is_empty():
        artifacts.keep_frames(artifacts.Place(record, artifacts.STAGED, 0), frames={"flags": table.flags})
    source, left_out = asdict(table.source), list(table.secrets)
    records.keep_order(record, order={"columns": dict(columns), "source": source, "secrets": left_out})


def file_of(record: models.Import) -> Table:
    """The file of an import as it was read. Raises PlanError where it has expired."""
    if not record.order or not artifacts.count_parts(record, kind=artifacts.STAGED):
        raise PlanError(f"The file of import {record.number} is no longer kept.", hint="Import the file again.")
    parts = range(artifacts.count_parts(record, kind=artifacts.STAGED))
    chunks = [artifacts.load_frames(artifacts.Place(record, artifacts.STAGED, part)) for part in parts]
    rows = pl.concat([chunk["table"] for chunk in chunks])
    return Table(
        frame=rows.drop(LINE),
        lines=rows.get_column(LINE).rename(""),
        source=Source(**record.order["source"]),
        flags=chunks[0].get("flags", no_flags()),
        secrets=tuple(record.order["secrets"]),
        sealed=secrets.of(record),
    )
