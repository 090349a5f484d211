"""Fencing: a job's former owner writes nothing between what a new owner reads and writes."""

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import polars as pl
import pytest
from django.conf import LazySettings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import Error

from enlist.core.errors import DatabaseLocked, DatabaseProblem, EnlistError, LeaseLost
from enlist.core.policy import ChangeLimits, Limit
from enlist.services.access import MACHINE, Scope
from enlist.services.imports import background
from enlist.services.imports.plan import import_apply
from enlist.services.jobs.queue import job_put
from enlist.services.jobs.run import Interrupted, Run, job_do
from enlist.services.worker import worker_run
from enlist.store.apply.turn import is_over, turn
from enlist.store.database_errors import problem_of
from enlist.store.engine import engine
from enlist.store.imports import artifacts, records
from enlist.store.jobs import jobs
from enlist.store.leases import LeaseKeeper
from enlist.store.models import Artifact, Import
from enlist.store.operations.models import Job, Lease
from enlist.store.setup import limits
from enlist.store.transactions import guarded, short_transaction
from tests.database.imports import order, staged

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2001-01-01T00:00:00Z"
ROSTER = "username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\nbob,Bob,Ray,bob@example.org\n"


@pytest.fixture
def scope() -> Scope:
    return Scope(cast.organization(), MACHINE)


@pytest.fixture
def record(scope: Scope) -> Import:
    staged(scope, ROSTER)
    return Import.objects.get()


def elsewhere(work: Callable[[], Any]) -> threading.Thread:
    """The work, begun on connections of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def chunk(record: Import, *, by: str) -> None:
    """A chunk in a place that two workers both fill."""
    frames = {"rows": pl.DataFrame({"by": [by]})}
    artifacts.keep_frames(artifacts.Place(record, "contested", 0), frames=frames)


def impatient() -> None:
    """Wait for others' locks for a moment only."""
    with connection.cursor() as cursor:
        is_file = connection.vendor == "sqlite"
        cursor.execute("PRAGMA busy_timeout = 1" if is_file else "SET lock_timeout = '1ms'")


def test_the_rows_of_who_was_silent_never_clash_with_those_of_who_took_over(record: Import) -> None:
    """It wakes up between its insert and its commit: a server has undone it, to a file its successor writes later."""
    taken = threading.Event()

    def take_over() -> None:
        with LeaseKeeper(1, subject="job") as second:
            second.take()
            taken.set()
            with guarded(second.guard):
                artifacts.drop(record, kind="contested")
                chunk(record, by="second")

    with ExitStack() as until_undone, LeaseKeeper(1, subject="job") as first:
        first.take()
        if connection.vendor == "postgresql":
            until_undone.enter_context(pytest.raises(Error))
        with guarded(first.guard), short_transaction():
            chunk(record, by="first")
            Lease.objects.update(heartbeat=LONG_AGO)
            successor = elsewhere(take_over)
            assert taken.wait(60)
            Artifact.objects.filter(kind="contested").exists()
    successor.join()
    connection.close()

    assert artifacts.load_frames(artifacts.Place(record, "contested", 0))["rows"].item() == "second"
    assert Artifact.objects.filter(kind="contested").count() == 1


def test_who_was_silent_writes_nothing_after_it_was_taken_over(record: Import) -> None:
    with LeaseKeeper(1, subject="job") as first, guarded(first.guard):
        first.take()
        Lease.objects.update(fence=99)
        with pytest.raises(LeaseLost):
            chunk(record, by="first")

    assert not Artifact.objects.filter(kind="contested").exists()


def test_the_heart_beats_while_its_owner_writes(settings: LazySettings, record: Import) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("there, it beats in a file of its own")
    settings.LEASE_SECONDS = 0.03
    with LeaseKeeper(1, subject="job") as first, guarded(first.guard):
        first.take()
        with short_transaction():
            chunk(record, by="first")
            Lease.objects.update(heartbeat=LONG_AGO)
            while Lease.objects.filter(heartbeat=LONG_AGO).exists():
                pass


