"""Edits: what people changed in the grid of an import, step by step; each takes back their own.

Of several edits of one place the last counts of those whose step counts: what somebody else put there since stays when
a step is taken back. Whether it counts is said of the step, so that taking one back that changed a million cells writes
one row. No edit is deleted before its file is, so that the first of a cell tells what the file has there.
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
# So many rows that do not follow each other are named one by one.
_NAMED: Final = 2_000
# So many cells are written between two words about it.
_BATCH: Final = 50_000
_OF_HEADERS: Final = f'e."row" = {HEADER}'
_OF_WHOLE_ROWS: Final = f"e.\"column\" = '{WHOLE_ROW}'"


@dataclass(frozen=True)
class Moved:
    """What became of a wish to take a step of one's own back, or to make it again.

    did: there was one. cells: how many of its cells stay as others put them since; by: these, usernames, sorted.
    """

    did: bool
    cells: int = 0
    by: tuple[str, ...] = ()


def edits_of(record: Import) -> pl.DataFrame:
    """The edits that count (`overlay.EDITS_SCHEMA`), by when they were made (one query)."""
    return _counting(record)


def edits_among(record: Import, *, rows: pl.Series, and_left_out: bool = False) -> pl.DataFrame:
    """The edits that count of headers and of some rows, by their numbers (Int64); perhaps of others between them.

    and_left_out: also which rows are left out, wherever they are. One query.
    """
    whole_rows = (_OF_WHOLE_ROWS,) if and_left_out else ()
    among = () if rows.is_empty() else (_among(rows),)
    return _counting(record, only=(_OF_HEADERS, *whole_rows, *among))


def names_of(record: Import) -> dict[str, str]:
    """Headers of the file → what they are called by now, where somebody said so (one query)."""
    return names(_counting(record, only=(_OF_HEADERS,)))


def left_out(record: Import) -> pl.Series:
    """The rows (Int64, sorted) that are left out (one query)."""
    return excluded(_counting(record, only=(_OF_WHOLE_ROWS,)))


def _counting(record: Import, *, only: tuple[str, ...] = ("1 = 1",)) -> pl.DataFrame:
    """The edits that count of which one of some conditions holds; joined by OR, SQLite would read all of the import."""
    counts = (
        'SELECT e.id AS edit, e."row", e."column", e.new FROM store_edit e JOIN store_step s ON s.id = e.step_id'
        " WHERE e.import_id = %s AND s.state = 'done' AND "
    )
    found = engine().read(
        " UNION ALL ".join(counts + each for each in only), columns=_READ, params=[record.pk] * len(only)
    )
    return last_edits(found.sort("edit").drop("edit"))


def _among(rows: pl.Series) -> str:
    """SQL for rows of these numbers, and perhaps others between them."""
    numbers = sorted(set(rows.to_list()))
    if len(numbers) > _NAMED or len(numbers) == numbers[-1] - numbers[0] + 1:
        return f'e."row" BETWEEN {numbers[0]} AND {numbers[-1]}'
    return f'e."row" IN ({", ".join(map(str, numbers))})'


def add(
    record: Import,
    *,
    cells: pl.DataFrame,
    by: Person | None,
    since: int | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> bool:
    """Keep a step. cells: row, column, old, new. What they had taken back they cannot make again after it.

    since: only if there were so many moves, and no more; whether it was kept. told: how many cells are written, of how
    many; what it raises undoes the step. Raises HeaderError where two columns would be called the same.
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
            told(done, cells.height)
            some = cells.slice(done, _BATCH)
            engine().load("store_edit", frame=some.select("row", "column", "old", "new", **named))
        check_names(record.order["headers"], called=names_of(record))
    return True


def take_back(record: Import, *, by: Person | None) -> Moved:
    """Take the last step back that they made. Raises HeaderError where two columns would be called the same."""
    return _turn(record, step=_steps(record, by=by, state="done").last(), state="undone")


def redo(record: Import, *, by: Person | None) -> Moved:
    """Make the step again that they took back last. Raises HeaderError as `take_back`."""
    return _turn(record, step=_steps(record, by=by, state="undone").first(), state="done")


def _turn(record: Import, *, step: Step | None, state: str) -> Moved:
    if step is None:
        return Moved(did=False)
    with short_transaction():
        _move(record)
        # Asked for twice at once, it is done once.
        did = Step.objects.filter(pk=step.pk).exclude(state=state).update(state=state, move=record.moves)
        check_names(record.order["headers"], called=names_of(record))
    return _over(record, step=step) if did else Moved(did=False)


