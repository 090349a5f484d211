"""Background imports: applied once, whatever dies in between; one key, one import; cancelled in time."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from enlist.core.errors import Cancelled, EnlistError, FileError, LeaseTaken, PolicyError
from enlist.services.access import MACHINE, Scope
from enlist.services.imports import background, commit
from enlist.services.imports.background import (
    Handed,
    import_cancel,
    import_carry_out,
    import_hand_over,
    import_keyed,
    import_outcome,
)
from enlist.services.imports.orphans import orphans_settle
from enlist.services.imports.plan import import_apply, import_read, import_show, imports_list, planned_keep
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.staged_file import file_keep
from enlist.services.jobs.run import KIND, Run, job_do, job_finish_here
from enlist.services.progress import silent
from enlist.services.worker import job_do_next, worker_run
from enlist.store import apply as actions
from enlist.store.imports import artifacts, records
from enlist.store.jobs import jobs
from enlist.store.leases import LeaseKeeper
from enlist.store.models import Artifact, Import, Organization, Person
from enlist.store.operations.models import Job, Lease
from tests.database.imports import HEAD, UPDATING, imported, staged

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)
ROSTER = f"{HEAD}\nann,Ann,Lee,ann@example.org\nbob,Bob,Ray,bob@example.org\n"
LONG_AGO = timezone.now() - timedelta(days=1)


@pytest.fixture
def scope() -> Scope:
    return Scope(cast.organization(), MACHINE)


def order(text: str = ROSTER) -> ImportRequest:
    return ImportRequest(source=text.encode(), name="roster.csv", policy=UPDATING, preset="moodle")


def people() -> list[str]:
    return list(Person.objects.order_by("username").values_list("username", flat=True))


def states(scope: Scope) -> list[str]:
    return [each.state for each in imports_list(scope)]


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What these calls give or raise, each on connections of its own, all begun together."""
    found: list[Any] = []
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        try:
            ready.wait()
            found.append(call())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_worker_plans_and_applies_a_background_import(scope: Scope) -> None:
    assert import_hand_over(scope, request=order()) == Handed(1, is_new=True)
    assert (states(scope), people()) == (["queued"], [])

    work()

    assert (states(scope), people()) == (["applied"], ["ann", "bob"])
    assert Job.objects.values_list("result", flat=True).get() == {
        "number": 1, "verbs": {"create": 2}, "nothing_to_do": False, "waiting": None, "waiting_people": 0,
    }  # fmt: skip
    summary, plan = import_show(scope, number=1)
    assert (summary.file, summary.rows, plan and plan.head.staged) == ("roster.csv", {"created": 2}, 1)


def test_notes_about_reading_are_kept_for_background_imports(scope: Scope) -> None:
    bad = f"{ROSTER}cy,Cy,Day,cy@example.org,extra\n"
    import_hand_over(scope, request=order(bad))
    work()

    handed, plan = import_show(scope, number=1)
    college = cast.organization("college")
    imported(Scope(college, MACHINE), bad)
    here, same = import_show(Scope(college, MACHINE), number=1)
    assert (handed.rows, handed.changes) == (here.rows, here.changes)
    assert plan is not None
    assert same is not None
    assert plan.flags().equals(same.flags())


def test_what_cannot_be_read_is_refused_at_once(scope: Scope) -> None:
    with pytest.raises(FileError):
        import_hand_over(scope, request=order(""))

    assert (Import.objects.count(), Job.objects.count()) == (0, 0)


