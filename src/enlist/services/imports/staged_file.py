"""The stored file of an import: chunks of rows, how the file was read, and the meaning of its columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

import polars as pl

from enlist.core.errors import PlanError, PolicyError
from enlist.core.flags.flags import no_flags
from enlist.core.policy import Policy
from enlist.core.table.overlay import HEADER, overlaid, overlaid_frame
from enlist.core.table.table import Source, Table
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.imports import artifacts, edits, records, sealed_passwords

# The column of a stored table with the line of each row in the file. No header can have this name.
LINE: Final = "\x00line"
ROW: Final = "\x00row"
# Most characters of a spreadsheet's cell.
LONGEST: Final = 32_767
# Rows of a chunk; a page of the grid reads one.
_CHUNK: Final = 20_000


def file_keep(record: models.Import, *, table: Table, columns: Mapping[str, str], progress: Progress = silent) -> None:
    """Store the rows, encrypted passwords and flags of a file, how it was read, and the meaning of its columns."""
    sealed_passwords.keep(record, sealed=table.sealed)
    for number, offset in enumerate(range(0, table.height, _CHUNK)):
        progress("saving", offset, table.height)
        chunk = table.slice(offset, _CHUNK)
        frame = chunk.frame.insert_column(0, chunk.lines.alias(LINE))
        artifacts.keep_frames(artifacts.Place(record, artifacts.STAGED, number), frames={"table": frame})
    if not table.flags.is_empty():
        artifacts.keep_frames(artifacts.Place(record, artifacts.STAGED, 0), frames={"flags": table.flags})
    read = {
        "source": asdict(table.source),
        "secrets": list(table.secrets),
        "is_sealed": table.is_sealed,
        "headers": list(table.headers),
        "rows": table.height,
    }
    records.keep_order(record, order={"columns": dict(columns), **read})


def file_start(record: models.Import) -> Table:
    """The first chunk of a file with edits and flags. Raises PlanError as `file_of`."""
    return file_start_edited(record)[0]


def file_start_edited(record: models.Import, *, and_left_out: bool = False) -> tuple[Table, pl.DataFrame]:
    """The same, and its edits (two queries). and_left_out: also the edits that exclude rows, of the whole file."""
    try:
        start = _table([artifacts.load_frames(artifacts.Place(record, artifacts.STAGED, 0))], record=record)
    except PlanError:
        _check_is_kept(record)
        raise
    rows = pl.int_range(start.height, dtype=pl.Int64, eager=True)
    changed = edits.edits_among(record, rows=rows, and_left_out=and_left_out)
    return overlaid(start, edits=changed), changed


def file_of(record: models.Import) -> Table:
    """The file of an import with edits, including excluded rows (`file_excluded`).

    Raises PlanError if it has expired.
    """
    _check_is_kept(record)
    parts = range(artifacts.count_parts(record, kind=artifacts.STAGED))
    chunks = [artifacts.load_frames(artifacts.Place(record, artifacts.STAGED, part)) for part in parts]
    whole = overlaid(_table(chunks, record=record), edits=edits.edits_of(record))
    return replace(whole, sealed=sealed_passwords.of(record))


def file_excluded(record: models.Import) -> pl.Series:
    """The excluded rows (Int64, sorted) of a file."""
    return edits.left_out(record)


def file_rows(record: models.Import, *, rows: pl.Series) -> pl.DataFrame:
    """Rows of a file with edits, by number (Int64, sorted): ROW, LINE, and the file's columns.

    Reads only the chunks they are in. Raises PlanError if the file has expired.
    """
    _check_is_kept(record)
    first, found, changed = 0, [], edits.edits_among(record, rows=rows)
    for part, height in enumerate(artifacts.count_rows(record, kind=artifacts.STAGED, name="table")):
        mine = rows.filter((rows >= first) & (rows < first + height))
        # One chunk even without rows, for the headers.
        if len(mine) or (rows.is_empty() and not part):
            some = artifacts.load_rows(artifacts.Place(record, artifacts.STAGED, part), name="table", rows=mine - first)
            found.append(overlaid_frame(some, edits=changed, rows=mine).insert_column(0, mine.alias(ROW)))
        first += height
    return pl.concat(found)


def file_chunks(record: models.Import, *, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """A whole file with edits, chunk by chunk: ROW and some columns, by their headers in the file.

    Only these columns are decompressed. Raises PlanError if the file has expired.
    """
    _check_is_kept(record)
    first = 0
    for part, height in enumerate(artifacts.count_rows(record, kind=artifacts.STAGED, name="table")):
        rows = pl.int_range(first, first + height, dtype=pl.Int64, eager=True)
        chunk = artifacts.load_columns(artifacts.Place(record, artifacts.STAGED, part), name="table", columns=columns)
        cells = edits.edits_among(record, rows=rows).filter(pl.col("row") != HEADER)
        yield overlaid_frame(chunk, edits=cells, rows=rows).insert_column(0, rows.alias(ROW))
        first += height


def twins_of(record: models.Import) -> dict[str, str]:
    """What somebody decided about twins in a file (`ImportRequest.twins`)."""
    return dict(record.order.get(records.TWINS, {}))


def twins_keep(record: models.Import, *, twins: Mapping[str, str]) -> None:
    """Store decisions about twins, with the earlier ones."""
    if twins:
        records.keep_order(record, order={**record.order, records.TWINS: {**twins_of(record), **twins}})


def rows_check(record: models.Import, *, rows: pl.Series) -> None:
    """Raise PolicyError if a file doesn't have these rows."""
    if not rows.is_between(0, record.order["rows"] - 1).all():
        raise PolicyError("row_unknown")


