"""Expiry: delete the files and plans of imports, a few chunks at a time, and count exactly what was deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from enlist.core.policy.retention import Retention
from enlist.store import activity
from enlist.store.engine import engine
from enlist.store.models import Activity, Artifact, Import, Organization
from enlist.store.scope import Scope
from enlist.store.transactions import short_transaction

from . import edits
from .artifacts import PLAN, SOURCE, STAGED

# A chunk may have megabytes: with this many per transaction, nobody waits long for the database.
BATCH: Final = 20
ACTIONS_BATCH: Final = 1_000
_REMOVED: Final = {STAGED: "file_removed_at", PLAN: "plan_removed_at"}
# The uploaded file is deleted together with its rows.
_KINDS: Final = {STAGED: (STAGED, SOURCE), PLAN: (PLAN, PLAN)}


@dataclass(frozen=True)
class Removed:
    """What was deleted of an import: "file" or "plan", the number of chunks and bytes, and the edits of the file."""

    number: int
    what: str
    chunks: int
    bytes: int
    edits: int = 0


def retention_of(organization: Organization) -> Retention:
    """The organisation's retention periods (one query)."""
    return Retention.of(Organization.objects.values_list("settings", flat=True).get(pk=organization.pk))


def change_retention(scope: Scope, *, new: Mapping[str, int | None]) -> Retention:
    """Set for how many days files and plans are kept and links work (null: as before), and log that.

    Raises PolicyError.
    """
    with transaction.atomic():
        row = Organization.objects.select_for_update().get(pk=scope.organization.pk)
        before = Retention.of(row.settings)
        after = replace(before, **{name: days for name, days in new.items() if days is not None})
        if after != before:
            row.settings = {**row.settings, "retention": after.to_dict()}
            row.save(update_fields=["settings"])
            both = zip(before.to_dict().items(), after.to_dict().values(), strict=True)
            note = ", ".join(f"{name}: {old} → {days} days" for (name, old), days in both).capitalize() + "."
            activity.log(scope, action="retention_changed", note=note)
    return after


def kept_until(record: Import, *, retention: Retention) -> dict[str, datetime]:
    """When the import's file and plan expire: file, plan."""
    made = record.applied_at or record.planned_at or record.created_at
    return {"file": retention.file_until(record.created_at), "plan": retention.plan_until(made)}


def expired(organization: Organization, *, retention: Retention, now: datetime) -> Iterator[tuple[Import, str]]:
    """The imports with an expired file or plan, each with the kind of artifacts (two queries)."""
    mine = Import.objects.filter(organization=organization).order_by("number")
    files = mine.filter(created_at__lte=now - timedelta(days=retention.files))
    yield from ((record, STAGED) for record in files.filter(_has(STAGED)))
    made = Coalesce("applied_at", "planned_at", "created_at")
    plans = mine.alias(made=made).filter(made__lte=now - timedelta(days=retention.plans))
    yield from ((record, PLAN) for record in plans.filter(_has(PLAN)))


def count(record: Import, *, kind: str) -> Removed:
    """What `remove` would delete (two queries)."""
    chunks, size = engine().rows(
        "SELECT count(*), coalesce(sum(length(data)), 0) FROM store_artifact WHERE import_id = %s AND kind IN (%s, %s)",
        params=[record.pk, *_KINDS[kind]],
    )[0]
    edit_count = edits.count(record) if kind == STAGED else 0
    return _removed(record, kind=kind, chunks=int(chunks), size=int(size), edit_count=edit_count)


def remove(record: Import, *, kind: str, now: datetime | None = None) -> Removed:
    """Delete the import's artifacts of a kind, and with the file its edits; after a crash, a second call finishes."""
    setattr(record, _REMOVED[kind], now or timezone.now())
    # First, so that nobody starts to work with what is partly deleted.
    with short_transaction():
        record.save(update_fields=[_REMOVED[kind]])
    chunks = size = 0
    while found := _some(record, kind=kind):
        with short_transaction():
            Artifact.objects.filter(pk__in=[pk for pk, _ in found]).delete()
        chunks += len(found)
        size += sum(length for _, length in found)
    with short_transaction():
        edit_count = edits.remove(record) if kind == STAGED else 0
    return _removed(record, kind=kind, chunks=chunks, size=size, edit_count=edit_count)


def expired_actions(organization: Organization, *, retention: Retention, now: datetime) -> QuerySet[Activity]:
    """The logged actions whose values have expired; everything else about them is kept."""
    mine = Activity.objects.filter(organization=organization, at__lte=now - timedelta(days=retention.plans))
    return mine.exclude(cells=[])


def forget_values(actions: QuerySet[Activity]) -> int:
    """Delete the values of these actions, and return their number."""
    forgotten = 0
    while some := list(actions.values_list("pk", flat=True)[:ACTIONS_BATCH]):
        with short_transaction():
            forgotten += Activity.objects.filter(pk__in=some).update(cells=[])
    return forgotten


def _has(kind: str) -> Exists:
    return Exists(Artifact.objects.filter(of_import=OuterRef("pk"), kind__in=_KINDS[kind]))


def _some(record: Import, *, kind: str) -> list[tuple[Any, ...]]:
    return engine().rows(
        "SELECT id, length(data) FROM store_artifact WHERE import_id = %s AND kind IN (%s, %s)"
        f" ORDER BY id LIMIT {BATCH}",
        params=[record.pk, *_KINDS[kind]],
    )


def _removed(record: Import, *, kind: str, chunks: int, size: int, edit_count: int) -> Removed:
    return Removed(record.number, what="plan" if kind == PLAN else "file", chunks=chunks, bytes=size, edits=edit_count)
