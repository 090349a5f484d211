"""Leases: the fence grows with every owner, a silent owner loses the lease, and then writes nothing."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, connections
from django.db.models.functions import Now

from enlist.core.errors import LeaseLost, LeaseTaken
from enlist.store.apply import apply
from enlist.store.apply.turn import APPLYING
from enlist.store.leases import LeaseKeeper
from enlist.store.models import Person
from enlist.store.operations.models import Lease

from . import plans
from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2001-01-01T00:00:00Z"


def elsewhere(work: Callable[[], Any]) -> Any:
    """What the work gives or raises on connections of its own."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def row() -> tuple[str, int]:
    return Lease.objects.values_list("owner", "fence").get()


def test_the_fence_grows_with_every_owner_and_the_end_makes_it_free() -> None:
    with LeaseKeeper(1, subject="tea") as first:
        first.take()
        assert row() == (first.owner, 1)
        first.confirm()
    assert row() == ("", 1)
    with LeaseKeeper(1, subject="tea") as second:
        second.take()
        assert row() == (second.owner, 2)


def test_it_is_refused_while_its_owner_is_alive() -> None:
    with (
        LeaseKeeper(1, subject="tea") as first,
        LeaseKeeper(1, subject="tea") as second,
        LeaseKeeper(2, subject="tea") as stranger,
    ):
        first.take()
        stranger.take()
        with pytest.raises(LeaseTaken):
            second.take()
        first.confirm()


def test_who_was_silent_for_too_long_loses_it_and_can_end_without_harm() -> None:
    with LeaseKeeper(1, subject="tea") as second:
        with LeaseKeeper(1, subject="tea") as first:
            first.take()
            Lease.objects.update(heartbeat=LONG_AGO)
            second.take()
            with pytest.raises(LeaseLost):
                first.confirm()
        assert row() == (second.owner, 2)
        second.confirm()


def test_the_heartbeat_of_a_clock_that_was_set_back_since_is_not_believed(settings: LazySettings) -> None:
    """A second is a correction of the clock, an hour is another clock."""
    settings.LEASE_SECONDS = 30
    with LeaseKeeper(1, subject="tea") as first, LeaseKeeper(1, subject="tea") as second:
        first.take()
        Lease.objects.update(heartbeat=Now() + timedelta(seconds=1))
        with pytest.raises(LeaseTaken):
            second.take()
        Lease.objects.update(heartbeat=Now() + timedelta(hours=1))
        second.take()
        with pytest.raises(LeaseLost):
            first.confirm()
        assert row() == (second.owner, 2)


def test_the_heart_keeps_it(settings: LazySettings) -> None:
    settings.LEASE_SECONDS = 0.03
    with LeaseKeeper(1, subject="tea") as first:
        first.take()
        Lease.objects.update(heartbeat=LONG_AGO)
        while Lease.objects.filter(heartbeat=LONG_AGO).exists():
            pass
        first.confirm()


def test_who_lost_the_turn_while_applying_writes_nothing() -> None:
    school = cast.organization()
    plan = plans.plan(school, plans.part(create=plans.people(school, {"person": -1, "username": "ada"})))

    def taken_over(_: object) -> None:
        Lease.objects.filter(subject=APPLYING).update(fence=99)

    with pytest.raises(LeaseLost):
        apply(plan, organization=school, record=taken_over)

    assert Person.objects.count() == 0
    assert apply(plan, organization=school).counts == {"create": 1}


def test_a_process_that_hangs_while_applying_loses_the_turn() -> None:
    """It is hung up on where there is a server; a file's lock it keeps, and then it alone can end that."""
    school = cast.organization()
    plan = plans.plan(school, plans.part(create=plans.people(school, {"person": -1, "username": "ada"})))
    met: list[Any] = []

    def stand_still(_: object) -> None:
        Lease.objects.update(heartbeat=LONG_AGO)
        met.append(elsewhere(lambda: apply(plan, organization=school)))

    with pytest.raises(Exception, match=r"server doesn.t answer|took over") as refused:
        apply(plan, organization=school, record=stand_still)

    connection.close()
    if connection.vendor == "sqlite":
        assert (type(met[0]), refused.type, Person.objects.count()) == (LeaseTaken, LeaseLost, 0)
    else:
        assert (met[0].counts, Person.objects.count()) == ({"create": 1}, 1)
