"""Approvals: the parts of imports that wait for approval, each an import of its own."""

from __future__ import annotations

import polars as pl
from django.db import transaction

from enlist.core.plan.plan import Head
from enlist.store import activity
from enlist.store.models import Artifact, Import, Secret
from enlist.store.scope import Scope
from enlist.store.transactions import short_transaction

from . import artifacts, records, states

AWAITING = "awaiting"
_ROWS = "awaiting"


def new(scope: Scope, *, head: Head, of: Import | None, rows: pl.Series | None) -> Import:
    """A record for the part of an import that waits for approval; rows (Int64): those of its file."""
    record = _earlier_attempt(of) or records.new(scope, head=head, split_from=of)
    if rows is not None:
        place = artifacts.Place(record, _ROWS, 0)
        artifacts.keep_frames(place, frames={"rows": rows.alias("row").to_frame()})
    return record


def _earlier_attempt(of: Import | None) -> Import | None:
    """The emptied record that an earlier attempt made for the same import."""
    with short_transaction():
        record = Import.objects.filter(split_from=of, state__in=records.OPEN).first() if of else None
        if record:
            Artifact.objects.filter(of_import=record).delete()
            Secret.objects.filter(of_import=record).delete()
    return record


def rows_of(record: Import) -> pl.Series:
    """The rows of the file that wait for approval. Raises PlanError if they are gone."""
    return artifacts.load_frames(artifacts.Place(record, _ROWS, 0))["rows"].get_column("row")


def of(record: Import) -> Import | None:
    """The part of an applied import that waits for approval."""
    return Import.objects.filter(split_from=record, state=AWAITING).first()


def part_of(record: Import) -> Import | None:
    """The part of an applied import that waits or waited for approval, in whichever state it is now."""
    open_or_gone = (*records.OPEN, "cancelled")
    return Import.objects.filter(split_from=record).exclude(state__in=open_or_gone).order_by("-pk").first()


def planned_part(record: Import) -> Import | None:
    """The part of a draft that will wait for approval once the rest is applied."""
    return Import.objects.filter(split_from=record, state__in=records.OPEN).first()


def forget_plan(record: Import) -> None:
    """Delete the plan, before it is made again."""
    artifacts.drop(record, kind=artifacts.PLAN)


def hold(record: Import) -> None:
    """Let the planned import wait for approval. Raises PlanError if it is no longer planned."""
    with short_transaction():
        records.lock_open(record, states=("planned",))
        states.move_one(record, by=states.HOLD)


def drop(scope: Scope, *, record: Import) -> bool:
    """Reject an import, and log that; False if it no longer waits for approval."""
    with transaction.atomic():
        is_dropped = states.move_one(record, by=states.DROP)
        if is_dropped:
            Secret.objects.filter(of_import=record).delete()
            activity.log(scope, action="approval_refused", note=f"Import {record.number}.")
    return is_dropped
