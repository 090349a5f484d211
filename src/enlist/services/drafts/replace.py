"""Replacing: other text in all cells of a draft that are alike, as one step; by a worker where the rows are many.

While a worker replaces, nobody else changes the draft, and whoever looks at it sees how far that is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

import polars as pl

from enlist.core.errors import EnlistError, LeaseTaken, PlanError, PolicyError, error_from
from enlist.core.table.overlay import EDITS_SCHEMA
from enlist.services.access import Scope
from enlist.services.imports.background import import_make_plan
from enlist.services.imports.preview import Wanted, rows_wanted
from enlist.services.imports.staged_file import LINE, ROW, cells_check, file_chunks, file_names, file_rows
from enlist.services.jobs.queue import job_progress
from enlist.services.jobs.run import REPLACING, Run
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.imports import edits, records
from enlist.store.jobs import jobs
from enlist.store.operations.models import OPEN_STATES
from enlist.store.people import people
from enlist.store.transactions import short_transaction

from .draft import draft_record, draft_to_change

# As many rows are looked through while somebody waits: a chunk of them.
SOON: Final = 20_000
# Of a job's arguments: the draft is planned, too.
PLAN_TOO: Final = "plan"
# Of an import's order: the job that made a step of it, and how many cells that changed.
REPLACED: Final = "replaced"
_EXAMPLES: Final = 20


@dataclass(frozen=True)
class Replacement:
    """What is to be found in a column (its header in the file, "" for all of them) and what stands there instead.

    whole: only cells that are it from end to end; else wherever it stands. Letters count as they are written. problem:
    only where this was said of the cell when the draft was planned last: a flag's code, "" for wherever it is. called:
    what the column was called then.
    """

    find: str
    new: str
    column: str = ""
    whole: bool = False
    problem: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that a replacement changes. line: of the file. column: what it is called now."""

    line: int
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """How many cells a replacement changes, and the first of them."""

    count: int
    first: list[CellChange]


@dataclass(frozen=True, slots=True)
class CellsReplaced:
    """The result of a job that replaced cells: how many."""

    cells: int


@dataclass(frozen=True)
class Replacing:
    """A replacement that a worker makes or made.

    job: its number. state: one of JOB_STATES. by: who asked for it ("" when it has ended). phase, done, total, left:
    how far it is, and how many seconds that takes. cells: how many it changed. message: why it failed.
    """

    job: int
    state: str
    by: str
    phase: str
    done: int
    total: int
    left: float | None
    cells: int
    error: EnlistError | None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN_STATES


def replace_show(scope: Scope, *, number: int, wanted: Replacement) -> Replaced:
    """What a replacement would change; nothing is changed. Raises PolicyError as `replace_do`."""
    record = draft_record(scope, number=number)
    cells = _found(record, wanted=wanted)
    shown = cells.head(_EXAMPLES)
    lines = file_rows(record, rows=shown.get_column("row").unique().sort()).select(row=ROW, line=LINE)
    names = pl.col("column").replace_strict(file_names(record), return_dtype=pl.String)
    named = shown.join(lines, on="row", maintain_order="left").select("line", names, "old", "new")
    return Replaced(cells.height, [CellChange(*cell) for cell in named.iter_rows()])


def replace_do(scope: Scope, *, number: int, wanted: Replacement, plan_too: bool = False) -> int | None:
    """Change all cells that a replacement finds, as one step; how many, None where a worker does it (`work_of`).

    plan_too: that worker plans the draft, too. Raises PolicyError for a column there is not and a value no cell can
    hold; then nothing is changed.
    """
    record = draft_to_change(scope, number=number)
    _check(record, wanted=wanted)
    if record.order["rows"] <= SOON:
        return _step(scope, record=record, wanted=wanted)
    asked = {**asdict(wanted), PLAN_TOO: plan_too}
    _, is_new = jobs.put(scope, kind=REPLACING, import_number=number, arguments=asked)
    if not is_new:
        raise LeaseTaken("import_in_work", number=number)
    return None


