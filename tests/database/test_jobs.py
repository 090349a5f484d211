"""Jobs: they report progress, stop when asked, and start again after their worker has died."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from enlist.cli.plain import plain
from enlist.core.errors import DatabaseProblem, EnlistError, NewerTables, OlderTables, PlanError, error_json
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.orphans import Ended, orphans_settle
from enlist.services.jobs.queue import job_put, jobs_list
from enlist.services.jobs.run import LEAVING, Interrupted, Run, job_do
from enlist.services.worker import job_do_next, worker_run
from enlist.store.jobs import jobs
from enlist.store.operations.models import Job, Lease

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timezone.now() - timedelta(days=1)


@pytest.fixture
def scope() -> Scope:
    return Scope(cast.organization(), MACHINE)


@pytest.fixture(autouse=True)
def _stay() -> Iterator[None]:
    yield
    LEAVING.clear()


def put(scope: Scope) -> int:
    return job_put(scope, kind="keeping.expire").job


def told(scope: Scope, *names: str) -> list[Any]:
    """These values of all jobs, as JSON has them."""
    found = json.loads(json.dumps(jobs_list(scope), default=plain))
    return [each[name] for each in found for name in names]


def drawn(scope: Scope) -> int:
    """A job whose worker died a day ago, right after it was drawn from the queue."""
    number = put(scope)
    assert jobs.draw()
    Job.objects.filter(pk=number).update(started_at=LONG_AGO)
    return number


def test_a_worker_runs_a_job_and_stores_the_result(scope: Scope) -> None:
    number, ended = put(scope), list[Ended]()
    assert told(scope, "state") == ["queued"]

    worker_run(ended.append, until_empty=True)

    assert ended == [Ended(number, "keeping.expire", None, "done", None)]
    assert told(scope, "state", "result") == [
        "done",
        {"imports": [], "bytes": 0, "actions": 0, "passwords": 0},
    ]
    assert job_do_next() is None


def test_workers_begin_the_jobs_one_after_the_other_and_each_once(scope: Scope) -> None:
    numbers = [put(scope), put(scope), put(scope)]
    jobs.put_back(Job(pk=numbers[1]))

    drawn = [jobs.draw() for _ in range(4)]

    assert [job and job.pk for job in drawn] == [*numbers, None]
    assert list(Job.objects.order_by("id").values_list("state", "background")) == [("running", True)] * 3


def test_two_workers_that_see_the_same_job_do_not_both_begin_it(scope: Scope) -> None:
    """The second worker draws between the first one's look into the queue and its change."""
    numbers, others = [put(scope), put(scope)], list[Job | None]()

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE") and not others:
            others.append(None)
            others[0] = jobs.draw()
        return execute(sql, *rest)

    with connections["operations"].execute_wrapper(meanwhile):
        drawn = jobs.draw()

    assert [job and job.pk for job in (*others, drawn)] == numbers
    assert list(Job.objects.order_by("id").values_list("attempts", flat=True)) == [1, 1]


def test_how_far_it_is_can_be_seen_meanwhile(scope: Scope) -> None:
    seen = []

    def work(run: Run) -> None:
        run("checking", 0, 30)
        run("checking", 10, 30)
        seen.append(told(scope, "state", "phase", "done", "total"))
        run.go_on("checking", done=20, total=30)
        seen.append(told(scope, "state", "phase", "done", "total"))

    job_do(put(scope), work=work)

    # The second word came too soon after the first.
    assert seen == [["running", "checking", 0, 30], ["running", "checking", 20, 30]]
    assert told(scope, "state") == ["done"]


def test_rate_and_time_left_follow_from_the_phase(scope: Scope) -> None:
    number = put(scope)
    ten_seconds = {"phase_at": LONG_AGO, "told_at": LONG_AGO + timedelta(seconds=10)}
    Job.objects.filter(pk=number).update(state="running", done=50, total=200, **ten_seconds)

    assert told(scope, "rate", "left") == [5.0, 30.0]


def test_what_nobody_began_is_cancelled_at_once(scope: Scope) -> None:
    job = jobs.get(put(scope))
    assert job
    jobs.cancel(job)

    assert told(scope, "state") == ["cancelled"]
    assert job_do_next() is None
    assert told(scope, "state", "result") == ["cancelled", {}]


def test_what_is_being_done_is_cancelled_at_its_next_word(scope: Scope) -> None:
    reached = []

    def work(run: Run) -> None:
        jobs.cancel(run.job)
        reached.append(told(scope, "state", "phase"))
        run("checking", 0, 30)
        reached.append(["too far"])

    job_do(put(scope), work=work)

    assert (reached, told(scope, "state")) == ([["running", "cancelling"]], ["cancelled"])


def test_a_worker_that_lost_the_job_reports_nothing_more(scope: Scope) -> None:
    def work(run: Run) -> None:
        Lease.objects.update(fence=99)
        run("checking", 0, 30)

    job_do(put(scope), work=work)

    assert told(scope, "state", "phase") == ["running", ""]


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_who_lost_the_job_and_never_noticed_does_not_end_it(ends: str, scope: Scope) -> None:
    def work(_: Run) -> None:
        Lease.objects.update(fence=99)
        if ends == "badly":
            raise PlanError("plan_head_damaged")

    job_do(put(scope), work=work)

    assert told(scope, "state") == ["running"]


def test_nobody_does_what_somebody_does_already(scope: Scope) -> None:
    number, done = put(scope), list[str]()

    def work(_: Run) -> None:
        done.append("first")
        job_do(number, work=lambda _: done.append("second"))

    job_do(number, work=work)

    assert done == ["first"]


