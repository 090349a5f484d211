"""Edits: changes that people made in the grid of an import, step by step; each person can undo their own steps.

A cell has the value of its last edit whose step is done, so undoing a step keeps what others entered since. Only the
step has a state, so undoing one that changed a million cells writes one row. Edits are kept as long as the file: the
first edit of a cell has the file's value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from enlist.core.table.overlay import HEADER, WHOLE_ROW, check_names, excluded, last_edits, names
from enlist.store.engine import engine
from enlist.store.models import Edit, Import, Person, Step
from enlist.store.transactions import short_transaction

from . import states
from .records import lock_open

_READ: Final = {"edit": pl.Int64(), "row": pl.Int64(), "column": pl.String(), "new": pl.String()}
_CHANGED: Final = {"edit": pl.Int64(), "row": pl.Int64(), "old": pl.String(), "new": pl.String(), "state": pl.String()}
# At most this many rows that aren't consecutive are listed one by one.
_LISTED: Final = 2_000
# Cells written between two progress reports.
_BATCH: Final = 50_000
_OF_HEADERS: Final = f'e."row" = {HEADER}'
_OF_WHOLE_ROWS: Final = f"e.\"column\" = '{WHOLE_ROW}'"


@dataclass(frozen=True)
class Moved:
    """The result of undoing or redoing one's own step.

    did: there was such a step. cells: how many of its cells keep what others entered since; by: their sorted usernames.
    """

    did: bool
    cells: int = 0
    by: tuple[str, ...] = ()


def edits_of(record: Import) -> pl.DataFrame:
    """The current edits (`overlay.EDITS_SCHEMA`), oldest first (one query)."""
    return _current(record)


def edits_among(record: Import, *, rows: pl.Series, and_left_out: bool = False) -> pl.DataFrame:
    """The current edits of headers and of these rows (Int64), possibly also of rows between them (one query).

    and_left_out: also those that exclude a row, for all rows.
    """
    whole_rows = (_OF_WHOLE_ROWS,) if and_left_out else ()
    among = () if rows.is_empty() else (_among(rows),)
    return _current(record, only=(_OF_HEADERS, *whole_rows, *among))


def names_of(record: Import) -> dict[str, str]:
    """Headers of the file → their new names, for those that were renamed (one query)."""
    return names(_current(record, only=(_OF_HEADERS,)))


def left_out(record: Import) -> pl.Series:
    """The excluded rows (Int64, sorted; one query)."""
    return excluded(_current(record, only=(_OF_WHOLE_ROWS,)))


def _current(record: Import, *, only: tuple[str, ...] = ("1 = 1",)) -> pl.DataFrame:
    """The current edits that meet one of these conditions; with OR, SQLite would read all edits of the import."""
    query = (
        'SELECT e.id AS edit, e."row", e."column", e.new FROM store_edit e JOIN store_step s ON s.id = e.step_id'
        " WHERE e.import_id = %s AND s.state = 'done' AND "
    )
    found = engine().read(
        " UNION ALL ".join(query + each for each in only), columns=_READ, params=[record.pk] * len(only)
    )
    return last_edits(found.sort("edit").drop("edit"))


def _among(rows: pl.Series) -> str:
    """SQL for these rows, possibly also rows between them."""
    numbers = sorted(set(rows.to_list()))
    if len(numbers) > _LISTED or len(numbers) == numbers[-1] - numbers[0] + 1:
        return f'e."row" BETWEEN {numbers[0]} AND {numbers[-1]}'
    return f'e."row" IN ({", ".join(map(str, numbers))})'


def add(
    record: Import,
    *,
    cells: pl.DataFrame,
    by: Person | None,
    since: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> bool:
    """Add a step, after which the person can't redo earlier ones; False if it wasn't added.

    cells: row, column, old, new. since: add it only if the import has this number of moves. progress: called with the
    number of cells written and their total; an exception from it undoes the step. Raises HeaderError if two columns
    would have the same name.
    """
    with short_transaction():
        _lock(record)
        if since is not None and record.moves != since:
            return False
        _move(record)
        _steps(record, by=by, state="undone").update(state="dropped")
        step = Step.objects.create(of_import=record, organization_id=record.organization_id, by=by, move=record.moves)
        place = {"organization_id": record.organization_id, "import_id": record.pk, "step_id": step.pk}
        named = {name: pl.lit(value, pl.Int64) for name, value in place.items()}
        for done in range(0, cells.height, _BATCH):
            progress(done, cells.height)
            some = cells.slice(done, _BATCH)
            engine().load("store_edit", frame=some.select("row", "column", "old", "new", **named))
        check_names(record.order["headers"], called=names_of(record))
    return True


def undo(record: Import, *, by: Person | None) -> Moved:
    """Undo a person's last step. Raises HeaderError if two columns would have the same name."""
    return _move_step(record, step=_steps(record, by=by, state="done").last(), state="undone")


def redo(record: Import, *, by: Person | None) -> Moved:
    """Redo the step that a person undid last. Raises HeaderError as `undo` does."""
    return _move_step(record, step=_steps(record, by=by, state="undone").first(), state="done")


def _move_step(record: Import, *, step: Step | None, state: str) -> Moved:
    if step is None:
        return Moved(did=False)
    with short_transaction():
        _move(record)
        # Two requests at once move it only once.
        did = Step.objects.filter(pk=step.pk).exclude(state=state).update(state=state, move=record.moves)
        check_names(record.order["headers"], called=names_of(record))
    return _over(record, step=step) if did else Moved(did=False)


