"""Replacing cells in all rows of a draft: by a worker if there are many, as one step, while others wait."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enlist.core.errors import LeaseTaken, PolicyError
from enlist.core.plan.erasure import PersonalData
from enlist.core.plan.plan import Plan
from enlist.services.access import Scope
from enlist.services.drafts import draft, fixes, review
from enlist.services.drafts import replace as replacing
from enlist.services.drafts.replace import CellsReplaced, Replacement, import_replace, replace_do, work_of
from enlist.services.imports.plan import import_show
from enlist.services.imports.preview import Wanted
from enlist.services.jobs.run import Run, job_do
from enlist.services.worker import worker_run
from enlist.store.imports import edits
from enlist.store.jobs import jobs
from enlist.store.models import Import, Step
from enlist.store.operations.models import Job
from tests.database.review import _static, column, number, problems, scope
from tests.database.test_web import signed_in

__all__ = ["_static", "number", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

CITY = 4
BEFORE = ["Rome", "Rome", "", "Roma"]
DOUBLED = Replacement("o", "oo", column="city")
AFTER = ["Roome", "Roome", "", "Rooma"]


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows are too many to wait for."""
    monkeypatch.setattr(replacing, "SOON", 3)


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


def state(scope: Scope, number: int) -> tuple[str, int]:
    told = work_of(scope, number=number)
    assert told
    return told.state, told.cells


def hurried(number: int, *, hook: Callable[[Run, str], None]) -> None:
    """Do the job of an import here, with something that happens at each of its phases."""

    def hooked(run: Run) -> CellsReplaced:
        return import_replace(replace(run, also=lambda phase, _done, _total: hook(run, phase)))

    job = Job.objects.get(import_number=number, kind="imports.replace")
    job_do(job.pk, work=hooked)


@pytest.mark.usefixtures("_many")
def test_in_many_rows_a_worker_replaces_in_one_step(scope: Scope, number: int) -> None:
    assert replace_do(scope, number=number, wanted=DOUBLED) is None
    at_work = work_of(scope, number=number)
    assert at_work
    assert (at_work.state, at_work.by, column(scope, number, CITY)) == ("queued", "owner", BEFORE)
    work()

    page = review.review_page(scope, number=number, wanted=Wanted(), start=0, limit=10)
    assert (column(scope, number, CITY), page.done, state(scope, number)) == (AFTER, 1, ("done", 3))
    assert review.edit_undo(scope, number=number).did
    assert column(scope, number, CITY) == BEFORE
    assert review.edit_redo(scope, number=number).did
    assert column(scope, number, CITY) == AFTER


@pytest.mark.usefixtures("_many")
def test_nobody_changes_the_draft_while_all_its_rows_are_replaced(scope: Scope, number: int) -> None:
    replace_do(scope, number=number, wanted=DOUBLED)
    changes: list[Callable[[], object]] = [
        lambda: review.cells_set(scope, number=number, cells=[(0, "city", "Bern")]),
        lambda: review.rows_exclude(scope, number=number, rows=[0], out=True),
        lambda: review.edit_undo(scope, number=number),
        lambda: replace_do(scope, number=number, wanted=DOUBLED),
        lambda: draft.draft_reread(scope, number=number, reading={"delimiter": ","}),
        lambda: draft.draft_columns_set(scope, number=number, columns={"city": ""}),
    ]
    for change in changes:
        with pytest.raises(LeaseTaken, match="Cells in all rows of import 1 are being replaced"):
            change()
    draft.draft_plan(scope, number=number)
    work()

    assert (column(scope, number, CITY), Job.objects.filter(kind="imports.replace").count()) == (AFTER, 1)


@pytest.mark.usefixtures("_many")
def test_a_replacement_that_is_begun_again_is_made_once(scope: Scope, number: int) -> None:
    replace_do(scope, number=number, wanted=DOUBLED)
    work()
    # As after the death of the worker between its step and the word that it is done.
    Job.objects.filter(kind="imports.replace").update(state="running", ended_at=None, result={})
    hurried(number, hook=lambda _run, _phase: None)

    assert (column(scope, number, CITY), state(scope, number)) == (AFTER, ("done", 3))


@pytest.mark.usefixtures("_many")
def test_a_replacement_is_stopped_before_it_begins(scope: Scope, number: int) -> None:
    replace_do(scope, number=number, wanted=DOUBLED)
    assert draft.draft_stop(scope, number=number)
    assert not draft.draft_stop(scope, number=number)
    work()

    assert (column(scope, number, CITY), state(scope, number)) == (BEFORE, ("cancelled", 0))
    assert review.cells_set(scope, number=number, cells=[(0, "city", "Bern")]) == 1


@pytest.mark.usefixtures("_many")
def test_a_replacement_that_is_stopped_while_it_is_written_changes_no_cell(scope: Scope, number: int) -> None:
    phases: list[str] = []

    def stop(run: Run, phase: str) -> None:
        phases.append(phase)
        if phase == "writing":
            jobs.cancel(run.job)

    replace_do(scope, number=number, wanted=DOUBLED)
    hurried(number, hook=stop)

    assert phases == ["replacing", "writing"]
    assert (column(scope, number, CITY), state(scope, number)) == (BEFORE, ("cancelled", 0))
    assert not Step.objects.exists()


