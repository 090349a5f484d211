"""Preview: the rows of an import's file with their status, and the flags of its plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import polars as pl

from enlist.core.changes.statuses import STATUSES
from enlist.core.clean import fold_key
from enlist.core.errors import PolicyError
from enlist.core.flags.catalogue import ERRORS, FLAGS, NOT_IMPORTED, WARNINGS
from enlist.core.flags.flags import FLAG_SCHEMA, sentences
from enlist.core.plan.plan import STATUSES_SCHEMA, Plan
from enlist.core.report import report
from enlist.core.report.people import partial_plans
from enlist.core.report.report import FlagGroup
from enlist.services.access import Right, Scope, may_touch
from enlist.store import models
from enlist.store.imports import artifacts, records

from .staged_file import LINE, ROW, file_chunks, file_excluded, file_rows

# Filters of rows, beside their statuses.
PROBLEMS: Final = "problems"
FAILING: Final = "errors"
WARNED: Final = "warnings"
NEW: Final = "new"
KNOWN: Final = "known"
OUT: Final = "excluded"
ROW_FILTERS: Final = ("", PROBLEMS, FAILING, WARNED, NEW, KNOWN, OUT, *STATUSES)
# The codes of flags that each filter finds.
_CODES: Final = {PROBLEMS: NOT_IMPORTED, FAILING: ERRORS, WARNED: WARNINGS}


@dataclass(frozen=True)
class Wanted:
    """Filters and order of rows.

    show: one of ROW_FILTERS. code, column, value: of one problem; a value of None means any. text: a cell contains it.
    by: the column (its header in the file) that orders the rows, "" for the order of the file.
    """

    show: str = ""
    code: str = ""
    column: str = ""
    value: str | None = None
    text: str = ""
    by: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RowFlag:
    """A flag about a row, or about its cell in a column ("" for the whole row)."""

    column: str
    level: str
    sentence: str
    code: str


@dataclass(frozen=True)
class Row:
    """A row of a file, with its status and flags.

    row: its number from 0. known: it names an existing person. person: the plan's number of its person, 0 for nobody.
    """

    row: int
    line: int
    cells: tuple[str, ...]
    row_status: str
    known: bool = False
    flags: tuple[RowFlag, ...] = ()
    person: int = 0


@dataclass(frozen=True)
class RowsPage:
    """Some rows of a file, and its headers. total: how many rows match the filters."""

    headers: tuple[str, ...]
    rows: list[Row]
    total: int
    start: int
    next: int | None


def plan_flags(plan: Plan) -> list[FlagGroup]:
    """The flags of a plan, grouped by kind and column."""
    return _flags(PlanKey(plan.head.fingerprints, plan))


@dataclass(frozen=True)
class PlanKey:
    """A plan as the key of a cache, by its fingerprints."""

    prints: tuple[str, ...]
    plan: Plan = field(compare=False)


@lru_cache(maxsize=32)
def _flags(key: PlanKey) -> list[FlagGroup]:
    return report.groups_of(partial_plan.flags() for partial_plan in partial_plans(key.plan))


def import_rows(scope: Scope, *, number: int, wanted: Wanted, start: int, limit: int) -> RowsPage:
    """Rows of an import's file with their status and flags.

    Raises NotFound; PolicyError for an unknown filter or column; PlanError if the file or the plan has expired.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    chosen = _searched(record, chosen=rows_wanted(record, wanted=wanted), wanted=wanted)
    start = max(start, 0)
    page = chosen.slice(start, limit)
    flags = rows_flags(record, rows=page)
    # An import that needs approval has its rows in the import it was split from.
    frame = file_rows(record.split_from or record, rows=page.get_column("row").sort())
    headers = tuple(name for name in frame.columns if name not in (ROW, LINE))
    shown = page.select("row", pl.col("row_status").fill_null(""), "known", pl.col("person").fill_null(0)).join(
        frame.select(pl.col(ROW).alias("row"), LINE, *headers), on="row", how="inner", maintain_order="left"
    )
    rows = [
        Row(row, line, tuple(cells), row_status, known, flags.get(row, ()), person)
        for row, row_status, known, person, line, *cells in shown.iter_rows()
    ]
    return RowsPage(headers, rows, chosen.height, start, start + limit if start + limit < chosen.height else None)


def rows_counts(record: models.Import) -> dict[str, int]:
    """How many rows each filter of the grid finds, by its name; before the first plan only "" and the excluded ones."""
    index, left_out = index_of(record), file_excluded(record)
    shown = (*_CODES, NEW, KNOWN)
    counts = index.select(_wanted(show).fill_null(value=False).sum().alias(show) for show in shown).row(0, named=True)
    return {"": index.height, **counts, OUT: len(left_out)}


