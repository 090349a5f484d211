"""Edits: what people changed in the grid of an import, step by step, so that each step can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
from django.db.models import Max, Q

from enlist.core.overlay import last_edits

from .engine import engine
from .models import Edit, Import, Person
from .patience import short_transaction

_READ: Final = {"edit": pl.Int64(), "row": pl.Int64(), "column": pl.String(), "new": pl.String()}


@dataclass(frozen=True)
class Steps:
    """How many steps of edits there are that can be taken back, and how many that can be made again."""

    done: int
    undone: int


def edits_of(record: Import) -> pl.DataFrame:
    """The edits that count (`overlay.EDITS_SCHEMA`), by when they were made (one query)."""
    at = engine()
    with at.reading():
        found = at.read(
            'SELECT id AS edit, "row", "column", new FROM store_edit WHERE import_id = %s AND NOT undone',
            columns=_READ,
            params=[record.pk],
        )
    return last_edits(found.sort("edit").drop("edit"))


def add(record: Import, *, cells: pl.DataFrame, by: Person | None) -> None:
    """Keep a step. cells: row, column, old, new. What had been taken back cannot be made again after it."""
    with short_transaction():
        mine = Edit.objects.filter(of_import=record)
        mine.filter(undone=True).delete()
        step = (mine.aggregate(last=Max("step"))["last"] or 0) + 1
        place = {"organization_id": record.organization_id, "import_id": record.pk, "step": step}
        named = {name: pl.lit(value, pl.Int64) for name, value in {**place, "by_id": by.pk if by else None}.items()}
        frame = cells.select("row", "column", "old", "new", undone=pl.lit(value=False), **named)
        engine().load("store_edit", frame=frame)


def take_back(record: Import) -> bool:
    """Take the last step back; whether there was one."""
    with short_transaction():
        mine = Edit.objects.filter(of_import=record, undone=False)
        last = mine.aggregate(last=Max("step"))["last"]
        return last is not None and bool(mine.filter(step=last).update(undone=True))


def make_again(record: Import) -> bool:
    """Make the step again that was taken back last; whether there was one."""
    with short_transaction():
        mine = Edit.objects.filter(of_import=record, undone=True).order_by("step")
        first = mine.values_list("step", flat=True).first()
        return first is not None and bool(mine.filter(step=first).update(undone=False))


def steps(record: Import) -> Steps:
    """How many steps there are."""
    mine = Edit.objects.filter(of_import=record).values("step").distinct()
    return Steps(done=mine.filter(undone=False).count(), undone=mine.filter(undone=True).count())


def rows_since(record: Import, *, moment: datetime | None) -> set[int]:
    """The rows of which a cell was changed, or changed back, since then; all that were where there is no moment."""
    mine = Edit.objects.filter(of_import=record)
    if moment is not None:
        mine = mine.filter(Q(at__gt=moment) | Q(undone=True))
    return set(mine.values_list("row", flat=True).distinct())


def last_by_others(record: Import, *, since: datetime, but: Person | None) -> list[str]:
    """Who else changed cells since then: usernames."""
    others = Edit.objects.filter(of_import=record, at__gt=since).exclude(by=but).exclude(by=None)
    return sorted(set(others.values_list("by__username", flat=True)))


def forget(record: Import) -> None:
    """All of them: the rows they are about are read anew."""
    Edit.objects.filter(of_import=record).delete()