def test_who_was_taken_over_neither_ends_the_job_nor_puts_it_back(scope: Scope) -> None:
    number = job_put(scope, kind="keeping.expire").job

    def work(_: Run) -> None:
        Lease.objects.update(fence=99)
        raise DatabaseLocked("database_locked")

    job_do(number, work=work)

    assert Job.objects.values_list("state", "error").get() == ("running", {})


@contextmanager
def writing(record: Import) -> Iterator[None]:
    """Somebody else has locked what is to be written."""
    locked, done = threading.Event(), threading.Event()

    def lock() -> None:
        with short_transaction():
            Import.objects.select_for_update().get(pk=record.pk)
            locked.set()
            done.wait(60)

    other = elsewhere(lock)
    assert locked.wait(60)
    try:
        yield
    finally:
        done.set()
        other.join()


def test_who_finds_the_database_locked_puts_the_job_back_and_it_is_no_attempt(scope: Scope) -> None:
    background.import_hand_over(scope, request=order(ROSTER))
    impatient()
    with writing(Import.objects.get()):
        for _ in range(jobs.ATTEMPTS + 1):
            assert jobs.draw()
            with pytest.raises(DatabaseLocked):
                job_do(Job.objects.get().pk, work=background.import_carry_out)
    told = Job.objects.get()

    assert (told.state, told.attempts) == ("queued", 0)
    worker_run(lambda _: None, until_empty=True)
    assert Import.objects.get().state == "applied"


def test_rows_that_clash_all_the_same_are_another_attempt_and_no_failure(record: Import, scope: Scope) -> None:
    number = job_put(scope, kind="keeping.expire").job
    chunk(record, by="somebody")

    with pytest.raises(DatabaseProblem, match="Somebody else wrote to the database at the same time"):
        job_do(number, work=lambda _: chunk(record, by="worker"))

    assert Job.objects.get().state == "running"


def test_a_hanging_apply_is_ended_before_its_job_is_judged(scope: Scope) -> None:
    """A server has undone it; who has a file's lock may still commit, so nothing is said of it."""
    plan, found = staged(scope, ROSTER), list[bool]()

    def stand_still(phase: str, done: int, total: int) -> None:
        if phase == "applying" and not found:
            Lease.objects.update(heartbeat=LONG_AGO)
            elsewhere(lambda: found.append(is_over(scope.organization.pk))).join()

    with pytest.raises(EnlistError, match=r"connection|took over"):
        import_apply(scope, plan=plan, progress=stand_still)

    assert found == [connection.vendor == "postgresql"]
    connection.close()
    assert is_over(scope.organization.pk)


def test_nobody_waits_for_an_import_that_is_applied_to_begin_another(scope: Scope) -> None:
    """On SQLite the file is locked, and writers wait."""
    if connection.vendor == "sqlite":
        pytest.skip("PostgreSQL has no lock on all of it")
    plan, begun = staged(scope, ROSTER), list[int]()

    def begin(phase: str, done: int, total: int) -> None:
        if phase == "applying" and done and not begun:
            beginner = elsewhere(lambda: begun.append(records.new(scope, head=plan.head).number))
            beginner.join(20)

    import_apply(scope, plan=plan, progress=begin)

    assert begun == [2]


def test_the_server_ends_a_session_that_idles_in_a_transaction() -> None:
    """But not on who applies or reads very much, and thinks."""
    if connection.vendor == "sqlite":
        pytest.skip("a file's transaction ends with its process")
    school, found = cast.organization(), list[str]()
    asked = "SELECT current_setting('idle_in_transaction_session_timeout') || current_setting('lock_timeout')"
    with short_transaction():
        found.append(engine().value(asked))
        with engine().reading():
            found.append(engine().value(asked))
    with engine().reading():
        found.append(engine().value(asked))
    with turn(engine(), organization=school.pk):
        found.append(engine().value(asked))

    assert found == ["15s25s", "15s25s", "025s", "025s"]
    with pytest.raises(Error) as hung_up:
        stand_still()
    assert str(problem_of(hung_up.value)) == (
        "This process stopped for too long while it wrote, so the database server undid that. "
        "Nothing was applied. Try again."
    )