def cells_check(record: models.Import, *, cells: pl.DataFrame) -> None:
    """Raise PolicyError for unknown rows or columns and invalid values. cells: row, column, new."""
    rows_check(record, rows=cells.get_column("row"))
    if unknown := set(cells.get_column("column").unique()) - set(record.order["headers"]):
        raise PolicyError("cell_column_unknown", column=min(unknown))
    if (cells.get_column("new").str.len_chars() > LONGEST).any():
        raise PolicyError("cell_value_too_long", limit=LONGEST)
    if cells.get_column("new").str.contains("\0", literal=True).any():
        raise PolicyError("cell_value_with_nul")


def file_names(record: models.Import) -> dict[str, str]:
    """The headers of a file → their current names, in the order of the file."""
    return names_called(record, called=edits.names_of(record))


def names_called(record: models.Import, *, called: Mapping[str, str]) -> dict[str, str]:
    """The same, from the edits of headers."""
    return {header: called.get(header, header) for header in record.order["headers"]}


def file_meant(record: models.Import, *, headers: Collection[str]) -> tuple[dict[str, str], Policy]:
    """The choices for columns with these names: header → field, and the policy without other columns.

    Choices for a column's other names stay stored, because it may get that name again.
    """
    policy, there = Policy.from_dict(record.policy), {*headers, *record.order["secrets"]}
    columns = {header: slug for header, slug in record.order["columns"].items() if header in there}
    return columns, policy.replace(columns_left_out=[name for name in policy.columns_left_out if name in there])


def _check_is_kept(record: models.Import) -> None:
    if not record.order or not artifacts.count_parts(record, kind=artifacts.STAGED):
        raise PlanError("import_file_gone", number=record.number)


def _table(chunks: list[dict[str, pl.DataFrame]], *, record: models.Import) -> Table:
    rows = pl.concat([chunk["table"] for chunk in chunks])
    table = file_table(record, frame=rows.drop(LINE), lines=rows.get_column(LINE).rename(""))
    return replace(table, flags=chunks[0].get("flags", no_flags()))


def file_table(record: models.Import, *, frame: pl.DataFrame, lines: pl.Series) -> Table:
    """Rows of a file as a table of their own, numbered from 0, without flags."""
    return Table(
        frame=frame,
        lines=lines,
        source=_source(record),
        flags=no_flags(),
        secrets=tuple(record.order["secrets"]),
        is_sealed=record.order["is_sealed"],
    )


def _source(record: models.Import) -> Source:
    stored = dict(record.order["source"])
    header = tuple(tuple(line) for line in stored.get("header", ()))
    return Source(**{**stored, "header": header, "sheets": tuple(stored.get("sheets", ()))})
