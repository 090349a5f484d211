"""The vectorised planner equals the reference planner: the same frames, statuses, flags and people seen."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.plan.plan import Head, assemble
from enlist.core.plan.preview import preview
from enlist.core.planner import plan
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from tests.support.laws import told, whole
from tests.support.strategies import (
    World,
    grouped_worlds,
    numbered_worlds,
    ruled_worlds,
    settled,
    tangled_worlds,
    worlds,
)
from tests.support.worlds import directory, person, rows

CIRCUMSTANCES = (
    Circumstances(),
    Circumstances(actor=2, role="viewer", last_rows=9),
    Circumstances(actor=2, role="manager"),
    Circumstances(actor=2, role="admin"),
    Circumstances(stay="too many"),
    Circumstances(approved=True),
)


@given(worlds(max_rows=12), st.sampled_from([16, 2, 0]), st.sampled_from(CIRCUMSTANCES))
def test_the_planners_agree(world: World, deepest: int, circumstances: Circumstances) -> None:
    """`deepest` 2 sends larger components of rows that share keys to the walk row by row, 0 all of them."""
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy, circumstances=circumstances, deepest=deepest)

    assert told(part) == told(walked(world.rows, world.directory, policy=policy, circumstances=circumstances))


@pytest.mark.spec("NE-19", "NE-27")
@given(ruled_worlds(of=worlds(min_rows=1)))
def test_they_agree_who_is_in_a_group_by_condition_and_in_a_course_by_a_group(world: World) -> None:
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy)

    expected = walked(world.rows, world.directory, policy=policy)
    after = preview(world.directory, assemble(Head(reference_version=world.directory.reference.version), [part]))
    assert told(part) == told(expected)
    assert whole(settled(after)) == whole(after)


@given(tangled_worlds(), st.sampled_from([16, 2]))
def test_they_agree_where_renames_deletes_and_passed_on_addresses_meet(world: World, deepest: int) -> None:
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy, deepest=deepest)

    assert told(part) == told(walked(world.rows, world.directory, policy=policy))


@given(grouped_worlds(), st.sampled_from([16, 2]))
def test_they_agree_who_joins_and_leaves_groups(world: World, deepest: int) -> None:
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy, deepest=deepest)

    assert told(part) == told(walked(world.rows, world.directory, policy=policy))


@given(numbered_worlds(), st.sampled_from([16, 2]))
def test_they_agree_who_gets_which_number(world: World, deepest: int) -> None:
    policy = world.policy.replace(bad_rows="skip_row")

    part = plan_rows(world.rows, world.directory, policy=policy, deepest=deepest)

    assert told(part) == told(walked(world.rows, world.directory, policy=policy))


def as_literals(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame, whose columns of one value repeated are kept as that value: Polars treats them apart."""
    alike = [name for name in frame.columns if frame.height and frame.get_column(name).n_unique() == 1]
    return frame.with_columns(pl.lit(frame.item(0, name), frame.schema[name]).alias(name) for name in alike)


@pytest.mark.parametrize("suspended", ["", "0", "1"])
def test_they_agree_where_a_column_has_one_value(suspended: str) -> None:
    known = directory(*(person(n, username=name, state="inactive") for n, name in enumerate(("ann", "ben"), start=1)))
    given_ = rows(*({"username": name, "suspended": suspended} for name in ("ann", "ben")))
    policy = Policy().replace(inactive_listed="reactivate", existing_people="update", update_details="from_file")
    alike = replace(known, people=as_literals(known.people))

    part = plan_rows(replace(given_, frame=as_literals(given_.frame)), alike, policy=policy)

    assert told(part) == told(walked(given_, known, policy=policy))
    assert set(part.frames) == {"reactivate"}


@pytest.mark.parametrize(("slug", "code"), [("firstname", "blank_wipes"), ("lang", "blank_kept")])
def test_they_agree_what_a_blank_that_is_meant_does(slug: str, code: str) -> None:
    known = directory(person(1, username="ann", firstname="Ann", lastname="Lee", email="ann@x.org", lang="de"))
    policy = Policy().replace(existing_people="update", update_details="from_file", blank_cell="literal")
    given_ = rows({"username": "ann", slug: ""})

    part = plan_rows(given_, known, policy=policy)

    assert told(part) == told(walked(given_, known, policy=policy))
    assert part.flags.get_column("code").to_list() == [code]


@given(worlds())
def test_the_planners_stop_alike(world: World) -> None:
    policy = world.policy.replace(bad_rows="stop_import")

    whole = plan(world.rows, world.directory, policy=policy, approved=True)

    approved = Circumstances(approved=True)
    assert list(map(told, whole.parts)) == [
        told(walked(world.rows, world.directory, policy=policy, circumstances=approved))
    ]
