"""Leaving dates that have come: workers deactivate these people, as an import of its own that can be undone.

They counted under the limits when they were marked, so it needs no approval. Source: EN-15.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl
from django.utils import timezone

from enlist.core.changes import SEEN_SCHEMA
from enlist.core.errors import LeaseTaken, StalePlan
from enlist.core.plan.plan import Head, Part, Plan
from enlist.core.planner.net import After, net
from enlist.services.access import MACHINE, Scope
from enlist.services.jobs.run import Run
from enlist.store.directory import snapshot
from enlist.store.imports import records
from enlist.store.jobs import jobs
from enlist.store.people import departures
from enlist.store.scope import organizations

from .background import PLANS, one_at_a_time, pauses
from .commit import Done, done_by_others, plan_commit
from .plan import plan_keep
from .planning import BATCH
from .rules import spooled

# The kind of the job, and of its import.
KIND: Final = "departures.carry_out"
SCHEDULED: Final = "scheduled"


def departures_hand_over() -> None:
    """Queue a job for each organisation in which people leave today, and that has no such job yet."""
    for each in organizations():
        scope = Scope(each, MACHINE)
        if len(departures.due(each, today=timezone.localdate())) and not jobs.open_job(each.pk, kind=KIND):
            jobs.put(scope, kind=KIND)


def departures_work(run: Run) -> Done | None:
    """The work of a job: deactivate everybody whose leaving date has come. One import a day; nothing if nobody leaves.

    Raises what `plan_commit` raises.
    """
    today = timezone.localdate()
    # Another worker may have such a job too.
    with one_at_a_time(run.scope, key=_key(today)):
        return _carried_out(run, today=today)


def _carried_out(run: Run, *, today: date) -> Done | None:
    for left in reversed(range(PLANS)):
        people = departures.due(run.scope.organization, today=today)
        if not len(people):
            return None
        record = records.of_key(run.scope, key=_key(today))
        if record and (done := done_by_others(record)):
            return done
        try:
            return _in_turn(run, people=people, today=today)
        except StalePlan:
            if not left:
                raise
    raise AssertionError("the last attempt returns or raises")


def _in_turn(run: Run, *, people: pl.Series, today: date) -> Done:
    plan = _planned(run.scope, people=people, today=today)
    record = records.new(run.scope, head=plan.head, note=plan.head.file_name, key=_key(today))
    kept = plan_keep(record, plan=plan, progress=run)
    for _ in pauses("other imports that are being applied"):
        try:
            return plan_commit(run, record=record, plan=kept, approved=True)
        except LeaseTaken:
            run("waiting for its turn", 0, 0)
    raise AssertionError("the last pause raises")


def _planned(scope: Scope, *, people: pl.Series, today: date) -> Plan:
    """The plan that deactivates these people (Int64), with all that follows."""
    reference = snapshot.reference(scope.organization)
    head = Head(
        organization=scope.organization.slug,
        kind=SCHEDULED,
        file_name=f"People who leave on {today:%Y-%m-%d}",
        reference_version=reference.version,
        rank=scope.role,
    )

    def parts() -> Iterator[Part]:
        for start in range(0, len(people), BATCH):
            batch = people.slice(start, BATCH)
            directory = snapshot.snapshot(scope.organization, reference=reference, keys=batch.to_frame("person"))
            mine = directory.people.filter(pl.col("person").is_in(batch.implode()))
            after = After(mine.with_columns(state=pl.lit("inactive")))
            frames = net(replace(directory, people=mine), after=after).frames
            yield Part(frames=frames, seen=mine.select(*SEEN_SCHEMA).sort("person"))

    return spooled(head, parts=parts())


def _key(today: date) -> str:
    return f"{SCHEDULED} {today:%Y-%m-%d}"