@pytest.mark.usefixtures("_many")
def test_what_somebody_changed_at_the_last_moment_is_replaced_as_well(scope: Scope, number: int) -> None:
    """A request may have looked whether the draft is free just before the job was made."""
    replace_do(scope, number=number, wanted=DOUBLED)
    late = pl.DataFrame({"row": [2], "column": ["city"], "old": [""], "new": ["Bonn"]})
    phases: list[str] = []

    def change(run: Run, phase: str) -> None:
        if not phases:
            edits.add(Import.objects.get(number=number), cells=late, by=run.scope.actor)
        phases.append(phase)

    hurried(number, hook=change)

    assert phases == ["replacing", "replacing", "writing"]
    assert column(scope, number, CITY) == ["Roome", "Roome", "Boonn", "Rooma"]


@pytest.mark.usefixtures("_many")
def test_one_click_in_many_rows_is_done_and_looked_at_by_a_worker(scope: Scope, number: int) -> None:
    told = ("choice_unknown", "profile_field_house", "Oka")
    assert fixes.problem_fix(scope, number=number, problem=told, new="Oak") is None
    work()

    summary, made = import_show(scope, number=number)
    assert (summary.is_planned, type(made)) == (True, Plan)
    assert column(scope, number, 5) == ["Oak", "Oak", "Oak", "Elm"]
    assert [each.code for each in problems(scope, number).kinds] == ["lastname_missing"]


def test_a_value_does_not_fix_a_problem_without_a_column(scope: Scope, number: int) -> None:
    with pytest.raises(PolicyError, match="isn't about a single cell"):
        fixes.problem_fix(scope, number=number, problem=("row_odd", "", ""), new="x")

    assert column(scope, number, CITY) == BEFORE


@pytest.mark.usefixtures("_many")
def test_nobody_who_was_erased_meanwhile_is_looked_for(scope: Scope, number: int) -> None:
    replace_do(scope, number=number, wanted=replace(DOUBLED, find="Rome"))
    jobs.clear_texts(scope.organization.pk, named=PersonalData(frozenset(), words=frozenset({"rome"})).named)
    work()

    told = work_of(scope, number=number)
    assert told
    assert (told.state, told.error and told.error.code, column(scope, number, CITY)) == (
        "failed",
        "replacement_forgotten",
        BEFORE,
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Replacement("", "x"), r"Find what\? The search text is empty."),
        (Replacement("Rome", "x", column="town"), "This file has no column “town”."),
        (Replacement("Rome", "x\0"), "A cell can't contain a NUL character."),
        (Replacement("Rome", "x" * 40_000), "A cell can't have more than 32,767 characters."),
        (Replacement("o", "x" * 32_767, column="city"), "A cell can't have more than 32,767 characters."),
    ],
)
def test_what_cannot_be_replaced_is_refused_at_once(scope: Scope, number: int, wanted: Replacement, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        replace_do(scope, number=number, wanted=wanted)

    assert column(scope, number, CITY) == BEFORE


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
def test_of_a_million_edits_a_page_reads_those_of_its_rows(scope: Scope, number: int) -> None:
    replace_do(scope, number=number, wanted=DOUBLED)
    with CaptureQueriesContext(connection) as asked:
        review.review_page(scope, number=number, wanted=Wanted(), start=0, limit=2)
    about = [each["sql"] for each in asked.captured_queries if "e.new" in each["sql"]]
    with connection.cursor() as cursor:
        plans = [" ".join(row[-1] for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}")) for sql in about]

    assert plans
    assert [plan.count("edit_place (import_id=?)") for plan in plans] == [0] * len(plans)


@pytest.mark.usefixtures("_many")
def test_pages_show_the_progress_and_a_change_has_to_wait(scope: Scope, number: int) -> None:
    assert scope.actor
    client, here = signed_in(scope.actor), f"/imports/{number}/review/"

    def sent(what: object) -> tuple[int, Any]:
        answer = client.post(f"{here}edit/", json.dumps(what), content_type="application/json")
        return answer.status_code, answer.json()["said"]

    asked = {"do": "replace", "find": "o", "new": "oo", "column": "city"}
    cell = {"do": "cells", "cells": [[0, "city", "Bern"]]}
    assert sent(asked) == (200, "The cells are being replaced in the background.")
    assert sent(cell)[0] == 423
    shown = client.get(f"{here}rows/").json()["work"]
    assert (shown["is_open"], shown["said"]) == (True, "Waiting for a worker · started by owner")
    assert client.get(f"/imports/{number}/").headers["Location"] == here
    assert client.post(f"/imports/{number}/cancel/").headers["Location"] == here
    news = client.get(f"{here}news/?moves=0").json()["work"]
    assert (news["is_open"], news["said"]) == (False, "Stopped. No cell was changed.")

    assert sent(asked)[0] == 200
    work()
    assert client.get(f"{here}rows/").json()["work"]["said"] == "Changed 3 cells."
    assert sent(cell) == (200, "Changed 1 cell.")
    assert sent({"do": "stop"}) == (200, "It has already ended.")
