"""Review: the rows of a draft as a grid. Edits lie over the file, step by step.

Rows with edits since the last planning are checked again on their own; their person and status come with the next plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from enlist.core.errors import EnlistError, PolicyError
from enlist.core.report.people import partial_plans
from enlist.core.rows.check import check
from enlist.core.rows.cleaners import settle
from enlist.core.table.overlay import EXCLUDED, WHOLE_ROW, excluded, names
from enlist.services.access import Scope
from enlist.services.imports.preview import RowsPage, Wanted, flag_list, import_rows, rows_counts, rows_wanted
from enlist.services.imports.staged_file import (
    ROW,
    cells_check,
    file_meant,
    file_names,
    file_rows,
    file_start_edited,
    file_table,
    rows_check,
)
from enlist.services.jobs.run import REPLACING
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import artifacts, edits
from enlist.store.imports.edits import Moved
from enlist.store.jobs import jobs
from enlist.store.operations.models import OPEN_STATES
from enlist.store.people.people import usernames

from .date_order import dates_columns, dates_order
from .draft import Draft, draft_of, draft_record, draft_to_change, words_of
from .fixes import Problems, problems_of
from .replace import Replacing, work_of
from .twins import pairs_of

# Most cells that one manual step may change; find and replace has no limit.
MOST_CELLS: Final = 200_000
# The flag of rows about a person with several rows.
REPEATED: Final = "same_person_twice"
_CELLS: Final = {"row": pl.Int64(), "column": pl.String(), "new": pl.String()}


@dataclass(frozen=True)
class Review:
    """A page of the grid.

    names: headers of the file → their current names. done, undone: one's own steps to undo and redo. excluded: rows.
    changed: row → header of the file → who last changed the cell. moves: steps by anybody, undone ones included.
    is_checked: nothing has changed since the last check. work: the last replacement by a worker. counts: how many rows
    each filter finds. usernames: row → the username that the last plan gives its person, if they were asked for.
    """

    page: RowsPage
    names: dict[str, str]
    done: int
    undone: int
    excluded: frozenset[int]
    changed: dict[int, dict[str, str]]
    moves: int
    is_checked: bool
    work: Replacing | None
    counts: dict[str, int]
    usernames: dict[int, str]


@dataclass(frozen=True)
class Overview:
    """What the review page shows beside the grid. is_busy: a job is open; is_checking: it looks for problems."""

    draft: Draft
    problems: Problems
    is_busy: bool
    is_checking: bool


@dataclass(frozen=True)
class News:
    """Changes by others. moves: all steps. by: usernames of others who made some. work: as in Review."""

    moves: int
    by: list[str]
    work: Replacing | None


def review_show(scope: Scope, *, number: int, problems: int) -> Overview:
    """A draft and its first kinds of problems, in a fixed number of queries."""
    record = draft_record(scope, number=number)
    start, changed = file_start_edited(record, and_left_out=True)
    draft = draft_of(record, start=start, called=names(changed), words=words_of(scope))
    found = problems_of(
        record,
        out=excluded(changed),
        reference=draft.reference,
        limit=problems,
        columns=[column.slug for column in draft.columns],
    )
    found = pairs_of(record, problems=found, headers={each.slug: each.header for each in draft.columns if each.slug})
    job = jobs.of_import(scope, number=number)
    is_busy = job is not None and job.state in OPEN_STATES
    return Overview(
        draft=replace(draft, reference=found.reference),
        problems=found,
        is_busy=is_busy,
        is_checking=is_busy and job is not None and job.kind != REPLACING,
    )


def review_page(
    scope: Scope, *, number: int, wanted: Wanted, start: int, limit: int, with_usernames: bool = False
) -> Review:
    """A page of a draft's grid; rows with edits since the last planning are checked again."""
    record = draft_record(scope, number=number)
    page = import_rows(scope, number=number, wanted=wanted, start=start, limit=limit)
    shown = pl.Series("row", [row.row for row in page.rows], dtype=pl.Int64)
    mine = edits.edits_among(record, rows=shown).filter(pl.col("row").is_in(shown.implode()))
    if record.state != "planned":
        page = _checked(scope, record=record, page=page, rows=shown)
    done, undone = edits.counts(record, by=scope.actor)
    return Review(
        page=page,
        names=file_names(record),
        done=done,
        undone=undone,
        excluded=frozenset(excluded(mine)),
        changed=edits.authors(record, rows=shown),
        moves=record.moves,
        is_checked=record.state == "planned",
        work=work_of(scope, number=number),
        counts=rows_counts(record),
        usernames=_usernames(scope, record=record, page=page) if with_usernames else {},
    )


def _usernames(scope: Scope, *, record: models.Import, page: RowsPage) -> dict[int, str]:
    """Row → the username of its person: that of an existing one, or the one that the plan gives to a new one."""
    persons = {row.row: row.person for row in page.rows if row.person}
    known = usernames(scope.organization, ids=[person for person in persons.values() if person > 0])
    new = pl.Series([person for person in persons.values() if person < 0], dtype=pl.Int64)
    for part in partial_plans(artifacts.plan_of(record)) if len(new) else ():
        created = part.columns("create", "person", "username")
        if created.height:
            known |= dict(created.filter(pl.col("person").is_in(new.implode())).iter_rows())
    return {row: known.get(person, "") for row, person in persons.items()}


def review_news(scope: Scope, *, number: int, moves: int) -> News:
    """Changes since the draft had `moves` moves. Raises PlanError if it isn't a draft any more."""
    record = draft_record(scope, number=number)
    by = edits.others_since(record, move=moves, but=scope.actor) if record.moves != moves else []
    return News(record.moves, by, work_of(scope, number=number))


