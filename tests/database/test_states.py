"""Imports and jobs change state only by the transitions in one table."""

import ast
from itertools import product
from pathlib import Path

import pytest

from enlist.store.imports import states
from enlist.store.jobs import states as of_jobs
from enlist.store.models import Import
from enlist.store.models.imports import IMPORT_STATES
from enlist.store.operations.models import JOB_STATES, Job
from tests.database import school as cast

pytestmark = pytest.mark.django_db(transaction=True)

STORE = Path(states.__file__).parents[1]


@pytest.mark.parametrize("name", states.TRANSITIONS)
def test_an_import_takes_a_transition_from_its_sources_alone(name: str) -> None:
    way, here = states.TRANSITIONS[name], cast.organization()
    for number, state in enumerate(IMPORT_STATES, 1):
        Import.objects.create(organization=here, number=number, preset="moodle", state=state)
    moved = [states.move_one(each, by=way, note="moved") for each in Import.objects.order_by("number")]

    assert moved == [state in way.sources for state in IMPORT_STATES]
    assert list(Import.objects.order_by("number").values_list("state", "note")) == [
        (way.target, "moved") if state in way.sources else (state, "") for state in IMPORT_STATES
    ]


@pytest.mark.parametrize("name", of_jobs.TRANSITIONS)
def test_a_job_takes_a_transition_from_its_sources_alone(name: str) -> None:
    way = of_jobs.TRANSITIONS[name]
    for state in JOB_STATES:
        Job.objects.create(organization_id=1, kind="keeping.expire", state=state)

    assert of_jobs.move(Job.objects.all(), by=way) == len(way.sources)
    assert list(Job.objects.order_by("id").values_list("state", flat=True)) == [
        way.target if state in way.sources else state for state in JOB_STATES
    ]


def test_every_state_is_reached_and_left_by_its_transitions() -> None:
    ways = {(source, way.target) for way in states.TRANSITIONS.values() for source in way.sources}
    never = {(source, target) for source, target in product(IMPORT_STATES, repeat=2) if (source, target) not in ways}

    assert {target for _, target in ways} == set(IMPORT_STATES)
    # What ended stays as it is, but for what an undo of it, or of its undo, says.
    for ended in ("nothing_to_do", "cancelled", "dropped"):
        assert {(ended, target) for target in IMPORT_STATES} <= never
    assert {target for source, target in ways if source in ("applied", "undone")} == {"applied", "undone"}
    of_work = {(source, way.target) for way in of_jobs.TRANSITIONS.values() for source in way.sources}
    assert {source for source, _ in of_work} == {"queued", "running"}


def test_nobody_else_writes_states_of_imports_and_jobs() -> None:
    writers = set()
    for path in (*(STORE / "imports").glob("*.py"), *(STORE / "jobs").glob("*.py")):
        calls = [each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Call)]
        updates = [each for each in calls if isinstance(each.func, ast.Attribute) and each.func.attr == "update"]
        if any(word.arg == "state" for each in updates for word in each.keywords):
            writers.add(path.relative_to(STORE).as_posix())

    # Steps of edits and passwords have states of their own.
    assert writers == {"imports/edits.py", "imports/sealed_passwords.py", "imports/states.py", "jobs/states.py"}
