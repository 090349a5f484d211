"""Edits: what people changed in the grid of an import, step by step, so that each step can be taken back.

The import itself says how many steps there are and how many of them count, so that taking back a step that changed a
million cells writes one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

import polars as pl
from django.db.models import Exists, F, OuterRef, Q

from enlist.core.overlay import EXCLUDED, WHOLE_ROW, last_edits

from .engine import engine
from .models import Edit, Import, Person
from .patience import short_transaction

_READ: Final = {"edit": pl.Int64(), "row": pl.Int64(), "column": pl.String(), "new": pl.String()}
# So many rows that do not follow each other are named one by one.
_NAMED: Final = 2_000
# So many cells are written between two words about it.
_BATCH: Final = 50_000


def edits_of(record: Import) -> pl.DataFrame:
    """The edits that count (`overlay.EDITS_SCHEMA`), by when they were made (one query)."""
    return _counting(record)


def edits_among(record: Import, *, rows: pl.Series) -> pl.DataFrame:
    """The edits that count of some rows, by their numbers (Int64); perhaps of others between them (one query)."""
    if rows.is_empty():
        return _counting(record, only="1 = 0")
    return _counting(record, only=_among(rows))


def left_out(record: Import) -> pl.Series:
    """The rows (Int64, sorted) that are left out (one query)."""
    found = _counting(record, only=f"\"column\" = '{WHOLE_ROW}'")
    return found.filter(pl.col("new") == EXCLUDED).get_column("row").sort()


def _counting(record: Import, *, only: str = "1 = 1") -> pl.DataFrame:
    at = engine()
    with at.reading():
        found = at.read(
            f'SELECT id AS edit, "row", "column", new FROM store_edit WHERE import_id = %s AND step <= %s AND {only}',
            columns=_READ,
            params=[record.pk, record.steps_done],
        )
    return last_edits(found.sort("edit").drop("edit"))


def _among(rows: pl.Series) -> str:
    """SQL for rows of these numbers, and perhaps others between them."""
    numbers = sorted(set(rows.to_list()))
    if len(numbers) > _NAMED or len(numbers) == numbers[-1] - numbers[0] + 1:
        return f'"row" BETWEEN {numbers[0]} AND {numbers[-1]}'
    return f'"row" IN ({", ".join(map(str, numbers))})'


def add(
    record: Import,
    *,
    cells: pl.DataFrame,
    by: Person | None,
    since: int | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> bool:
    """Keep a step. cells: row, column, old, new. What had been taken back cannot be made again after it.

    since: only if there were so many moves, and no more; whether it was kept. told: how many cells are written, of how
    many; what it raises undoes the step.
    """
    with short_transaction():
        _lock(record)
        if since is not None and record.moves != since:
            return False
        if record.steps > record.steps_done:
            Edit.objects.filter(of_import=record, step__gt=record.steps_done).delete()
        record.steps = record.steps_done = record.steps_done + 1
        place = {"organization_id": record.organization_id, "import_id": record.pk, "step": record.steps}
        named = {name: pl.lit(value, pl.Int64) for name, value in {**place, "by_id": by.pk if by else None}.items()}
        for done in range(0, cells.height, _BATCH):
            told(done, cells.height)
            some = cells.slice(done, _BATCH)
            engine().load("store_edit", frame=some.select("row", "column", "old", "new", **named))
        _save(record)
    return True


def take_back(record: Import) -> bool:
    """Take the last step back; whether there was one."""
    return _move(record, by=-1)


def make_again(record: Import) -> bool:
    """Make the step again that was taken back last; whether there was one."""
    return _move(record, by=1)


def _move(record: Import, *, by: int) -> bool:
    with short_transaction():
        _lock(record)
        if not 0 <= record.steps_done + by <= record.steps:
            return False
        record.steps_done += by
        _save(record)
        return True


def _lock(record: Import) -> None:
    """Know how many steps there are, and let nobody else make one until the transaction ends."""
    now = Import.objects.select_for_update().only("steps", "steps_done", "moves").get(pk=record.pk)
    record.steps, record.steps_done, record.moves = now.steps, now.steps_done, now.moves


def _save(record: Import) -> None:
    record.moves = F("moves") + 1
    record.save(update_fields=["steps", "steps_done", "moves"])
    record.refresh_from_db(fields=["moves"])


def authors(record: Import, *, rows: Iterable[int]) -> dict[int, dict[str, str]]:
    """Who put what stands there now into the changed cells of some rows: row → column → username (one query)."""
    mine = Edit.objects.filter(of_import=record, step__lte=record.steps_done, row__in=list(rows)).order_by("id")
    found: dict[int, dict[str, str]] = {}
    for row, column, by in mine.values_list("row", "column", "by__username"):
        found.setdefault(row, {})[column] = by or ""
    return found


def rows_since(record: Import, *, moment: datetime | None, rows: pl.Series) -> set[int]:
    """Those of these rows of which a cell was changed, or changed back, since then; ever, where there is no moment."""
    mine = Edit.objects.filter(of_import=record, row__in=rows.to_list())
    if moment is not None:
        mine = mine.filter(Q(at__gt=moment) | Q(step__gt=record.steps_done))
    return set(mine.values_list("row", flat=True).distinct())


def last_by_others(record: Import, *, since: datetime, but: Person | None) -> list[str]:
    """Who else changed cells since then: usernames."""
    others = Edit.objects.filter(of_import=record, at__gt=since).exclude(by=but).exclude(by=None)
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


def forget(record: Import) -> None:
    """All of them: the rows they are about are read anew."""
    with short_transaction():
        Edit.objects.filter(of_import=record).delete()
        record.steps = record.steps_done = 0
        _save(record)
