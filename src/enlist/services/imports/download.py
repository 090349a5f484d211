"""Downloading: the rows of an import as a file, with what became of each, or those with errors to be repaired_cells."""

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
FATE: Final = "enlist_status"
# A workbook is made whole, and held as long.
MOST_IN_WORKBOOK: Final = 200_000
# No header can be called so.
_ROW: Final = "\0row"


def import_download(scope: Scope, *, number: int, what: str, kind: str) -> tuple[Iterator[bytes], str]:
    """A file, piece by piece, and its name. what: `rows` (each with its status) or `problems` (those with errors).

    kind: csv or xlsx. Raises NotFound, PolicyError, FileError; PlanError where the file or the plan is no longer kept.
    """
    if what not in (ROWS, PROBLEMS) or kind not in KINDS:
        raise PolicyError("download_unknown", name=f"{what}.{kind}")
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    plan = artifacts.plan_of(record)
    give = _problems if what == PROBLEMS else _rows
    return give(record, plan=plan, kind=kind), f"import-{number}-{what}.{kind}"


def _problems(record: models.Import, *, plan: Plan, kind: str) -> Iterator[bytes]:
    """The rows with errors, which alone are held."""
    found = [
        each.flags().filter(pl.col("code").is_in(NOT_IMPORTED), pl.col("row").is_not_null())
        for each in partial_plans(plan)
    ]
    errors = pl.concat([no_flags(), *found])
    rows = errors.get_column("row").unique().sort()
    frame = file_rows(record, rows=rows)
    table = file_table(record, frame=frame.drop(ROW, LINE), lines=frame.get_column(LINE).rename(""))
    # Numbered anew, as the rows of a table are.
    places = pl.DataFrame({"row": rows}).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    flags = errors.join(places, on="row", maintain_order="left").with_columns(row="place").select(errors.columns)
    some = Plan(plan.head, [Part(flags=flags)])
    if kind == "csv":
        return iter([write(report.failures(table, plan=some))])
    cells, said = report.failing_cells(table, plan=some)
    return iter([write_failures(cells, problems=said)])


def _rows(record: models.Import, *, plan: Plan, kind: str) -> Iterator[bytes]:
    """All rows; of those of a workbook no more than one can hold."""
    chunks = artifacts.count_rows(record, kind=artifacts.STAGED, name="table")
    if kind == "xlsx" and sum(chunks) > MOST_IN_WORKBOOK:
        raise FileError("workbook_too_small", rows=sum(chunks))
    told = _with_fates(record, plan=plan, chunks=chunks)
    if kind == "csv":
        # Of one piece is known whether it needs a guard against formulas.
        return write_each(told) if len(chunks) > 1 else iter([write(next(told))])
    whole = pl.concat(told).with_row_index(_ROW).with_columns(pl.all().exclude(_ROW).cast(pl.String))
    none = pl.DataFrame(schema={"row": pl.Int64(), "column": pl.String(), "sentence": pl.String()})
    return iter([write_failures(whole, problems=none)])


def _with_fates(record: models.Import, *, plan: Plan, chunks: Sequence[int]) -> Iterator[pl.DataFrame]:
    """The rows of a file, chunk by chunk, before each its line and what became of it."""
    first, statuses = 0, _fates(plan)
    for height in chunks:
        rows = pl.int_range(first, first + height, dtype=pl.Int64, eager=True)
        chunk = file_rows(record, rows=rows).drop(LINE, report.LINE, FATE, strict=False)
        mine = statuses.filter(pl.col(ROW).is_between(first, first + height - 1))
        told = chunk.join(mine, on=ROW, maintain_order="left").with_columns(pl.col(FATE).cast(pl.String))
        yield told.select(report.LINE, FATE, pl.exclude(ROW, report.LINE, FATE))
        first += height


def _fates(plan: Plan) -> pl.DataFrame:
    """What became of every row: ROW, its line, FATE."""
    named = {"row": ROW, "line": report.LINE, "row_status": FATE}
    found = (each.columns("statuses", *named) for each in partial_plans(plan))
    whole = pl.concat([pl.DataFrame(schema=STATUSES_SCHEMA).select(*named), *(each for each in found if each.width)])
    return whole.select(pl.col(old).alias(new) for old, new in named.items()).with_columns(
        pl.col(FATE).cast(pl.Categorical)
    )
