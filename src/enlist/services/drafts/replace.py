"""Find and replace in the cells of a draft, as one step. In long files a worker does it.

Meanwhile nobody else can change the draft, and everybody who opens it sees the progress.
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

# Most rows that are searched while the person waits: a chunk.
SOON: Final = 20_000
# In a job's arguments: plan the draft as well.
PLAN_TOO: Final = "plan"
# In an import's order: the job that made a step, and how many cells it changed.
REPLACED: Final = "replaced"
_EXAMPLES: Final = 20


@dataclass(frozen=True)
class Replacement:
    """The text to find and its replacement. column: its header in the file, "" for all columns.

    whole: only cells with exactly this text. Case matters. problem: only cells with this flag when the draft was last
    planned (a code, "" for all cells); called: the name of the column at that time.
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
    """A replacement by a worker.

    job: its number. state: one of JOB_STATES. by: who requested it ("" after it has ended). phase, done, total, left:
    its progress, and the seconds left. cells: how many it changed. error: why it failed.
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
    """What a replacement would change. Raises PolicyError as `replace_do`."""
    record = draft_record(scope, number=number)
    cells = _found(record, wanted=wanted)
    shown = cells.head(_EXAMPLES)
    lines = file_rows(record, rows=shown.get_column("row").unique().sort()).select(row=ROW, line=LINE)
    names = pl.col("column").replace_strict(file_names(record), return_dtype=pl.String)
    named = shown.join(lines, on="row", maintain_order="left").select("line", names, "old", "new")
    return Replaced(cells.height, [CellChange(*cell) for cell in named.iter_rows()])


def replace_do(scope: Scope, *, number: int, wanted: Replacement, plan_too: bool = False) -> int | None:
    """Change all cells that a replacement finds, as one step; how many, or None if a worker does it (`work_of`).

    plan_too: the worker also plans the draft. Raises PolicyError for an unknown column or an invalid value; then
    nothing changes.
    """
    record = draft_to_change(scope, number=number)
    _check(record, wanted=wanted)
    if record.order["rows"] <= SOON:
        return _step(scope, record=record, wanted=wanted)
    arguments = {**asdict(wanted), PLAN_TOO: plan_too}
    _, is_new = jobs.put(scope, kind=REPLACING, import_number=number, arguments=arguments)
    if not is_new:
        raise LeaseTaken("import_in_work", number=number)
    return None


def import_replace(run: Run) -> CellsReplaced:
    """The work of a job: make the step, unless an earlier attempt did, and plan the draft if requested."""
    record = draft_record(run.scope, number=run.job.import_number or 0)
    arguments = dict(run.job.arguments)
    if not arguments:
        raise PlanError("replacement_forgotten")
    plan_too = arguments.pop(PLAN_TOO)
    made = record.order.get(REPLACED, {})
    cells = made["cells"] if made.get("job") == run.job.pk else None
    if cells is None:
        cells = _step(run.scope, record=record, wanted=Replacement(**arguments), run=run)
    if plan_too:
        import_make_plan(run)
    return CellsReplaced(cells)


def work_of(scope: Scope, *, number: int) -> Replacing | None:
    """The replacement by a worker, if it is the last job of this import."""
    job = jobs.of_import(scope, number=number)
    if job is None or job.kind != REPLACING:
        return None
    is_open = job.state in OPEN_STATES
    by = people.usernames(scope.organization, ids=[job.by]) if is_open and job.by else {}
    progress = job_progress(job)
    return Replacing(
        job=job.pk,
        state=job.state,
        by=by.get(job.by or 0, ""),
        phase=progress.phase,
        done=progress.done,
        total=progress.total,
        left=progress.left,
        cells=job.result.get("cells", 0),
        error=error_from(job.error) if job.error else None,
    )


def _check(record: models.Import, *, wanted: Replacement) -> None:
    """Raise PolicyError for an invalid replacement."""
    if not wanted.find and not wanted.whole:
        raise PolicyError("nothing_to_find")
    column = wanted.column or record.order["headers"][0]
    texts = [wanted.new, wanted.find]
    cells_check(record, cells=pl.DataFrame({"row": [0, 0], "column": [column] * 2, "new": texts}, schema=EDITS_SCHEMA))


def _step(scope: Scope, *, record: models.Import, wanted: Replacement, run: Run | None = None) -> int:
    """Find the cells and store the step; again if the draft changes meanwhile. How many cells."""
    while True:
        since = record.moves
        cells = _found(record, wanted=wanted, progress=run or silent)
        cells_check(record, cells=cells)
        if cells.is_empty() or _kept(scope, record=record, cells=cells, since=since, run=run):
            return cells.height


def _kept(scope: Scope, *, record: models.Import, cells: pl.DataFrame, since: int, run: Run | None) -> bool:
    """Whether the step was stored; the job that made it is stored in the same transaction."""
    progress: Progress = run or silent
    with short_transaction():
        is_kept = edits.add(record, cells=cells, by=scope.actor, since=since, progress=partial(progress, "writing"))
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
    """The rows with the problem; None for all rows."""
    if not wanted.problem:
        return None
    flagged = Wanted(code=wanted.problem, column=wanted.called, value=wanted.find)
    return rows_wanted(record, wanted=flagged).get_column("row")


def _is_hit(wanted: Replacement) -> pl.Expr:
    cell = pl.col("old")
    return cell == wanted.find if wanted.whole else cell.str.contains(wanted.find, literal=True)


def _new(wanted: Replacement) -> pl.Expr:
    new = pl.lit(wanted.new) if wanted.whole else pl.col("old").str.replace_all(wanted.find, wanted.new, literal=True)
    return new.str.strip_chars(" \t\r\n")