def import_replace(run: Run) -> CellsReplaced:
    """The work of a job: make the step it asks for, unless it made it already, and plan the draft if that is wanted."""
    record = draft_record(run.scope, number=run.job.import_number or 0)
    asked = dict(run.job.arguments)
    if not asked:
        raise PlanError("replacement_forgotten")
    plan_too = asked.pop(PLAN_TOO)
    made = record.order.get(REPLACED, {})
    cells = made["cells"] if made.get("job") == run.job.pk else None
    if cells is None:
        cells = _step(run.scope, record=record, wanted=Replacement(**asked), run=run)
    if plan_too:
        import_make_plan(run)
    return CellsReplaced(cells)


def work_of(scope: Scope, *, number: int) -> Replacing | None:
    """The replacement that a worker makes or made, where nothing else was done for this import since."""
    job = jobs.of_import(scope, number=number)
    if job is None or job.kind != REPLACING:
        return None
    is_open = job.state in OPEN_STATES
    by = people.usernames(scope.organization, ids=[job.by]) if is_open and job.by else {}
    told = job_progress(job)
    return Replacing(
        job=job.pk,
        state=job.state,
        by=by.get(job.by or 0, ""),
        phase=told.phase,
        done=told.done,
        total=told.total,
        left=told.left,
        cells=job.result.get("cells", 0),
        error=error_from(job.error) if job.error else None,
    )


def _check(record: models.Import, *, wanted: Replacement) -> None:
    """Raise PolicyError where nothing can be found so, or cannot stand there."""
    if not wanted.find and not wanted.whole:
        raise PolicyError("nothing_to_find")
    column = wanted.column or record.order["headers"][0]
    told = pl.DataFrame({"row": [0, 0], "column": [column] * 2, "new": [wanted.new, wanted.find]}, schema=EDITS_SCHEMA)
    cells_check(record, cells=told)


def _step(scope: Scope, *, record: models.Import, wanted: Replacement, run: Run | None = None) -> int:
    """Find the cells and keep the step, found anew where somebody changed one meanwhile; how many cells."""
    while True:
        since = record.moves
        cells = _found(record, wanted=wanted, progress=run or silent)
        cells_check(record, cells=cells)
        if cells.is_empty() or _kept(scope, record=record, cells=cells, since=since, run=run):
            return cells.height


def _kept(scope: Scope, *, record: models.Import, cells: pl.DataFrame, since: int, run: Run | None) -> bool:
    """Whether the step could be kept. In the same transaction stands which job made it."""
    progress: Progress = run or silent
    told = partial(progress, "writing")
    with short_transaction():
        is_kept = edits.add(record, cells=cells, by=scope.actor, since=since, progress=told)
        if is_kept and run:
            made = {"job": run.job.pk, "cells": cells.height}
            records.keep_order(record, order={**record.order, REPLACED: made})
    return is_kept


def _found(record: models.Import, *, wanted: Replacement, progress: Progress = silent) -> pl.DataFrame:
    """The cells that a replacement changes: row, column, old, new; chunk by chunk. Raises PolicyError."""
    _check(record, wanted=wanted)
    found = [pl.DataFrame(schema={**EDITS_SCHEMA, "old": pl.String()})]
    columns = [wanted.column] if wanted.column else record.order["headers"]
    among, done, total = _among(record, wanted=wanted), 0, record.order["rows"]
    for chunk in file_chunks(record, columns=columns):
        progress("replacing", done, total)
        done += chunk.height
        some = chunk if among is None else chunk.filter(pl.col(ROW).is_in(among.implode()))
        for column in columns:
            hits = some.select(row=ROW, column=pl.lit(column), old=column).filter(_is_hit(wanted))
            cells = hits.with_columns(new=_new(wanted)).select("row", "column", "new", "old")
            found.append(cells.filter(pl.col("old") != pl.col("new")))
    return pl.concat(found)


def _among(record: models.Import, *, wanted: Replacement) -> pl.Series | None:
    """The rows of which the problem is said; None where any row will do."""
    if not wanted.problem:
        return None
    said = Wanted(code=wanted.problem, column=wanted.called, value=wanted.find)
    return rows_wanted(record, wanted=said).get_column("row")


def _is_hit(wanted: Replacement) -> pl.Expr:
    cell = pl.col("old")
    return cell == wanted.find if wanted.whole else cell.str.contains(wanted.find, literal=True)


def _new(wanted: Replacement) -> pl.Expr:
    new = pl.lit(wanted.new) if wanted.whole else pl.col("old").str.replace_all(wanted.find, wanted.new, literal=True)
    return new.str.strip_chars(" \t\r\n")
