"""History: what was done to a person, by imports and by hand; what administrators did; every value of an import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import polars as pl

from enlist.core.directory.directory import empty_directory
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Head, Plan
from enlist.core.report.changes import Change, changes
from enlist.core.report.values import values
from enlist.services.access import Right, Scope, may_touch, needs
from enlist.services.setup.labels import doer
from enlist.store import activity
from enlist.store.directory import snapshot
from enlist.store.imports import artifacts, history, records
from enlist.store.models import Activity, Import, Person
from enlist.store.people import people


@needs(Right.SEE_PEOPLE)
def person_imports(scope: Scope, *, person: Person) -> list[dict[str, Any]]:
    """Which imports changed a person, the newest first.

    Each: number, at, by, what (import or undo), file, sha256, preset, kind (created, updated, …), line, cells, ties,
    password (whether it set theirs).
    """
    return [said for _, said in _imports(scope, person=person)]


@needs(Right.SEE_PEOPLE)
def person_history(scope: Scope, *, username: str) -> list[dict[str, Any]]:
    """All that changed a person, the newest first: imports (as `person_imports`) and actions (as `activity_list`).

    People whom an undo removed have a history too. Raises NotFound.
    """
    person = people.present_or_removed(scope.organization, username=username)
    told = [(each.at, _deed(each)) for each in activity.latest(scope, person=person.pk)]
    told += [(record.applied_at, said) for record, said in _imports(scope, person=person)]
    return [said for _, said in sorted(told, key=lambda pair: pair[0], reverse=True)]


@needs(Right.SEE_IMPORTS)
def activity_list(scope: Scope, *, limit: int = 20, before: int | None = None) -> list[dict[str, Any]]:
    """What was done manually and by administrators, newest first; before: the id of the action they were done before.

    Each: id, at, by (null: typed on the machine), what, person (a username), fields, cells [{field, old, new}], note.
    """
    found = activity.latest(scope, limit=limit, before=before)
    named = people.usernames(scope.organization, ids=[each.person for each in found if each.person])
    return [{"id": each.pk, **_deed(each), "person": named.get(each.person or 0)} for each in found]


def import_values(scope: Scope, *, number: int) -> Iterator[pl.DataFrame]:
    """Every value that an import changes, old and new, part by part (`core.values.values`).

    Raises NotFound; PlanError where it has no plan, or the plan has expired.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    plan = artifacts.plan_of(record)
    labels = Labels.of(empty_directory(snapshot.reference(scope.organization)))
    for part in plan.parts:
        about = [frame.get_column("person") for frame in part.frames.values() if "person" in frame.columns]
        named = people.names(scope.organization, ids=pl.concat([pl.Series("person", dtype=pl.Int64()), *about]))
        yield values(part, usernames=named, labels=labels)


def _imports(scope: Scope, *, person: Person) -> Iterator[tuple[Import, dict[str, Any]]]:
    labels = Labels.of(empty_directory(snapshot.reference(scope.organization)))
    for record, part in history.of_person(person):
        found = changes(Plan(Head(), [part]), limit=1, labels=labels)
        line = part.statuses.item(0, "line") if part.statuses.height else None
        change = found[0] if found else Change(person.pk, person.username, line)
        yield record, {**_import(record), **_as_dict(change), "password": not part.passwords.is_empty()}


def _import(record: Import) -> dict[str, Any]:
    return {
        "number": record.number,
        "at": record.applied_at and record.applied_at.isoformat(timespec="seconds"),
        "by": doer(record.started_by_id, person=record.started_by),
        "what": record.kind,
        "file": record.file_name,
        "sha256": record.sha256,
        "preset": record.preset,
    }


def _as_dict(change: Change) -> dict[str, Any]:
    return {
        name: value for name, value in asdict(change).items() if name in ("kind", "line", "cells", "record_changes")
    }


def _deed(each: Activity) -> dict[str, Any]:
    return {
        "at": each.at.isoformat(timespec="seconds"),
        "by": doer(each.by_id, person=each.by),
        "what": each.action,
        "fields": each.fields,
        "cells": [dict(zip(("field", "old", "new"), cell, strict=True)) for cell in each.cells],
        "note": each.note,
    }