def test_a_stopping_worker_puts_its_job_back(scope: Scope) -> None:
    number = put(scope)

    def work(run: Run) -> None:
        LEAVING.set()
        run("checking", 0, 30)

    assert jobs.draw()
    with pytest.raises(Interrupted):
        job_do(number, work=work)

    assert told(scope, "state", "phase") == ["queued", ""]
    LEAVING.clear()
    assert job_do_next() == Ended(number, "keeping.expire", None, "done", None)


def test_a_failure_is_kept_as_a_code_and_fields(scope: Scope) -> None:
    def work(_: Run) -> None:
        raise PlanError("plan_file_changed", path="autumn.plan")

    job_do(put(scope), work=work)

    assert told(scope, "state", "error") == [
        "failed",
        {
            "code": "plan_file_changed",
            "message": "autumn.plan was changed after the plan was made.",
            "hint": "Make the plan again.",
            "line": None,
            "column": None,
            "fields": {"path": "autumn.plan"},
        },
    ]


def test_what_nobody_foresaw_is_a_failure_that_keeps_no_data(scope: Scope, caplog: pytest.LogCaptureFixture) -> None:
    def work(_: Run) -> None:
        raise KeyError("ada@example.org")

    job_do(put(scope), work=work)

    assert told(scope, "state", "error") == ["failed", error_json(EnlistError("unforeseen", kind="KeyError"))]
    assert "ada@example.org" in caplog.text


def test_a_database_error_is_retried_and_finally_reported(scope: Scope) -> None:
    def work(_: Run) -> None:
        raise DatabaseProblem("disk_full")

    number = put(scope)
    states = []
    for _ in range(jobs.ATTEMPTS):
        assert jobs.draw()
        with pytest.raises(DatabaseProblem):
            job_do(number, work=work)
        Job.objects.update(started_at=LONG_AGO)
        states += [ended.state for ended in orphans_settle()]

    assert states == ["queued", "queued", "failed"]
    assert [error["code"] for error in told(scope, "error")] == ["disk_full"]


def test_work_whose_worker_died_is_begun_again(scope: Scope) -> None:
    number = drawn(scope)

    assert [ended.state for ended in orphans_settle()] == ["queued"]
    assert job_do_next() == Ended(number, "keeping.expire", None, "done", None)
    assert orphans_settle() == []


def test_work_that_is_alive_or_was_just_drawn_is_no_orphan(scope: Scope) -> None:
    put(scope)
    assert jobs.draw()
    assert orphans_settle() == []

    Job.objects.update(started_at=LONG_AGO)
    job = Job.objects.get()
    with jobs.lease(job) as lease:
        lease.take()
        assert orphans_settle() == []
    assert [ended.state for ended in orphans_settle()] == ["queued"]


def test_work_that_was_drawn_before_the_clock_was_set_back_is_begun_again(scope: Scope) -> None:
    drawn(scope)
    Job.objects.update(started_at=timezone.now() + timedelta(days=1))

    assert [ended.state for ended in orphans_settle()] == ["queued"]


@pytest.fixture
def _older_tables() -> Iterator[None]:
    """The recorded migrations lack the last one of the queue's tables."""
    migrations = MigrationRecorder(connections["operations"]).migration_qs
    last = migrations.filter(app="operations").order_by("-name")[0]
    last.delete(using="operations")
    yield
    last.save(using="operations", force_insert=True)


@pytest.mark.usefixtures("_older_tables")
def test_a_worker_waits_for_its_version_of_the_tables_and_takes_no_job(
    scope: Scope, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(scope)
    waited = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) > jobs.ATTEMPTS:
            LEAVING.set()

    monkeypatch.setattr(LEAVING, "wait", wait)

    worker_run(lambda _: None)

    assert [record.getMessage() for record in caplog.records] == [
        "The database isn't set up, or is older than this version of Enlist. Set up its tables again. Data stays as "
        "it is."
        f" Enlist keeps its files in {settings.HOME}."
    ]
    assert (Job.objects.get().attempts, told(scope, "state")) == (0, ["queued"])
    LEAVING.clear()
    with pytest.raises(OlderTables):
        worker_run(lambda _: None, until_empty=True)


def test_a_worker_leaves_tables_of_a_newer_version_alone(scope: Scope) -> None:
    put(scope)
    tomorrow = MigrationRecorder(connections["operations"]).migration_qs.create(app="operations", name="9999_tomorrow")
    try:
        with pytest.raises(NewerTables, match="newer than this version of Enlist"):
            worker_run(lambda _: None)
    finally:
        tomorrow.delete(using="operations")

    assert (Job.objects.get().attempts, told(scope, "state")) == (0, ["queued"])


def test_work_of_a_process_that_died_fails_for_nobody_else_can_do_it(scope: Scope) -> None:
    jobs.new(scope, kind="keeping.expire")
    Job.objects.update(started_at=LONG_AGO)

    assert [ended.state for ended in orphans_settle()] == ["failed"]
    assert [error["code"] for error in told(scope, "error")] == ["job_died"]


def test_one_import_has_one_open_job(scope: Scope) -> None:
    first, made = jobs.new(scope, kind="keeping.expire", import_number=7)
    again, made_again = jobs.new(scope, kind="keeping.expire", import_number=7)
    assert (made, made_again, again.pk) == (True, False, first.pk)

    jobs.done(first, result={})
    assert jobs.new(scope, kind="keeping.expire", import_number=7)[1] is True


def test_old_jobs_are_forgotten_with_all_that_was_kept_of_them(scope: Scope) -> None:
    put(scope)
    worker_run(lambda _: None, until_empty=True)
    put(scope)

    assert jobs.forget(ended_before=timezone.now() + timedelta(minutes=1)) == 1
    assert (Job.objects.count(), Lease.objects.count()) == (1, 0)
