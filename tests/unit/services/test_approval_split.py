"""The part that needs approval and the rest: together they are the whole, and the rest is within the limits."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from enlist.core.changes.statuses import STATUSES
from enlist.core.directory.directory import Directory
from enlist.core.plan.limits import measured
from enlist.core.plan.plan import Head
from enlist.core.plan.preview import logical, preview
from enlist.core.planner.circumstances import Circumstances
from enlist.core.policy import ChangeLimits, Limit
from enlist.services.imports.limits import LimitedPlan, Limits, plan_awaiting, plan_limited
from enlist.services.imports.planning import Choice, Task, prepare
from tests.support.laws import APPLIED
from tests.support.strategies import World, worlds
from tests.unit.services.planned import plan_table

from .test_planning import task_of

NONE, ONE, ANY = Limit(share=0, number=0), Limit(share=1, number=1), Limit(share=1, number=99)
LIMITS = (
    ChangeLimits(update=Limit(share=0, number=1), rename=NONE),
    ChangeLimits(deactivate=NONE, delete=NONE, update=ANY, rename=ANY),
    ChangeLimits(deactivate=ONE, update=Limit(share=0, number=2), rename=ANY),
)
FEWER = settings(max_examples=settings().max_examples // 2)


def head_of(world: World) -> Head:
    return Head(reference_version=world.directory.reference.version)


def task(world: World, *, batch: int, now: Directory | None = None) -> Task:
    return task_of(replace(world, directory=now or world.directory), batch=batch)


def limited(world: World, *, limits: ChangeLimits, batch: int) -> LimitedPlan:
    allowed = Limits(limits=limits, active=lambda _: world.directory.people.height)
    return plan_limited(task(world, batch=batch), head=head_of(world), allowed=allowed)


@FEWER
@given(worlds(max_rows=12), st.sampled_from(LIMITS), st.sampled_from([50, 3]))
def test_what_goes_on_is_within_the_limits_and_every_row_has_one_status(
    world: World, limits: ChangeLimits, batch: int
) -> None:
    made = limited(world, limits=limits, batch=batch)

    allowed = Limits(limits=limits, active=lambda _: world.directory.people.height)
    assert allowed.over(made.plan) == {}
    assert made.plan.statuses().get_column("row").to_list() == list(range(world.rows.frame.height))
    assert set(made.plan.statuses().get_column("row_status")) <= set(STATUSES)
    if made.awaiting:
        assert made.plan.head.awaiting == dict(measured(made.awaiting.parts))


@FEWER
@given(worlds(max_rows=12), st.sampled_from(LIMITS), st.sampled_from([50, 3]))
def test_what_goes_on_and_then_what_waited_come_to_the_whole(world: World, limits: ChangeLimits, batch: int) -> None:
    """Nobody's row depends on one that waits, or it would wait as well."""
    world = replace(world, policy=world.policy.replace(bad_rows="skip_row"))
    made = limited(world, limits=limits, batch=batch)
    every = replace(task(world, batch=batch), circumstances=Circumstances(approved=made.awaiting is not None))
    whole = preview(world.directory, plan_table(every, head=head_of(world)))

    after = preview(world.directory, made.plan, applied=APPLIED)
    if made.awaiting is not None:
        again = task(world, batch=batch, now=after)
        departs = any(code.startswith("absent_deact") for code in made.awaiting.head.flags)
        choice = Choice(only=made.rows, departures=departs)
        rest = plan_awaiting(again, prepared=prepare(again), head=head_of(world), choice=choice, exceeded=lambda _: [])
        after = preview(after, rest)

    assert logical(after) == logical(whole)