def test_a_stale_plan_is_made_again(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    import_hand_over(scope, request=order())
    made = []

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        plan = planned_keep(*arguments, **named)
        made.append(plan.head.verbs)
        if len(made) == 1:
            cast.person(scope.organization, username="ann", email="ann@example.org")
        return plan

    monkeypatch.setattr(background, "planned_keep", meanwhile)
    work()

    changes = [{name: n for name, n in verbs.items() if n} for verbs in made]
    assert changes == [{"create": 2}, {"create": 1, "update": 1}]
    assert (states(scope), people()) == (["applied"], ["ann", "bob"])


@pytest.mark.parametrize("dies", ["before the commit", "after the commit"])
def test_a_worker_that_dies_leaves_nothing_undone_and_nothing_done_twice(dies: str, scope: Scope) -> None:
    import_hand_over(scope, request=order())
    assert jobs.draw()

    class Died(BaseException):
        pass

    def dying(run: Run) -> None:
        if dies == "after the commit":
            import_carry_out(run)
        raise Died

    with pytest.raises(Died):
        job_do(Job.objects.get().pk, work=dying)
    Job.objects.update(started_at=LONG_AGO)
    settled = [ended.state for ended in orphans_settle()]
    work()

    assert settled == ["queued"]
    assert (states(scope), people(), Job.objects.get().state) == (["applied"], ["ann", "bob"], "done")


def test_a_zombie_is_refused_and_its_successor_is_not_disturbed(scope: Scope) -> None:
    """The zombie falls asleep with its plan made; its successor does everything; then it wakes up."""
    import_hand_over(scope, request=order())
    told: list[str] = []

    def asleep(run: Run) -> None:
        def last(phase: str, done: int, total: int) -> None:
            if phase == "applying" and not told:
                told.append(phase)
                Lease.objects.update(heartbeat=LONG_AGO, fence=99, owner="")
            run.go_on(phase, done=done, total=total)

        record = records.get(run.scope, number=1)
        plan = background._planned(run, record=record)
        actions.apply(plan, organization=scope.organization, progress=last)

    assert jobs.draw()
    job_do(Job.objects.get().pk, work=asleep)

    assert (told, people(), Job.objects.get().state) == (["applying"], [], "running")
    jobs.put_back(Job.objects.get())
    work()
    assert (states(scope), people()) == (["applied"], ["ann", "bob"])


def test_a_zombie_does_not_take_away_what_its_successor_stored(scope: Scope) -> None:
    """It falls asleep before it clears the place of its plan, and wakes up when there is another's."""
    import_hand_over(scope, request=order())

    def succeed() -> None:
        jobs.put_back(Job.objects.get())
        work()

    def asleep(_: Run) -> None:
        Lease.objects.update(heartbeat=LONG_AGO, fence=99, owner="")
        at_once([succeed])
        artifacts.drop(records.get(scope, number=1), kind=artifacts.PLAN)

    assert jobs.draw()
    job_do(Job.objects.get().pk, work=asleep)

    assert states(scope) == ["applied"]
    assert Artifact.objects.filter(kind=artifacts.PLAN, name="create").count() == 1


def test_what_waits_in_the_queue_is_cancelled_and_never_done(scope: Scope) -> None:
    import_hand_over(scope, request=order())

    assert import_cancel(scope, number=1) == "cancelled"
    work()

    assert (states(scope), people()) == (["cancelled"], [])


def test_a_cancelled_import_stays_cancelled_if_its_worker_dies(scope: Scope) -> None:
    import_hand_over(scope, request=order())
    assert jobs.draw()
    Job.objects.update(started_at=LONG_AGO)
    assert import_cancel(scope, number=1, patience=0) == "cancelling"
    orphans_settle()

    assert (states(scope), Job.objects.get().state, Artifact.objects.count()) == (["cancelled"], "cancelled", 0)


PHASES = ("reading", "checking", "comparing", "saving", "applying", "committing")


@pytest.mark.parametrize("phase", PHASES)
def test_it_is_cancelled_in_every_phase_and_nothing_happened(
    phase: str, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_hand_over(scope, request=order())
    go_on, seen = Run.go_on, []

    def cancelling(run: Run, name: str, *, done: int, total: int) -> None:
        seen.append(name)
        if name == phase:
            jobs.cancel(run.job)
        go_on(run, name, done=done, total=total)

    monkeypatch.setattr(Run, "go_on", cancelling)
    work()

    assert seen[-1] == phase
    assert (states(scope), people(), Job.objects.get().state) == (["cancelled"], [], "cancelled")


def test_after_the_commit_cancelling_is_refused_with_the_way_back(scope: Scope) -> None:
    import_hand_over(scope, request=order())
    work()

    with pytest.raises(EnlistError, match=r"Import 1 is applied, so it can't be cancelled"):
        import_cancel(scope, number=1)


def test_who_applies_in_the_foreground_can_be_cancelled_from_elsewhere(scope: Scope) -> None:
    plan = staged(scope, ROSTER)

    def cancel(phase: str, done: int, total: int) -> None:
        if phase == "applying":
            import_cancel(scope, number=1, patience=0)

    with pytest.raises(Cancelled):
        import_apply(scope, plan=plan, progress=cancel)

    assert (states(scope), people()) == (["cancelled"], [])


def test_fifty_requests_with_one_key_are_one_import(scope: Scope) -> None:
    found = at_once([lambda: import_hand_over(scope, request=replace(order(), key="autumn"))] * 50)

    assert sorted(map(str, found)) == sorted(map(str, [Handed(1, is_new=True), *[Handed(1, is_new=False)] * 49]))
    assert (Import.objects.count(), Job.objects.count()) == (1, 1)
    work()
    assert people() == ["ann", "bob"]
    assert import_hand_over(scope, request=replace(order(), key="autumn")) == Handed(1, is_new=False)


def test_a_key_has_255_characters_at_most(scope: Scope) -> None:
    for key in ("k" * 256, "a\0b"):
        with pytest.raises(PolicyError, match=r"This key can't be used\. It must have 255 characters at most"):
            import_hand_over(scope, request=replace(order(), key=key))
    assert Import.objects.count() == 0

    assert import_hand_over(scope, request=replace(order(), key="k" * 255)) == Handed(1, is_new=True)


def test_a_key_that_another_request_holds_is_not_used(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an hour of waiting; here it is shorter."""
    monkeypatch.setattr(background, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(background, "PAUSE", 0.02)

    with LeaseKeeper(scope.organization.pk, subject="key autumn") as other:
        other.take()
        with pytest.raises(LeaseTaken, match="waited an hour for another request with the key “autumn”"):
            import_hand_over(scope, request=replace(order(), key="autumn"))

    assert Import.objects.count() == 0


def test_an_import_that_a_job_works_on_is_not_applied_beside_it(scope: Scope) -> None:
    plan = staged(scope, ROSTER)
    jobs.new(scope, kind=KIND, import_number=1)

    with pytest.raises(LeaseTaken, match="A job is already running for import 1"):
        import_apply(scope, plan=plan)

    assert people() == []


def test_a_job_that_somebody_does_is_left_to_them(scope: Scope) -> None:
    import_hand_over(scope, request=order())
    job = Job.objects.get()
    done: list[Run] = []

    def never(_: Run) -> commit.Done:
        raise AssertionError("somebody else does it")

    with jobs.lease(job) as other:
        other.take()
        job_do(job.pk, work=done.append)
        with pytest.raises(LeaseTaken):
            job_finish_here(job, scope=scope, work=never)

    job.refresh_from_db()
    assert (done, job.state, people()) == ([], "queued", [])


def test_a_plan_that_is_always_stale_is_given_up(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    import_hand_over(scope, request=order())
    made = []

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        made.append(planned_keep(*arguments, **named))
        Organization.objects.update(reference_version=100 + len(made))
        return made[-1]

    monkeypatch.setattr(background, "planned_keep", meanwhile)
    work()

    assert (len(made), states(scope), people()) == (50, ["failed"], [])
    assert Job.objects.get().error["code"] == "setup_changed"


def test_requests_without_a_key_are_imports_of_their_own(scope: Scope) -> None:
    found = [import_hand_over(scope, request=order()).number for _ in range(2)]

    work()
    assert (found, states(scope)) == ([1, 2], ["nothing_to_do", "applied"])


@pytest.mark.parametrize(
    ("again", "what"),
    [
        (order(f"{ROSTER}cy,Cy,Day,cy@example.org\n"), "another file"),
        (
            ImportRequest(source=ROSTER.encode(), policy=UPDATING.replace(note="other"), preset="moodle"),
            "other settings",
        ),
    ],
)
def test_a_key_given_for_something_else_is_refused(again: ImportRequest, what: str, scope: Scope) -> None:
    import_hand_over(scope, request=replace(order(), key="autumn"))

    with pytest.raises(PolicyError, match=f"“autumn” already belongs to import 1, with {what}"):
        import_hand_over(scope, request=replace(again, key="autumn"))
    elsewhere = Scope(cast.organization("college"), MACHINE)
    assert import_hand_over(elsewhere, request=replace(again, key="autumn")) == Handed(1, is_new=True)


def test_a_key_whose_process_died_starts_again_under_its_number(scope: Scope) -> None:
    known = imported(scope, f"{HEAD}\nzoe,Zoe,Fox,zoe@example.org\n")
    with import_keyed(scope, request=replace(order(), key="autumn")):
        read = import_read(scope, request=order())
        file_keep(records.new(scope, head=read.head, key="autumn"), table=read.table, columns={})

    assert import_hand_over(scope, request=replace(order(), key="autumn")) == Handed(known + 1, is_new=True)
    work()
    assert people() == ["ann", "bob", "zoe"]
    assert Artifact.objects.filter(of_import__number=known + 1, kind="staged", name="table").count() == 1


def asked_again(scope: Scope) -> commit.Done | None:
    """The result of an import's key for a caller that waits; None if the caller has to do it."""
    with import_keyed(scope, request=replace(order(), key="autumn"), until_ended=silent) as known:
        return import_outcome(known) if known else None


def test_who_waits_for_an_import_in_the_queue_does_it_where_nobody_else_does(scope: Scope) -> None:
    import_hand_over(scope, request=replace(order(), key="autumn"))

    assert asked_again(scope) == commit.Done(1, verbs={"create": 2}, nothing_to_do=False)
    assert people() == ["ann", "bob"]
    assert job_do_next() is None
    assert states(scope) == ["applied"]


def test_who_asks_again_after_a_failure_may_try_again(scope: Scope) -> None:
    import_hand_over(scope, request=replace(order(), key="autumn"))
    Artifact.objects.all().delete()
    work()
    assert states(scope) == ["failed"]

    assert asked_again(scope) is None
    assert import_hand_over(scope, request=replace(order(), key="autumn")) == Handed(1, is_new=True)
    work()
    assert (states(scope), people()) == (["applied"], ["ann", "bob"])


def test_asking_again_for_a_cancelled_import_is_an_error(scope: Scope) -> None:
    import_hand_over(scope, request=replace(order(), key="autumn"))
    import_cancel(scope, number=1)

    with pytest.raises(Cancelled, match="Import 1 was cancelled"):
        asked_again(scope)