def _searched(record: models.Import, *, chosen: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """The rows of an index that contain the text, in the wanted order."""
    of_file = record.split_from or record
    if wanted.text:
        chosen = chosen.filter(pl.col("row").is_in(rows_with(of_file, text=wanted.text).implode()))
    if wanted.by:
        order = rows_by(of_file, column=wanted.by, descending=wanted.descending).alias("row")
        chosen = order.to_frame().join(chosen, on="row", how="inner", maintain_order="left")
    return chosen


def rows_wanted(record: models.Import, *, wanted: Wanted) -> pl.DataFrame:
    """The rows that match (`index_of`). Raises PolicyError for an unknown filter."""
    if wanted.show not in ROW_FILTERS:
        raise PolicyError("row_filter_unknown", value=wanted.show)
    index = index_of(record)
    if wanted.show == OUT:
        return index.filter(pl.col("row").is_in(file_excluded(record).implode()))
    chosen = index.filter(_wanted(wanted.show))
    if not wanted.code:
        return chosen
    same = pl.lit(value=True)
    for name in ("code", "column", "value"):
        if (wish := getattr(wanted, name)) is not None:
            same &= pl.col(name).fill_null("") == wish
    found = artifacts.frames_named(record.pk, kind=artifacts.PLAN, name="flags")
    rows = pl.concat([pl.DataFrame(schema=FLAG_SCHEMA), *(frame.filter(same) for frame in found)]).get_column("row")
    return chosen.filter(pl.col("row").is_in(rows.drop_nulls().unique().implode()))


def _wanted(show: str) -> pl.Expr:
    match show:
        case "":
            return pl.lit(value=True)
        case "new":
            return pl.col("row_status") == "created"
        case "known" | "problems" | "errors" | "warnings":
            return pl.col(show)
        case _:
            return pl.col("row_status") == show


def index_of(record: models.Import) -> pl.DataFrame:
    """Every row of the file: row, status and person (null before it is planned), known (an existing person).

    problems, errors, warnings: it has such flags. parts: the parts of the plan with flags about it (null: none).
    """
    prints = tuple(record.plan_head.get("fingerprints", ()))
    if not prints or record.plan_removed_at:
        rows = sum(artifacts.count_rows(record, kind=artifacts.STAGED, name="table"))
        return pl.select(row=pl.int_range(rows, dtype=pl.Int64)).with_columns(
            row_status=pl.lit(None, pl.String),
            known=pl.lit(value=False),
            **{name: pl.lit(value=False) for name in _CODES},
            person=pl.lit(None, pl.Int64),
            parts=pl.lit(None, pl.List(pl.Int32)),
        )
    return _index(record.pk, prints=prints)


@lru_cache(maxsize=4)
def _index(of_import: int, *, prints: tuple[str, ...]) -> pl.DataFrame:
    """The index of a plan with these fingerprints."""
    del prints
    statuses = artifacts.frames_named(of_import, kind=artifacts.PLAN, name="statuses")
    flags = artifacts.frames_by_part(of_import, kind=artifacts.PLAN, name="flags")
    found = [
        frame.filter(pl.col("row").is_not_null()).select(
            "row", part=pl.lit(part, pl.Int32), **{name: pl.col("code").is_in(codes) for name, codes in _CODES.items()}
        )
        for part, frame in flags.items()
    ]
    schema = {"row": pl.Int64(), "part": pl.Int32(), **dict.fromkeys(_CODES, pl.Boolean())}
    flagged = pl.concat([pl.DataFrame(schema=schema), *found]).group_by("row")
    worst = flagged.agg(pl.col(*_CODES).any(), parts=pl.col("part").unique())
    whole = pl.concat([pl.DataFrame(schema=STATUSES_SCHEMA), *statuses])
    return (
        whole.join(worst, on="row", how="left")
        .select(
            "row",
            pl.col("row_status").cast(pl.Categorical),
            "person",
            "parts",
            pl.col(*_CODES).fill_null(value=False),
            known=(pl.col("person") > 0).fill_null(value=False),
        )
        .sort("row")
    )


def rows_flags(record: models.Import, *, rows: pl.DataFrame) -> dict[int, tuple[RowFlag, ...]]:
    """The flags of some rows of the index."""
    parts = rows.get_column("parts").explode().unique().drop_nulls().to_list()
    if not parts:
        return {}
    among = pl.col("row").is_in(rows.get_column("row").implode())
    kept = artifacts.frames_by_part(record.pk, kind=artifacts.PLAN, name="flags", parts=parts)
    found = [frame.filter(among) for frame in kept.values()]
    return flag_list(pl.concat([pl.DataFrame(schema=FLAG_SCHEMA), *found]))


def flag_list(flags: pl.DataFrame) -> dict[int, tuple[RowFlag, ...]]:
    """Flags by their row."""
    found: dict[int, tuple[RowFlag, ...]] = {}
    columns = flags.select("row", "code", pl.col("column").fill_null(""))
    for (row, code, column), sentence in zip(columns.iter_rows(), sentences(flags), strict=True):
        shown = RowFlag(column, level=FLAGS[code].level.value, sentence=sentence, code=code)
        found[row] = (*found.get(row, ()), shown)
    return found


def rows_with(record: models.Import, *, text: str) -> pl.Series:
    """The rows (Int64) with a cell that contains this text, without regard to case."""
    sought, found = fold_key(pl.Series([text])).item(), [pl.Series(dtype=pl.Int64)]
    for chunk in file_chunks(record, columns=record.order["headers"]):
        cells = (fold_key(column) for column in chunk.drop(ROW).iter_columns())
        hits = (column.str.contains(sought, literal=True).fill_null(value=False) for column in cells)
        is_hit = pl.select(pl.any_horizontal(*hits)).to_series() if chunk.width > 1 else pl.Series([False])
        found.append(chunk.get_column(ROW).filter(is_hit))
    return pl.concat(found)


def rows_by(record: models.Import, *, column: str, descending: bool) -> pl.Series:
    """All rows (Int64) ordered by the cells of a column: numbers, then texts, then blank cells; equal ones by line.

    Raises PolicyError if the file has no such column.
    """
    if column not in record.order["headers"]:
        raise PolicyError("cell_column_unknown", column=column)
    cells = pl.concat(list(file_chunks(record, columns=[column]))).with_columns(pl.col(column).fill_null(""))
    keys = cells.select(
        ROW,
        is_blank=pl.col(column) == "",
        number=pl.col(column).cast(pl.Float64, strict=False),
        text=fold_key(cells.get_column(column)),
    )
    order = ["is_blank", "number", "text", ROW]
    return keys.sort(order, descending=[False, descending, descending, False], nulls_last=True).get_column(ROW)
