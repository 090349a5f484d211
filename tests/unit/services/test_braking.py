"""What waits and what goes on: together they are the whole, and what goes on is within the limits."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from enlist.core.changes.statuses import FATES
from enlist.core.directory.directory import Directory
from enlist.core.plan.limits import measured
from enlist.core.plan.plan import Head
from enlist.core.plan.preview import logical, preview
from enlist.core.planner.circumstances import Circumstances
from enlist.core.policy import Brake, Limit
from enlist.services.imports.limits import Braked, Limits, plan_braked, plan_held
from enlist.services.imports.planning import Choice, Task, plan_table, prepare
from tests.support.laws import APPLIED
from tests.support.strategies import World, worlds

from .test_planning import task_of

NONE, ONE, ANY = Limit(share=0, number=0), Limit(share=1, number=1), Limit(share=1, number=99)
BRAKES = (
    Brake(update=Limit(share=0, number=1), rename=NONE),
    Brake(deactivate=NONE, delete=NONE, update=ANY, rename=ANY),
    Brake(deactivate=ONE, update=Limit(share=0, number=2), rename=ANY),
)
FEWER = settings(max_examples=settings().max_examples // 2)


def head_of(world: World) -> Head:
    return Head(reference_version=world.directory.reference.version)


def task(world: World, *, batch: int, now: Directory | None = None) -> Task:
    return task_of(replace(world, directory=now or world.directory), batch=batch)


def braked(world: World, *, brake: Brake, batch: int) -> Braked:
    limits = Limits(brake=brake, active=lambda: world.directory.people.height)
    return plan_braked(task(world, batch=batch), head=head_of(world), allowed=limits)


@FEWER
@given(worlds(max_rows=12), st.sampled_from(BRAKES), st.sampled_from([50, 3]))
def test_what_goes_on_is_within_the_limits_and_every_row_has_one_fate(world: World, brake: Brake, batch: int) -> None:
    made = braked(world, brake=brake, batch=batch)

    limits = Limits(brake=brake, active=lambda: world.directory.people.height)
    assert limits.over(made.plan) == {}
    assert made.plan.fates().get_column("row").to_list() == list(range(world.rows.frame.height))
    assert set(made.plan.fates().get_column("fate")) <= set(FATES)
    if made.held:
        assert made.plan.head.held == dict(measured(made.held.parts))


@FEWER
@given(worlds(max_rows=12), st.sampled_from(BRAKES), st.sampled_from([50, 3]))
def test_what_goes_on_and_then_what_waited_come_to_the_whole(world: World, brake: Brake, batch: int) -> None:
    """Nobody's row depends on one that waits, or it would wait as well."""
    world = replace(world, policy=world.policy.replace(bad_rows="skip_row"))
    made = braked(world, brake=brake, batch=batch)
    every = replace(task(world, batch=batch), circumstances=Circumstances(approved=made.held is not None))
    whole = preview(world.directory, plan_table(every, head=head_of(world)))

    after = preview(world.directory, made.plan, applied=APPLIED)
    if made.held is not None:
        anew = task(world, batch=batch, now=after)
        departs = any(code.startswith("absent_deact") for code in made.held.head.flags)
        choice = Choice(only=made.rows, departures=departs)
        rest = plan_held(anew, prepared=prepare(anew), head=head_of(world), choice=choice)
        after = preview(after, rest)

    assert logical(after) == logical(whole)