def _over(record: Import, *, step: Step) -> Moved:
    """What others put over a step that was moved."""
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
    """Whose the last step is of those by others that count: a username, "" for nobody's (one query)."""
    others = Step.objects.filter(of_import=record, state="done").exclude(by=but).exclude(by=None).order_by("pk")
    return others.values_list("by__username", flat=True).last() or ""


def _steps(record: Import, *, by: Person | None, state: str) -> QuerySet[Step]:
    """Somebody's steps, in their order."""
    return Step.objects.filter(of_import=record, by=by, state=state).order_by("pk")


def _lock(record: Import) -> None:
    """Know how many moves there were, and let nobody else make one until the transaction ends."""
    record.moves = lock_open(record).moves


def _move(record: Import) -> None:
    """One move more, in the same transaction with which the plan counts no more. Raises PlanError as `lock_open`."""
    _lock(record)
    states.move_one(record, by=states.CHANGE, moves=record.moves + 1)


def counts(record: Import, *, by: Person | None) -> tuple[int, int]:
    """How many steps they can take back, and how many they can make again (one query)."""
    mine = Step.objects.filter(of_import=record, by=by).order_by("state")
    found = dict(mine.values_list("state").annotate(count=Count("pk")))
    return found.get("done", 0), found.get("undone", 0)


def authors(record: Import, *, rows: Iterable[int]) -> dict[int, dict[str, str]]:
    """Who put what stands there now into the changed cells of some rows: row → column → username (one query)."""
    mine = Edit.objects.filter(_of_rows(rows), of_import=record, step__state="done").order_by("id")
    found: dict[int, dict[str, str]] = {}
    for row, column, by in mine.values_list("row", "column", "step__by__username"):
        found.setdefault(row, {})[column] = by or ""
    return found


def rows_since(record: Import, *, move: int, rows: pl.Series, whole: Collection[str]) -> set[int]:
    """Those of these rows that changed, or changed back, after so many moves.

    All of them where a header did, or a cell of a column (`whole`) on which the reading of all its cells hangs.
    """
    mine = Edit.objects.filter(of_import=record, step__move__gt=move)
    if mine.filter(Q(row=HEADER) | Q(column__in=whole)).exists():
        return set(rows)
    return set(mine.filter(_of_rows(rows)).values_list("row", flat=True).distinct())


def _of_rows(rows: Iterable[int]) -> Q:
    """Rows of these numbers: just after many edits, PostgreSQL takes reading all of them for cheaper than a list."""
    numbers = sorted(rows) or [HEADER]
    return Q(row__in=numbers, row__range=(numbers[0], numbers[-1]))


def changed_in(record: Import, *, column: str) -> pl.DataFrame:
    """The cells of a column that were ever changed: row, old (as the file has it), new (as it is now; one query)."""
    at = engine()
    with at.reading():
        found = at.read(
            'SELECT e.id AS edit, e."row", e.old, e.new, s.state FROM store_edit e'
            ' JOIN store_step s ON s.id = e.step_id WHERE e.import_id = %s AND e."column" = %s AND e."row" <> %s',
            columns=_CHANGED,
            params=[record.pk, column, HEADER],
        ).sort("edit")
    now = found.filter(pl.col("state") == "done").group_by("row").agg(pl.col("new").last())
    there = found.group_by("row").agg(pl.col("old").first())
    return there.join(now, on="row", how="left").with_columns(pl.coalesce("new", "old").alias("new"))


def others_since(record: Import, *, move: int, but: Person | None) -> list[str]:
    """Who else made, took back or made again a step after so many moves: usernames (one query)."""
    others = Step.objects.filter(of_import=record, move__gt=move).exclude(by=but).exclude(by=None)
    return sorted(set(others.values_list("by__username", flat=True)))


def imports_with(organization: int) -> list[Import]:
    """The imports of which a cell was ever changed, also if that was taken back (one query)."""
    mine = Edit.objects.filter(of_import=OuterRef("pk"))
    return list(Import.objects.filter(Exists(mine), organization=organization).order_by("number"))


def texts(record: Import) -> Iterator[pl.DataFrame]:
    """All that stood in cells before and after each edit, under the header of its column (one query)."""
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
    """How many edits are kept, also of steps that do not count (one query)."""
    return Edit.objects.filter(of_import=record).count()


def forget(record: Import) -> None:
    """All of them: the rows they are about are read anew."""
    with short_transaction():
        _move(record)
        remove(record)


def remove(record: Import) -> int:
    """Take all of them away; how many there were."""
    with short_transaction():
        count, _ = Edit.objects.filter(of_import=record).delete()
        Step.objects.filter(of_import=record).delete()
    return count
