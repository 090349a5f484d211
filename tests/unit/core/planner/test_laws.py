"""Laws that hold for every roster, directory and policy, on core alone."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from enlist.core.changes.statuses import STATUSES
from enlist.core.directory.directory import Directory
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.plan.preview import preview_part
from enlist.core.planner.reference import plan_rows
from enlist.core.planner.undo.inverse import CurrentState, inverse
from tests.support.laws import APPLIED, UNDONE, difference, faults, meet, told, whole
from tests.support.strategies import World, worlds


def planned(world: World) -> tuple[Part, Directory]:
    part = plan_rows(world.rows, world.directory, policy=world.policy)
    return part, preview_part(world.directory, part=part, applied=APPLIED)


def share_keys(world: World, *, part: Part) -> bool:
    """Whether rows of the world may meet; made addresses, and numbers, meet without a cell that shows it."""
    if world.policy.existing_people == "counter":
        return True
    after = preview_part(world.directory, part=part)
    return "email" in world.policy.defaults or meet(world.rows, part=part, before=world.directory, after=after)


@given(worlds())
def test_every_row_ends_with_exactly_one_status(world: World) -> None:
    part, _ = planned(world)

    assert part.statuses.select("row", "line").rows() == world.rows.frame.select("row", "line").rows()
    assert set(part.statuses.get_column("row_status")) <= set(STATUSES)


@given(worlds())
def test_a_plan_leaves_a_directory_that_a_database_would_take(world: World) -> None:
    _, after = planned(world)

    assert faults(world.directory) == []
    assert faults(after) == []


@given(worlds())
def test_counts_before_are_counts_after(world: World) -> None:
    part, after = planned(world)

    assert dict(part.counts()["verbs"]) == difference(world.directory, after)


@given(worlds())
def test_a_failed_or_skipped_row_changes_nothing(world: World) -> None:
    world = replace(world, policy=world.policy.replace(unlisted="keep"))
    part, _ = planned(world)
    idle = part.statuses.filter(pl.col("row_status").is_in(["failed", "skipped"])).get_column("row")
    lazy = world.rows.frame.filter(~pl.col("row").is_in(idle.implode()))
    assume(world.policy.bad_rows != "stop_import")

    without = plan_rows(replace(world.rows, frame=lazy), world.directory, policy=world.policy)

    assert told(without)["frames"] == told(part)["frames"]


@given(worlds(distinct=True))
def test_planning_again_after_apply_plans_nothing(world: World) -> None:
    part, after = planned(world)
    assume(not share_keys(world, part=part))

    again = plan_rows(world.rows, after, policy=world.policy)

    assert again.frames == {}


@given(worlds(distinct=True), st.data())
def test_rows_that_share_no_key_may_come_in_any_order(world: World, data: st.DataObject) -> None:
    part, _ = planned(world)
    assume(not share_keys(world, part=part))
    order = data.draw(st.permutations(range(world.rows.frame.height)))
    shuffled = replace(world.rows, frame=world.rows.frame[order])

    assert told(plan_rows(shuffled, world.directory, policy=world.policy)) == told(part)


@given(worlds())
def test_undo_after_apply_restores_the_directory(world: World) -> None:
    part, after = planned(world)

    back = inverse(part, applied=APPLIED, current=CurrentState(after))

    assert whole(preview_part(after, part=back, applied=UNDONE)) == whole(world.directory)
    assert back.flags.is_empty()


@given(worlds())
def test_a_saved_plan_is_the_plan(world: World) -> None:
    part, _ = planned(world)
    plan = assemble(Head(rows=world.rows.frame.height, policy=world.policy.to_dict()), [part])

    with TemporaryDirectory() as folder:
        plan.save(Path(folder) / "plan")
        loaded = Plan.load(Path(folder) / "plan")
        parts = [told(each) for each in loaded.parts]

    assert loaded.head == plan.head
    assert parts == [told(part)]
