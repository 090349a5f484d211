"""Files and plans of imports expire in time, and the report is exact."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from enlist.core.errors import NotFound, PlanError, PolicyError
from enlist.core.policy.retention import Retention
from enlist.core.report.changes import Cell
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.orphans import Ended
from enlist.services.imports.plan import import_apply, import_show, import_undo_plan
from enlist.services.jobs.queue import jobs_list
from enlist.services.people.edit import person_set
from enlist.services.people.history import activity_list
from enlist.services.retention.expiry import expire, retention_change, retention_show
from enlist.services.worker import worker_run
from enlist.store.imports import edits, expiry
from enlist.store.models import Activity, Artifact, Edit, Import, Person
from tests.database.imports import HEAD, imported, staged
from tests.database.school import organization, person

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


@pytest.fixture
def scope() -> Scope:
    return Scope(organization(), MACHINE)


def aged(scope: Scope, *, number: int, days: float) -> Import:
    """The import, made and applied so many days ago."""
    then = NOW - timedelta(days=days)
    mine = Import.objects.filter(organization=scope.organization, number=number)
    mine.update(created_at=then, planned_at=then)
    mine.exclude(applied_at=None).update(applied_at=then)
    return mine.get()


def kept(scope: Scope) -> dict[str, int]:
    """How many chunks of each kind the organisation has."""
    kinds = Artifact.objects.filter(organization=scope.organization).values_list("kind", flat=True)
    return {kind: list(kinds).count(kind) for kind in ("staged", "plan") if kind in kinds}


def told(done: Any) -> list[tuple[int, str, int, int]]:
    return [(each.number, each.what, each.chunks, each.edits) for each in done.imports]


@pytest.mark.parametrize(
    ("days", "goes"),
    [
        (29.9, []),
        (30.1, [(1, "file", 1, 1)]),
        (179.9, [(1, "file", 1, 1)]),
        (180.1, [(1, "file", 1, 1), (1, "plan", 2, 0)]),
    ],
)
def test_each_thing_goes_in_its_time_and_is_counted(scope: Scope, days: float, goes: list[Any]) -> None:
    plan = staged(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    cell = {"row": [0], "column": ["city"], "old": [""], "new": ["Bern"]}
    edits.add(Import.objects.get(number=1), cells=pl.DataFrame(cell), by=None)
    Import.objects.update(state="planned")
    import_apply(scope, plan=plan)
    imported(scope, f"{HEAD}\nbob,Bob,Ray,bob@example.org\n")
    aged(scope, number=1, days=days)
    before = sum(len(bytes(each.data)) for each in Artifact.objects.all())

    looked = expire(scope, dry_run=True, now=NOW)
    assert (kept(scope), Edit.objects.count()) == ({"staged": 2, "plan": 4}, 1)
    done = expire(scope, now=NOW)

    assert looked == done
    assert told(done) == goes
    assert done.bytes == before - sum(len(bytes(each.data)) for each in Artifact.objects.all())
    assert expire(scope, now=NOW).imports == ()
    assert [each.what for each in activity_list(scope)] == (["expired"] if goes else [])


def test_many_chunks_go_a_few_at_a_time(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    aged(scope, number=1, days=400)
    monkeypatch.setattr(expiry, "BATCH", 1)

    assert told(expire(scope, now=NOW)) == [(1, "file", 1, 0), (1, "plan", 2, 0)]


def test_what_a_crash_left_goes_the_next_time(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    aged(scope, number=1, days=400)
    Import.objects.update(plan_removed_at=NOW, file_removed_at=NOW)
    Artifact.objects.filter(name="create").delete()

    assert told(expire(scope, now=NOW)) == [(1, "file", 1, 0), (1, "plan", 1, 0)]


def test_an_undo_is_possible_until_the_day_shown(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    aged(scope, number=1, days=179.9)
    until = datetime.fromisoformat(import_show(scope, number=1)[0].plan_kept_until or "").date()
    assert until == (NOW + timedelta(days=0.1)).date()
    assert import_undo_plan(scope, number=1).head.undoes == 1

    record = aged(scope, number=1, days=180.1)

    gone = (record.applied_at or NOW) + timedelta(days=180)
    for _ in ("not removed yet", "removed"):
        with pytest.raises(PlanError) as refused:
            import_undo_plan(scope, number=1)
        assert refused.value.message == (f"Import 1 can't be undone any more. Its plan was kept until {gone:%Y-%m-%d}.")
        expire(scope, now=NOW)
    summary, plan = import_show(scope, number=1)
    assert (plan, summary.plan_removed, summary.file_removed) == (None, f"{NOW:%Y-%m-%d}", f"{NOW:%Y-%m-%d}")
    assert summary.changes == {"create": 1}


def test_a_plan_that_went_before_it_was_applied_is_refused(scope: Scope) -> None:
    plan = staged(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    aged(scope, number=1, days=400)
    tomorrow = NOW + timedelta(days=1)
    expire(scope, now=tomorrow)

    with pytest.raises(PlanError, match=f"The plan of import 1 was removed on {tomorrow:%Y-%m-%d}."):
        import_apply(scope, plan=plan)
    assert Person.objects.count() == 0


def test_values_of_manual_changes_expire_with_plans_and_the_action_stays(scope: Scope) -> None:
    person(scope.organization, username="ada", city="Bern")
    person_set(scope, username="ada", values={"city": "Graz"})
    Activity.objects.update(at=NOW - timedelta(days=181))
    person_set(scope, username="ada", values={"city": "Linz"})

    assert expire(scope, dry_run=True, now=NOW).actions == 1
    assert expire(scope, now=NOW).actions == 1
    assert [(each.fields, each.cells) for each in activity_list(scope)][-2:] == [
        (["city"], (Cell("city", "Graz", "Linz"),)),
        (["city"], ()),
    ]


def test_how_long_is_the_organisations_own_choice_and_is_logged(scope: Scope) -> None:
    college = Scope(organization("college"), MACHINE)
    for each in (scope, college):
        imported(each, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
        aged(each, number=1, days=8)

    assert retention_change(scope, files=7) == Retention(files=7, plans=180)
    assert retention_change(scope, files=7) == retention_show(scope)

    assert retention_show(college) == Retention()
    assert [told(expire(each)) for each in (college, scope)] == [[], [(1, "file", 1, 0)]]
    assert (kept(scope), kept(college)) == ({"plan": 2}, {"staged": 1, "plan": 2})
    assert [(each.what, each.note) for each in activity_list(scope)][1:] == [
        ("retention_changed", "Files: 30 → 7 days, plans: 180 → 180 days, links: 14 → 14 days.")
    ]
    assert activity_list(college) == []


@pytest.mark.parametrize("days", [0, 3_651])
def test_it_refuses_a_time_that_makes_no_sense(scope: Scope, days: int) -> None:
    with pytest.raises(PolicyError):
        retention_change(scope, plans=days)
    assert retention_show(scope) == Retention()


def test_a_stranger_sees_nothing_of_it(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    aged(scope, number=1, days=400)
    college = Scope(organization("college"), MACHINE)

    assert told(expire(college, now=NOW)) == []
    with pytest.raises(NotFound):
        import_show(college, number=1)
    assert kept(scope) == {"staged": 1, "plan": 2}


def test_workers_remove_what_is_over_time_unasked_and_are_silent_where_nothing_is(scope: Scope) -> None:
    college = Scope(organization("college"), MACHINE)
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    imported(college, f"{HEAD}\nbob,Bob,Ray,bob@example.org\n")
    ended = list[Ended]()
    worker_run(ended.append, until_empty=True)
    assert ended == []
    aged(scope, number=1, days=40)

    worker_run(ended.append, until_empty=True)

    assert [(each.work, each.state) for each in ended] == [("keeping.expire", "done")]
    (job,) = [each for each in jobs_list(scope) if each.kind == "keeping.expire"]
    assert [each["what"] for each in job.result["imports"]] == ["file"]
    assert (kept(scope), kept(college)) == ({"plan": 2}, {"staged": 1, "plan": 2})
    assert [each.what for each in activity_list(scope)] == ["expired"]


def test_workers_remove_the_sessions_that_are_over() -> None:
    for key, hours in (("over", -1), ("not yet", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(hours=hours))

    worker_run(lambda _: None, until_empty=True)

    assert list(Session.objects.values_list("session_key", flat=True)) == ["not yet"]
