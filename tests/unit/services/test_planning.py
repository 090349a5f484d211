"""Planning a table in batches, on a directory of which it sees only the people that its keys match."""

from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.directory.directory import Directory
from enlist.core.headers.match import match_headers
from enlist.core.plan.plan import Head, Plan, assemble
from enlist.core.plan.preview import logical, preview
from enlist.core.planner.people.close import namesakes_among
from enlist.core.planner.people.unlisted import Presence
from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from enlist.core.rows.check import check
from enlist.core.rows.cleaners import settle
from enlist.core.rows.listing import Listing
from enlist.services.imports.planning import Task
from tests.support.strategies import World, numbered_worlds, tangled_worlds, worlds
from tests.support.tables import known_by, table_of
from tests.support.worlds import directory, person, rows
from tests.unit.services.planned import plan_table


def task_of(world: World, *, batch: int) -> Task:
    table, reference = table_of(world), world.directory.reference
    return Task(
        table=table,
        headers=match_headers(table, reference=reference),
        policy=settle(world.policy, reference=reference),
        reference=reference,
        snapshot=lambda keys: known_by(world.directory, keys=keys),
        absent=lambda listing: absence(world, listing=listing),
        namesakes=lambda _: namesakes_among(world.directory.people, reference=reference),
        batch=batch,
    )


def absence(world: World, *, listing: Listing) -> tuple[pl.DataFrame, str]:
    presence = Presence.of(world.directory, listing=listing, policy=world.policy)
    return presence.absent, presence.scope


def meaning(plan: Plan, *, before: Directory) -> dict[str, Any]:
    """All that a plan says, however it is cut into parts and its new people are numbered."""
    after = preview(before, plan)
    names = pl.concat([before.people, after.people]).unique("person").select("person", "username")
    return {
        "after": logical(after),
        "statuses": plan.statuses().join(names, on="person", how="left").sort("row").drop("person").rows(),
        "flags": sorted(plan.flags().rows(), key=repr),
        "seen": sorted({row for part in plan.parts for row in part.seen.rows()}),
        "counts": (plan.head.rows, plan.head.verbs, plan.head.statuses, plan.head.flags),
    }


def test_a_stopped_plan_still_reports_its_rows_and_file() -> None:
    world = World(rows({"username": "ann"}, {"username": "bob"}), directory(), Policy().replace(bad_rows="stop_import"))

    plan = plan_table(task_of(world, batch=1), head=Head(reference_version=1))

    flags = {"encoding_guessed": 1, "import_stopped": 1, "firstname_missing": 2, "lastname_missing": 2}
    assert plan.head.rows == 2
    assert plan.head.statuses == {"failed": 2}
    assert plan.head.flags == flags | {"email_missing": 2}


@given(st.one_of(worlds(max_rows=12), tangled_worlds(), numbered_worlds()), st.sampled_from([50, 3, 2, 1]))
def test_however_many_rows_at_once_the_plan_is_the_reference_planners(world: World, batch: int) -> None:
    task = task_of(world, batch=batch)

    plan = plan_table(task, head=Head(reference_version=world.directory.reference.version))

    checked = check(task.table, task.headers, policy=task.policy, reference=task.reference)
    part = plan_rows(checked, world.directory, policy=task.policy)
    expected = assemble(replace(plan.head, rows=task.table.height), [part])
    assert meaning(plan, before=world.directory) == meaning(expected, before=world.directory)


def test_names_that_do_not_settle_are_given_row_by_row_beside_everybody() -> None:
    """Whose address a number makes is not known before: it may be anybody's."""
    lines = [{"username": "n", "firstname": "A", "lastname": "B", "email": None} for _ in range(60)]
    for number in range(1, 60, 2):
        lines[number]["email"] = f"own{number}@x.org"
    known = directory(*(person(n, username=f"old{n}", email=f"n{n}@x.org") for n in range(3, 90, 3)))
    policy = Policy().replace(existing_people="counter", defaults={"email": "%u@x.org"})
    world, asked = World(rows(*lines), known, policy), list[bool]()

    def snapshot(keys: pl.DataFrame | None) -> Directory:
        asked.append(keys is None)
        return known_by(known, keys=keys)

    plan = plan_table(replace(task_of(world, batch=25), snapshot=snapshot), head=Head(reference_version=1))

    assert asked.count(True) == 1
    expected = assemble(replace(plan.head, rows=60), [plan_rows(world.rows, known, policy=policy)])
    assert preview(known, plan).people.select("username", "email").sort("username").rows() == (
        preview(known, expected).people.select("username", "email").sort("username").rows()
    )