def _over(record: Import, *, step: Step) -> Moved:
    """The result for a step that was moved: what others entered over it."""
    later = Step.objects.filter(of_import=record, state="done", pk__gt=step.pk).exclude(by=step.by_id)
    if not later.exists():
        return Moved(did=True)
    same = Edit.objects.filter(of_import=record, step=step, row=OuterRef("row"), column=OuterRef("column"))
    found = Edit.objects.filter(Exists(same), of_import=record, step__in=later)
    by = found.values_list("step__by__username", flat=True).distinct()
    return Moved(
        did=True,
        cells=found.values("row", "column").distinct().count(),
        by=tuple(sorted(name for name in by if name)),
    )


def last_of_others(record: Import, *, but: Person | None) -> str:
    """The username of the last other person with a step that is done; "" for nobody (one query)."""
    others = Step.objects.filter(of_import=record, state="done").exclude(by=but).exclude(by=None).order_by("pk")
    return others.values_list("by__username", flat=True).last() or ""


def _steps(record: Import, *, by: Person | None, state: str) -> QuerySet[Step]:
    """A person's steps, in order."""
    return Step.objects.filter(of_import=record, by=by, state=state).order_by("pk")


def _lock(record: Import) -> None:
    """Read the number of moves, and let nobody else make one until the transaction ends."""
    record.moves = lock_open(record).moves


def _move(record: Import) -> None:
    """Count one more move, and make the plan stale, in one transaction. Raises PlanError as `lock_open` does."""
    _lock(record)
    states.move_one(record, by=states.CHANGE, moves=record.moves + 1)


def counts(record: Import, *, by: Person | None) -> tuple[int, int]:
    """How many steps a person can undo, and how many they can redo (one query)."""
    mine = Step.objects.filter(of_import=record, by=by).order_by("state")
    found = dict(mine.values_list("state").annotate(count=Count("pk")))
    return found.get("done", 0), found.get("undone", 0)


def authors(record: Import, *, rows: Iterable[int]) -> dict[int, dict[str, str]]:
    """Who entered the current values of changed cells in these rows: row → column → username (one query)."""
    mine = Edit.objects.filter(_of_rows(rows), of_import=record, step__state="done").order_by("id")
    found: dict[int, dict[str, str]] = {}
    for row, column, by in mine.values_list("row", "column", "step__by__username"):
        found.setdefault(row, {})[column] = by or ""
    return found


def rows_since(record: Import, *, move: int, rows: pl.Series, whole: Collection[str]) -> set[int]:
    """Those of these rows that have changed since this move.

    All of them if a header has changed, or a cell of a column in `whole`, whose cells are read depending on each other.
    """
    mine = Edit.objects.filter(of_import=record, step__move__gt=move)
    if mine.filter(Q(row=HEADER) | Q(column__in=whole)).exists():
        return set(rows)
    return set(mine.filter(_of_rows(rows)).values_list("row", flat=True).distinct())


def _of_rows(rows: Iterable[int]) -> Q:
    """A condition for these rows; with a list alone, PostgreSQL scans all of them after many edits."""
    numbers = sorted(rows) or [HEADER]
    return Q(row__in=numbers, row__range=(numbers[0], numbers[-1]))


def changed_in(record: Import, *, column: str) -> pl.DataFrame:
    """The cells of a column that were ever changed: row, old (the file's value), new (the current one; one query)."""
    at = engine()
    with at.reading():
        found = at.read(
            'SELECT e.id AS edit, e."row", e.old, e.new, s.state FROM store_edit e'
            ' JOIN store_step s ON s.id = e.step_id WHERE e.import_id = %s AND e."column" = %s AND e."row" <> %s',
            columns=_CHANGED,
            params=[record.pk, column, HEADER],
        ).sort("edit")
    current = found.filter(pl.col("state") == "done").group_by("row").agg(pl.col("new").last())
    original = found.group_by("row").agg(pl.col("old").first())
    return original.join(current, on="row", how="left").with_columns(pl.coalesce("new", "old").alias("new"))


def others_since(record: Import, *, move: int, but: Person | None) -> list[str]:
    """The usernames of others who made, undid or redid a step since this move (one query)."""
    others = Step.objects.filter(of_import=record, move__gt=move).exclude(by=but).exclude(by=None)
    return sorted(set(others.values_list("by__username", flat=True)))


def imports_with(organization: int) -> list[Import]:
    """The imports with a cell that was ever changed, even if that was undone (one query)."""
    mine = Edit.objects.filter(of_import=OuterRef("pk"))
    return list(Import.objects.filter(Exists(mine), organization=organization).order_by("number"))


def texts(record: Import) -> Iterator[pl.DataFrame]:
    """The values of all edited cells before and after, a frame per column, named by its header (one query)."""
    at = engine()
    with at.reading():
        found = at.read(
            'SELECT id AS edit, "column", old, new FROM store_edit WHERE import_id = %s',
            columns={"edit": pl.Int64(), "column": pl.String(), "old": pl.String(), "new": pl.String()},
            params=[record.pk],
        )
    for (column,), mine in found.group_by("column"):
        yield pl.concat([mine.get_column("old"), mine.get_column("new")]).rename(str(column)).unique().to_frame()


def count(record: Import) -> int:
    """How many edits are stored, including those of undone steps (one query)."""
    return Edit.objects.filter(of_import=record).count()


def forget(record: Import) -> None:
    """Remove all edits, because the file is read again."""
    with short_transaction():
        _move(record)
        remove(record)


def remove(record: Import) -> int:
    """Remove all edits, and return how many."""
    with short_transaction():
        count, _ = Edit.objects.filter(of_import=record).delete()
        Step.objects.filter(of_import=record).delete()
    return count
