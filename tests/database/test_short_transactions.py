"""Short transactions wait for an import that is being applied; other locks of the file are an error at once."""

import threading

import pytest
from django.db import connection, connections
from django.db.utils import OperationalError

from enlist.core.errors import DatabaseLocked, LeaseLost
from enlist.store import transactions
from enlist.store.apply.turn import turn
from enlist.store.engine import engine
from enlist.store.models import Organization
from enlist.store.transactions import guarded, short_transaction, wait_at_most

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)


def named(title: str, *, of: Organization) -> None:
    """Write to the directory's file, with no patience of SQLite's own."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.execute("PRAGMA busy_timeout = 1")
    try:
        with short_transaction():
            Organization.objects.filter(pk=of.pk).update(name=title)
    finally:
        connections.close_all()


def test_it_waits_for_the_import_that_is_being_applied() -> None:
    school = cast.organization()
    written = threading.Thread(target=lambda: named("The School", of=school))

    with turn(engine(), organization=school.pk):
        written.start()
        written.join(0.3)
        waits = written.is_alive()
    written.join()

    assert waits == (connection.vendor == "sqlite")
    assert Organization.objects.get().name == "The School"


def test_a_request_gives_up_in_words() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no lock on all of it")
    school, met = cast.organization(), list[Exception]()

    def write() -> None:
        try:
            with wait_at_most(0):
                named("The School", of=school)
        except DatabaseLocked as error:
            met.append(error)

    written = threading.Thread(target=write)
    with turn(engine(), organization=school.pk):
        written.start()
        written.join()

    assert [str(error) for error in met] == [
        "An import is being applied, so nothing else can be written. Nothing was changed. Try again when it is done."
    ]


def test_it_tries_again_where_the_import_ended_just_before_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no lock on all of it")
    school = cast.organization()
    ended = threading.Event()

    def is_applying() -> bool:
        ended.set()
        finished.wait(10)
        return False

    finished = threading.Event()
    monkeypatch.setattr(transactions, "_is_applying", is_applying)
    written = threading.Thread(target=lambda: named("The School", of=school))
    with connection.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        written.start()
        ended.wait(10)
        cursor.execute("ROLLBACK")
    finished.set()
    written.join()

    assert Organization.objects.get().name == "The School"


def test_who_lost_the_work_writes_nothing() -> None:
    school = cast.organization()

    def lost(_using: str) -> None:
        raise LeaseLost("job_lost")

    with guarded(lost), pytest.raises(LeaseLost):
        named("The School", of=school)

    assert Organization.objects.get().name == "School"
    named("The School", of=school)
    assert Organization.objects.get().name == "The School"


def test_it_does_not_wait_for_anybody_else() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no lock on all of it")
    school, met = cast.organization(), list[Exception]()

    def write() -> None:
        try:
            named("The School", of=school)
        except OperationalError as error:
            met.append(error)

    with connection.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        other = threading.Thread(target=write)
        other.start()
        other.join()
        cursor.execute("ROLLBACK")

    assert [str(error) for error in met] == ["database is locked"]