def stand_still() -> None:
    """In a transaction, until the server has hung up."""
    standing = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%%' AND datname = current_database()"
    with short_transaction():
        engine().execute("SET LOCAL idle_in_transaction_session_timeout = 1")
        while engine("operations").value(standing):
            pass
        engine().value("SELECT 1")


WRITES = ("INSERT", "UPDATE", "DELETE")


class Watched:
    """What was written to the directory's database by who must look at a lease first, and did not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unguarded: set[str] = set()
        self.count, self._has_looked, guard = 0, False, LeaseKeeper.guard

        def looked(hold: LeaseKeeper, using: str = "default") -> None:
            guard(hold, using)
            self._has_looked = self._has_looked or using == "default"

        monkeypatch.setattr(LeaseKeeper, "guard", looked)
        connection.close()

    def connected(self, *, connection: BaseDatabaseWrapper, **_: Any) -> None:
        """See every statement of a connection to the directory's database."""
        if connection.alias == "default":
            connection.connection.set_trace_callback(self)

    def __call__(self, sql: str) -> None:
        """A statement, as the driver gets it."""
        words = sql.lstrip().split(maxsplit=3)
        if words[0] in ("BEGIN", "COMMIT", "ROLLBACK") and len(words) < 3:
            self._has_looked = False
        if words[0] in WRITES and not any("enlist_" in word for word in words[:3]):
            stack = [frame for frame in traceback.extract_stack() if "/enlist/" in frame.filename]
            # The turn has a fence of its own, and so has each mail: its edition, and until when it is taken.
            if not any(frame.name == "plan_commit" or frame.filename.endswith("/mails.py") for frame in stack):
                self.count += 1
                if not self._has_looked:
                    self.unguarded.add(f"{stack[-1].name}: {' '.join(words[:3])}")


def test_a_job_checks_its_lease_before_every_write(
    scope: Scope, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    """Plans, approvals, passwords, undo, cancelling, removing: the driver's trace has every statement."""
    if connection.vendor != "sqlite":
        pytest.skip("psycopg has no trace that Python can read; the code is the same")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    limits.change_limits(scope, limits=ChangeLimits(update=Limit(share=0, number=0)))
    cast.person(scope.organization, username="bob", email="bob@example.org")
    background.import_hand_over(scope, request=order(ROSTER, settings=["passwords=generate"]))
    background.import_hand_over(scope, request=order(ROSTER))
    go_on, left = Run.go_on, list[int]()

    def disturbed(run: Run, phase: str, *, done: int, total: int) -> None:
        """The first is put back into the queue once, the other one is cancelled."""
        number = run.job.import_number or 0
        if phase == "saving" and number not in left:
            left.append(number)
            if number == 1:
                raise Interrupted
            jobs.cancel(run.job)
        go_on(run, phase, done=done, total=total)

    monkeypatch.setattr(Run, "go_on", disturbed)
    watched = Watched(monkeypatch)
    connection_created.connect(watched.connected)
    worker_run(lambda _: None, until_empty=True)
    Import.objects.update(created_at=LONG_AGO, planned_at=LONG_AGO, applied_at=LONG_AGO)
    job_put(scope, kind="keeping.expire")
    worker_run(lambda _: None, until_empty=True)
    connection_created.disconnect(watched.connected)
    connection.close()

    assert watched.unguarded == set()
    states = [*Import.objects.order_by("number").values_list("state", flat=True)]
    assert states == ["applied", "cancelled", "awaiting", "cancelled"]
    assert Import.objects.exclude(plan_removed_at=None).count() == 4
    assert watched.count > 20
