"""Downloading: the rows of an import as a file, with what became of each, or those with errors to be mended."""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core import report
from enlist.core.errors import PolicyError
from enlist.core.plan import FATES_SCHEMA, Plan
from enlist.core.table import Table
from enlist.formats.delimited import write
from enlist.formats.failures import write_failures
from enlist.services.access import Right, Scope, may_touch
from enlist.store import artifacts, records

from .staging import file_of

ROWS: Final = "rows"
PROBLEMS: Final = "problems"
KINDS: Final = ("csv", "xlsx")
FATE: Final = "enlist_status"
# No header can be called so.
_ROW: Final = "\0row"


def import_download(scope: Scope, *, number: int, what: str, kind: str) -> tuple[bytes, str]:
    """A file and its name. what: `rows` (each with its fate) or `problems` (those with errors); kind: csv or xlsx.

    Raises NotFound, PolicyError, FileError; PlanError where the file or the plan is no longer kept.
    """
    if what not in (ROWS, PROBLEMS) or kind not in KINDS:
        raise PolicyError(f"There is no download “{what}.{kind}”.")
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    table, plan = file_of(record), artifacts.plan_of(record)
    name = f"import-{number}-{what}.{kind}"
    if what == PROBLEMS and kind == "xlsx":
        found, said = report.failing_cells(table, plan=plan)
        return write_failures(found, problems=said), name
    if what == PROBLEMS:
        return write(report.failures(table, plan=plan)), name
    told = _with_fates(table, plan=plan)
    if kind == "csv":
        return write(told), name
    none = pl.DataFrame(schema={"row": pl.Int64(), "column": pl.String(), "sentence": pl.String()})
    numbered = told.with_row_index(_ROW).with_columns(pl.all().exclude(_ROW).cast(pl.String))
    return write_failures(numbered, problems=none), name


def _with_fates(table: Table, *, plan: Plan) -> pl.DataFrame:
    """The rows of a file, before each its line and what became of it."""
    named = {"row": _ROW, "line": report.LINE, "fate": FATE}
    fates = pl.concat([pl.DataFrame(schema=FATES_SCHEMA), *(part.fates for part in plan.parts)])
    rows = (
        table.frame.drop(report.LINE, FATE, strict=False).with_row_index(_ROW).with_columns(pl.col(_ROW).cast(pl.Int64))
    )
    told = rows.join(fates.select(pl.col(old).alias(new) for old, new in named.items()), on=_ROW).sort(_ROW)
    return told.select(report.LINE, FATE, pl.exclude(_ROW, report.LINE, FATE))
