"""The change history of a person, the audit log, and every value that an import changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime

import polars as pl

from enlist.core.changes import people_of
from enlist.core.directory.directory import empty_directory
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Head, Plan
from enlist.core.report.changes import Cell, Change, RecordChange, changes
from enlist.core.report.values import values
from enlist.services.access import Right, Scope, may_touch, needs
from enlist.services.setup.labels import doer, starter
from enlist.store import activity
from enlist.store.directory import snapshot
from enlist.store.imports import artifacts, history, records
from enlist.store.models import Activity, Person
from enlist.store.people import merges, people


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """A change that was made. at: ISO 8601. by: a username (null: typed on the machine). what: an action or import.

    merged: the username of the person it was made to, if they were merged into this one, "" otherwise.
    """

    at: str
    by: str | None
    what: str
    cells: tuple[Cell, ...]
    merged: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedChange(PastChange):
    """What an import (or undo) did to a person.

    kind: created, updated, … line: of the file. password: whether it set theirs.
    """

    number: int
    file: str
    sha256: str
    preset: str
    kind: str
    line: int | None
    record_changes: tuple[RecordChange, ...]
    password: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualChange(PastChange):
    """What somebody did manually. fields: those that changed, also after their values have expired."""

    fields: list[str]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAction(ManualChange):
    """An action as the audit log lists it. person: a username (null: about nobody, or about an erased person)."""

    id: int
    person: str | None


@needs(Right.SEE_PEOPLE)
def person_imports(scope: Scope, *, person: Person) -> list[ImportedChange]:
    """What imports did to a person, the newest first."""
    return [change for _, change in _imports(scope, person=person)]


@needs(Right.SEE_PEOPLE)
def person_history(scope: Scope, *, username: str) -> list[ImportedChange | ManualChange]:
    """Everything that changed a person, or those merged into them, the newest first. Raises NotFound.

    People removed by an undo have a history too.
    """
    person = people.present_or_removed(scope.organization, username=username)
    found = list(_everything(scope, person=person))
    for other in merges.merged_people(person):
        found += [(at, replace(each, merged=other.username)) for at, each in _everything(scope, person=other)]
    return [change for _, change in sorted(found, key=lambda pair: pair[0], reverse=True)]


@needs(Right.SEE_IMPORTS)
def activity_list(scope: Scope, *, limit: int = 20, before: int | None = None) -> list[LoggedAction]:
    """What was done manually and by administrators, the newest first. before: only actions of lower ids."""
    found = activity.latest(scope, limit=limit, before=before)
    named = people.usernames(scope.organization, ids=[each.person for each in found if each.person])
    return [
        LoggedAction(
            id=each.pk,
            person=named.get(each.person or 0),
            **{part.name: getattr(change, part.name) for part in fields(change)},
        )
        for each, change in zip(found, map(_manual, found), strict=True)
    ]


def import_values(scope: Scope, *, number: int) -> Iterator[pl.DataFrame]:
    """Every value that an import changes, before and after, part by part (`core.report.values`).

    Raises NotFound; PlanError if it has no plan or the plan has expired.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    plan = artifacts.plan_of(record)
    labels = Labels.of(empty_directory(snapshot.reference(scope.organization)))
    for part in plan.parts:
        about = [frame.get_column("person") for frame in part.frames.values() if "person" in frame.columns]
        named = people.names(scope.organization, ids=pl.concat([pl.Series("person", dtype=pl.Int64()), *about]))
        yield values(part, usernames=named, labels=labels)


def _everything(scope: Scope, *, person: Person) -> Iterator[tuple[datetime, ImportedChange | ManualChange]]:
    for each in activity.latest(scope, person=person.pk):
        yield each.at, _manual(each)
    yield from _imports(scope, person=person)


def _imports(scope: Scope, *, person: Person) -> Iterator[tuple[datetime, ImportedChange]]:
    labels = Labels.of(empty_directory(snapshot.reference(scope.organization)))
    for record, part in history.of_person(person):
        named = [number for frame in part.frames.values() for number in people_of(frame).unique()]
        if set(named) - {person.pk}:
            labels = labels.with_people(people.usernames(scope.organization, ids=named))
        found = changes(Plan(Head(), [part]), limit=1, labels=labels)
        line = part.statuses.item(0, "line") if part.statuses.height else None
        change = found[0] if found else Change(person.pk, person.username, line)
        applied_at = record.applied_at or record.created_at
        yield (
            applied_at,
            ImportedChange(
                number=record.number,
                at=applied_at.isoformat(timespec="seconds"),
                by=starter(record),
                what=record.kind,
                file=record.file_name,
                sha256=record.sha256,
                preset=record.preset,
                kind=change.kind,
                line=change.line,
                cells=change.cells,
                record_changes=change.record_changes,
                password=not part.passwords.is_empty(),
            ),
        )


def _manual(each: Activity) -> ManualChange:
    return ManualChange(
        at=each.at.isoformat(timespec="seconds"),
        by=doer(each.by_id, person=each.by),
        what=each.action,
        cells=tuple(Cell(*cell) for cell in each.cells),
        fields=each.fields,
        note=each.note,
    )
