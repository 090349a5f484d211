"""Download the rows of an import as a file: all with their status, or those with errors, to be corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from enlist.core.errors import FileError, PolicyError
from enlist.core.flags.catalogue import NOT_IMPORTED
from enlist.core.flags.flags import no_flags
from enlist.core.plan.plan import STATUSES_SCHEMA, Part, Plan
from enlist.core.report import report
from enlist.core.report.people import partial_plans
from enlist.formats.text.delimited import write, write_each
from enlist.formats.workbook.failures import write_failures
from enlist.services.access import Right, Scope, may_touch
from enlist.store import models
from enlist.store.imports import artifacts, records

from .staged_file import LINE, ROW, file_rows, file_table

ROWS: Final = "rows"
PROBLEMS: Final = "problems"
KINDS: Final = ("csv", "xlsx")
STATUS: Final = "enlist_status"
# A workbook is built in memory.
MOST_IN_WORKBOOK: Final = 200_000
# No header can have this name.
_ROW: Final = "\0row"


def import_download(scope: Scope, *, number: int, what: str, kind: str) -> tuple[Iterator[bytes], str]:
    """A file in pieces, and its name. what: `rows` (all, with their status) or `problems` (those with errors).

    kind: csv or xlsx. Raises NotFound, PolicyError, FileError; PlanError if the file or the plan has expired.
    """
    if what not in (ROWS, PROBLEMS) or kind not in KINDS:
        raise PolicyError("download_unknown", name=f"{what}.{kind}")
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    plan = artifacts.plan_of(record)
    give = _problems if what == PROBLEMS else _rows
    return give(record, plan=plan, kind=kind), f"import-{number}-{what}.{kind}"


def _problems(record: models.Import, *, plan: Plan, kind: str) -> Iterator[bytes]:
    """The rows with errors; only these are in memory."""
    found = [
        each.flags().filter(pl.col("code").is_in(NOT_IMPORTED), pl.col("row").is_not_null())
        for each in partial_plans(plan)
    ]
    errors = pl.concat([no_flags(), *found])
    rows = errors.get_column("row").unique().sort()
    frame = file_rows(record, rows=rows)
    table = file_table(record, frame=frame.drop(ROW, LINE), lines=frame.get_column(LINE).rename(""))
    # Numbered from 0 again, like the rows of any table.
    places = pl.DataFrame({"row": rows}).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    flags = errors.join(places, on="row", maintain_order="left").with_columns(row="place").select(errors.columns)
    some = Plan(plan.head, [Part(flags=flags)])
    if kind == "csv":
        return iter([write(report.failures(table, plan=some))])
    cells, problems = report.failing_cells(table, plan=some)
    return iter([write_failures(cells, problems=problems)])


def _rows(record: models.Import, *, plan: Plan, kind: str) -> Iterator[bytes]:
    """All rows. Raises FileError if there are too many for a workbook."""
    chunks = artifacts.count_rows(record, kind=artifacts.STAGED, name="table")
    if kind == "xlsx" and sum(chunks) > MOST_IN_WORKBOOK:
        raise FileError("workbook_too_small", rows=sum(chunks))
    rows = _with_status(record, plan=plan, chunks=chunks)
    if kind == "csv":
        # Only a file written at once can tell whether it needs a guard against formulas.
        return write_each(rows) if len(chunks) > 1 else iter([write(next(rows))])
    whole = pl.concat(rows).with_row_index(_ROW).with_columns(pl.all().exclude(_ROW).cast(pl.String))
    none = pl.DataFrame(schema={"row": pl.Int64(), "column": pl.String(), "sentence": pl.String()})
    return iter([write_failures(whole, problems=none)])


def _with_status(record: models.Import, *, plan: Plan, chunks: Sequence[int]) -> Iterator[pl.DataFrame]:
    """The rows of a file chunk by chunk, each with its line and status first."""
    first, statuses = 0, _statuses(plan)
    for height in chunks:
        rows = pl.int_range(first, first + height, dtype=pl.Int64, eager=True)
        chunk = file_rows(record, rows=rows).drop(LINE, report.LINE, STATUS, strict=False)
        mine = statuses.filter(pl.col(ROW).is_between(first, first + height - 1))
        joined = chunk.join(mine, on=ROW, maintain_order="left").with_columns(pl.col(STATUS).cast(pl.String))
        yield joined.select(report.LINE, STATUS, pl.exclude(ROW, report.LINE, STATUS))
        first += height


def _statuses(plan: Plan) -> pl.DataFrame:
    """ROW, line and STATUS of every row."""
    named = {"row": ROW, "line": report.LINE, "row_status": STATUS}
    found = (each.columns("statuses", *named) for each in partial_plans(plan))
    whole = pl.concat([pl.DataFrame(schema=STATUSES_SCHEMA).select(*named), *(each for each in found if each.width)])
    return whole.select(pl.col(old).alias(new) for old, new in named.items()).with_columns(
        pl.col(STATUS).cast(pl.Categorical)
    )
