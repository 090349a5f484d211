"""Reviewing: the rows of a draft as a grid; what is changed there lies over the file, step by step.

A row whose cells were changed since the draft was planned is checked again by itself; who it would be, and what would
become of it, the next plan says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import polars as pl

from enlist.core.cleaners import settle
from enlist.core.errors import EnlistError, PolicyError
from enlist.core.headers import match_headers
from enlist.core.overlay import EXCLUDED, WHOLE_ROW, excluded
from enlist.core.policy import Policy
from enlist.core.validate import check
from enlist.services.access import Scope
from enlist.store import edits, models

from .drafts import draft_record, draft_to_change, words_of
from .previewing import RowsPage, Wanted, flags_told, import_rows
from .replacing import Work, work_of
from .staging import ROW, cells_check, file_rows, file_table

# As many cells as one step may change by hand; find and replace knows no limit.
MOST_CELLS: Final = 200_000
_CELLS: Final = {"row": pl.Int64(), "column": pl.String(), "new": pl.String()}


@dataclass(frozen=True)
class Review:
    """What a page of the grid shows beside its rows: steps that can be taken back or made again, what is out.

    changed: row → column → who changed it last. moves: how many steps anybody made, forth or back. is_checked: nothing
    was changed since the problems were looked for. work: the last replacement that a worker makes or made.
    """

    page: RowsPage
    done: int
    undone: int
    excluded: frozenset[int]
    changed: dict[int, dict[str, str]]
    moves: int
    is_checked: bool
    work: Work | None


@dataclass(frozen=True)
class News:
    """How many steps anybody made in a draft, forth or back, and who else made some since a moment: usernames.

    work: the last replacement that a worker makes or made.
    """

    moves: int
    by: list[str]
    work: Work | None


def review_page(scope: Scope, *, number: int, wanted: Wanted, start: int, limit: int) -> Review:
    """A page of a draft's grid; rows that were changed since it was planned are checked again."""
    record = draft_record(scope, number=number)
    page = import_rows(scope, number=number, wanted=wanted, start=start, limit=limit)
    shown = pl.Series("row", [row.row for row in page.rows], dtype=pl.Int64)
    mine = edits.edits_among(record, rows=shown).filter(pl.col("row").is_in(shown.implode()))
    if record.state != "planned":
        since = edits.rows_since(record, moment=record.planned_at, rows=shown)
        page = _checked(scope, record=record, page=page, rows=since)
    return Review(
        page=page,
        done=record.steps_done,
        undone=record.steps - record.steps_done,
        excluded=frozenset(excluded(mine)),
        changed=edits.authors(record, rows=shown),
        moves=record.moves,
        is_checked=record.state == "planned",
        work=work_of(scope, number=number),
    )


def review_news(scope: Scope, *, number: int, moves: int, since: datetime) -> News:
    """What became of a draft since it had so many moves. Raises PlanError where it is no draft any more."""
    record = draft_record(scope, number=number)
    by = edits.last_by_others(record, since=since, but=scope.actor) if record.moves != moves else []
    return News(record.moves, by, work_of(scope, number=number))


def cells_by_others(scope: Scope, *, number: int, cells: Iterable[tuple[int, str, str]]) -> list[str]:
    """Who else changed one of these cells (row, column, new) last: usernames."""
    record, asked = draft_record(scope, number=number), list(cells)
    known = edits.authors(record, rows={row for row, _column, _new in asked})
    me = scope.actor.username if scope.actor else ""
    return sorted({known.get(row, {}).get(column, "") for row, column, _new in asked} - {me, ""})


def _checked(scope: Scope, *, record: models.Import, page: RowsPage, rows: set[int]) -> RowsPage:
    """The page with what is wrong with the cells of some of its rows as they are now."""
    about = [row for row in page.rows if row.row in rows]
    if not about:
        return page
    words = words_of(scope)
    reference = words["reference"]
    policy = settle(Policy.from_dict(record.policy), reference=reference)
    frame = pl.DataFrame([row.cells for row in about], schema=dict.fromkeys(page.headers, pl.String), orient="row")
    table = file_table(record, frame=frame, lines=pl.Series([row.line for row in about], dtype=pl.Int64))
    try:
        match = match_headers(table, **words, overrides=record.order["columns"], left_out=policy.columns_left_out)
    except EnlistError:
        return page
    found = check(table, match, policy=policy, reference=reference).flags
    told = flags_told(found.filter(pl.col("row").is_not_null()))
    now = {row.row: replace(row, fate="", flags=told.get(place, ())) for place, row in enumerate(about)}
    return replace(page, rows=[now.get(row.row, row) for row in page.rows])


def cells_set(scope: Scope, *, number: int, cells: Iterable[tuple[int, str, str]]) -> int:
    """Put other values into cells: row, column, new; how many that changed. One step, whatever it changes.

    Raises PolicyError for a row, a column or a value there cannot be; then nothing is changed.
    """
    record = draft_to_change(scope, number=number)
    frame = pl.DataFrame(list(cells), schema=_CELLS, orient="row").unique(
        ["row", "column"], keep="last", maintain_order=True
    )
    if frame.height > MOST_CELLS:
        raise PolicyError(f"So many cells cannot be changed at once: {frame.height:,}.", hint="Use find and replace.")
    cells_check(record, cells=frame)
    return _keep(scope, record=record, cells=_with_old(record, cells=_trimmed(frame)))


def rows_exclude(scope: Scope, *, number: int, rows: Iterable[int], out: bool) -> int:
    """Leave rows out, or take them in again; how many that changed. Raises PolicyError for a row there is not."""
    record = draft_to_change(scope, number=number)
    wanted = pl.DataFrame({"row": pl.Series(list(rows), dtype=pl.Int64)}).unique()
    cells_check(record, cells=wanted.with_columns(column=pl.lit(WHOLE_ROW), new=pl.lit("")))
    new = EXCLUDED if out else ""
    now = edits.left_out(record).to_frame().with_columns(old=pl.lit(EXCLUDED))
    told = wanted.join(now, on="row", how="left").with_columns(
        pl.col("old").fill_null(""), column=pl.lit(WHOLE_ROW), new=pl.lit(new)
    )
    return _keep(scope, record=record, cells=told.filter(pl.col("old") != pl.col("new")))


def edit_undo(scope: Scope, *, number: int) -> bool:
    """Take the last step back, whoever made it; whether there was one."""
    return edits.take_back(draft_to_change(scope, number=number))


def edit_redo(scope: Scope, *, number: int) -> bool:
    """Make the step again that was taken back last; whether there was one."""
    return edits.make_again(draft_to_change(scope, number=number))


def _trimmed(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(pl.col("new").str.strip_chars(" \t\r\n"))


def _with_old(record: models.Import, *, cells: pl.DataFrame) -> pl.DataFrame:
    """The cells that change: row, column, old, new."""
    rows = cells.get_column("row").unique().sort()
    now = file_rows(record, rows=rows)
    found = [pl.DataFrame(schema={**_CELLS, "old": pl.String()})]
    for (column,), mine in cells.group_by("column", maintain_order=True):
        found.append(mine.join(now.select(row=ROW, old=str(column)), on="row"))
    return pl.concat(found).filter(pl.col("old") != pl.col("new"))


def _keep(scope: Scope, *, record: models.Import, cells: pl.DataFrame) -> int:
    if not cells.is_empty():
        edits.add(record, cells=cells, by=scope.actor)
    return cells.height