def cells_by_others(scope: Scope, *, number: int, cells: Iterable[tuple[int, str, str]]) -> list[str]:
    """Who else changed one of these cells (row, column, new) last: usernames."""
    record, changed = draft_record(scope, number=number), list(cells)
    authors = edits.authors(record, rows={row for row, _column, _new in changed})
    me = scope.actor.username if scope.actor else ""
    return sorted({authors.get(row, {}).get(column, "") for row, column, _new in changed} - {me, ""})


def _checked(scope: Scope, *, record: models.Import, page: RowsPage, rows: pl.Series) -> RowsPage:
    """The page with new flags for its rows that have changed since the draft was planned."""
    words = words_of(scope)
    dates = dates_columns(record, words=words)
    since = edits.rows_since(record, move=record.planned_moves, rows=rows, whole=dates.values())
    about = [row for row in page.rows if row.row in since]
    if not about:
        return page
    reference = snapshot.reference(scope.organization)
    columns, policy = file_meant(record, headers=page.headers)
    policy = settle(policy, reference=reference)
    frame = pl.DataFrame([row.cells for row in about], schema=dict.fromkeys(page.headers, pl.String), orient="row")
    table = file_table(record, frame=frame, lines=pl.Series([row.line for row in about], dtype=pl.Int64))
    try:
        match = words.match(table, overrides=columns, left_out=policy.columns_left_out)
    except EnlistError:
        return page
    orders = {slug: dates_order(record, header=header) for slug, header in dates.items()}
    found = check(table, replace(match, date_orders=orders), policy=policy, reference=reference).flags
    flags = flag_list(found.filter(pl.col("row").is_not_null()))
    now = {row.row: replace(row, row_status="", flags=flags.get(place, ())) for place, row in enumerate(about)}
    return replace(page, rows=[now.get(row.row, row) for row in page.rows])


def cells_set(scope: Scope, *, number: int, cells: Iterable[tuple[int, str, str]]) -> int:
    """Change cells (row, header in the file, new value), as one step; how many changed.

    Raises PolicyError for an unknown row or column, or an invalid value; then nothing changes.
    """
    record = draft_to_change(scope, number=number)
    frame = pl.DataFrame(list(cells), schema=_CELLS, orient="row").unique(
        ["row", "column"], keep="last", maintain_order=True
    )
    if frame.height > MOST_CELLS:
        raise PolicyError("too_many_cells_at_once", cells=frame.height)
    cells_check(record, cells=frame)
    trimmed = frame.with_columns(pl.col("new").str.strip_chars(" \t\r\n"))
    return _keep(scope, record=record, cells=_with_old(record, cells=trimmed))


def rows_exclude(scope: Scope, *, number: int, rows: Iterable[int], out: bool) -> int:
    """Exclude or include rows; how many changed. Raises PolicyError for an unknown row."""
    record = draft_to_change(scope, number=number)
    wanted = pl.DataFrame({"row": pl.Series(list(rows), dtype=pl.Int64)}).unique()
    rows_check(record, rows=wanted.get_column("row"))
    new = EXCLUDED if out else ""
    now = edits.left_out(record).to_frame().with_columns(old=pl.lit(EXCLUDED))
    changes = wanted.join(now, on="row", how="left").with_columns(
        pl.col("old").fill_null(""), column=pl.lit(WHOLE_ROW), new=pl.lit(new)
    )
    return _keep(scope, record=record, cells=changes.filter(pl.col("old") != pl.col("new")))


def problem_exclude(scope: Scope, *, number: int, problem: tuple[str, str, str]) -> int:
    """Exclude the rows with a problem (code, column, value), as one step; how many."""
    code, column, value = problem
    found = rows_wanted(draft_record(scope, number=number), wanted=Wanted(code=code, column=column, value=value))
    return rows_exclude(scope, number=number, rows=found.get_column("row"), out=True)


def repeated_exclude(scope: Scope, *, number: int) -> int:
    """Exclude all rows about a person except their last one, as one step; how many."""
    record = draft_record(scope, number=number)
    rows = rows_wanted(record, wanted=Wanted(code=REPEATED))
    rows = rows.filter(~pl.col("row").is_in(edits.left_out(record).implode()))
    earlier = rows.filter(pl.col("row") < pl.col("row").max().over("person")).get_column("row")
    return rows_exclude(scope, number=number, rows=earlier, out=True)


def edit_undo(scope: Scope, *, number: int) -> Moved:
    """Undo the acting person's last step; changes by others stay."""
    return edits.undo(draft_to_change(scope, number=number), by=scope.actor)


def edit_redo(scope: Scope, *, number: int) -> Moved:
    """Redo the step that the acting person undid last; changes by others stay."""
    return edits.redo(draft_to_change(scope, number=number), by=scope.actor)


def last_by_others(scope: Scope, *, number: int) -> str:
    """The username of the person who made the last step by others, "" if there is none."""
    return edits.last_of_others(draft_record(scope, number=number), but=scope.actor)


def _with_old(record: models.Import, *, cells: pl.DataFrame) -> pl.DataFrame:
    """The cells that change: row, column, old, new."""
    rows = cells.get_column("row").unique().sort()
    now, names = file_rows(record, rows=rows), file_names(record)
    found = [pl.DataFrame(schema={**_CELLS, "old": pl.String()})]
    for (column,), mine in cells.group_by("column", maintain_order=True):
        found.append(mine.join(now.select(row=ROW, old=names[str(column)]), on="row"))
    return pl.concat(found).filter(pl.col("old") != pl.col("new"))


def _keep(scope: Scope, *, record: models.Import, cells: pl.DataFrame) -> int:
    if not cells.is_empty():
        edits.add(record, cells=cells, by=scope.actor)
    return cells.height
