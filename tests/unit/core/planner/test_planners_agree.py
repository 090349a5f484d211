"""The vectorised planner is the reference planner: the same frames, fates, flags and people seen."""

from hypothesis import given
from hypothesis import strategies as st

from enlist.core.circumstances import Circumstances
from enlist.core.planner import plan
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from tests.support.laws import told
from tests.support.strategies import World, numbered_worlds, tangled_worlds, worlds

CIRCUMSTANCES = (
    Circumstances(),
    Circumstances(actor=2, role="viewer", last_rows=9),
    Circumstances(stay="too many"),
    Circumstances(approved=True),
)


@given(worlds(max_rows=12), st.sampled_from([16, 2, 0]), st.sampled_from(CIRCUMSTANCES))
def test_the_planners_agree(world: World, deepest: int, circumstances: Circumstances) -> None:
    """`deepest` 2 sends larger components of rows that share keys to the walk row by row, 0 all of them."""
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy, circumstances=circumstances, deepest=deepest)

    assert told(part) == told(walked(world.rows, world.directory, policy=policy, circumstances=circumstances))


@given(tangled_worlds(), st.sampled_from([16, 2]))
def test_they_agree_where_renames_deletes_and_passed_on_addresses_meet(world: World, deepest: int) -> None:
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy, deepest=deepest)

    assert told(part) == told(walked(world.rows, world.directory, policy=policy))


@given(numbered_worlds(), st.sampled_from([16, 2]))
def test_they_agree_who_gets_which_number(world: World, deepest: int) -> None:
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy, deepest=deepest)

    assert told(part) == told(walked(world.rows, world.directory, policy=policy))


@given(worlds())
def test_the_planners_stop_alike(world: World) -> None:
    policy = world.policy.replace(bad_rows="stop_import")

    whole = plan(world.rows, world.directory, policy=policy)

    assert list(map(told, whole.parts)) == [told(walked(world.rows, world.directory, policy=policy))]
