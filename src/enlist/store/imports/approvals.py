"""Holds: the parts of imports that wait for an approval, each an import of its own."""

from __future__ import annotations

import polars as pl
from django.db import transaction

from enlist.core.plan.plan import Head
from enlist.store import activity
from enlist.store.models import Artifact, Import, Secret
from enlist.store.scope import Scope
from enlist.store.transactions import short_transaction

from . import artifacts, records, states

HELD = "awaiting"
_ROWS = "awaiting"


def new(scope: Scope, *, head: Head, of: Import | None, rows: pl.Series | None) -> Import:
    """A record for what waits of an import; rows (Int64): those of its file that do."""
    record = _earlier_attempt(of) or records.new(scope, head=head, split_from=of)
    if rows is not None:
        place = artifacts.Place(record, _ROWS, 0)
        artifacts.keep_frames(place, frames={"rows": rows.alias("row").to_frame()})
    return record


def _earlier_attempt(of: Import | None) -> Import | None:
    """The record that an attempt before made for the same import, with nothing in it."""
    with short_transaction():
        record = Import.objects.filter(split_from=of, state__in=records.OPEN).first() if of else None
        if record:
            Artifact.objects.filter(of_import=record).delete()
            Secret.objects.filter(of_import=record).delete()
    return record


def rows_of(record: Import) -> pl.Series:
    """The rows of the file that wait. Raises PlanError where they are gone."""
    return artifacts.load_frames(artifacts.Place(record, _ROWS, 0))["rows"].get_column("row")


def of(record: Import) -> Import | None:
    """What waits of an import that was applied."""
    return Import.objects.filter(split_from=record, state=HELD).first()


def forget_plan(record: Import) -> None:
    """Take its plan away, for another to be put in its place."""
    artifacts.drop(record, kind=artifacts.PLAN)


def hold(record: Import) -> None:
    """From now on what was planned waits. Raises PlanError where it is not planned any more."""
    with short_transaction():
        records.lock_open(record, states=("planned",))
        states.move_one(record, by=states.HOLD)


def drop(scope: Scope, *, record: Import) -> bool:
    """Let it never happen, and log that; False where it does not wait any more."""
    with transaction.atomic():
        is_dropped = states.move_one(record, by=states.DROP)
        if is_dropped:
            Secret.objects.filter(of_import=record).delete()
            activity.log(scope, action="approval_refused", note=f"Import {record.number}.")
    return is_dropped
