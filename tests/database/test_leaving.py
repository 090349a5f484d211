"""Leaving dates: set by absence from a list, by a column and manually; carried out by workers on the day (EN-15)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connections
from django.utils import timezone

from enlist.core.errors import PolicyError
from enlist.core.flags.flags import sentences
from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.services.imports import scheduled
from enlist.services.imports.approval import import_approve, limits_change
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan, imports_list
from enlist.services.imports.request import ImportRequest
from enlist.services.people.edit import person_set
from enlist.services.people.history import person_history
from enlist.services.people.listing import Chosen, Wanted, person_list, person_show
from enlist.services.people.marks import people_mark
from enlist.services.worker import worker_run
from enlist.store.directory.snapshot import dump
from enlist.store.models import Departure, Import, Organization, Person
from enlist.store.operations.models import Job
from enlist.store.scope import MACHINE, Scope

from . import school as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("EN-15")]
HEAD = "username,firstname,lastname,email"
GRACE = ("unlisted=deactivate", "grace_days=14")
NAMES = ("ann", "bob", "cyd", "dee")


def lines(*names: str) -> str:
    return "".join(f"{name},{name.title()},Ode,{name}@x.org\n" for name in names)


def later(days: int) -> str:
    return str(timezone.localdate() + timedelta(days=days))


@pytest.fixture
def scope() -> Scope:
    """A school with ann, bob, cyd and dee, who came with a list."""
    here = Scope(cast.organization(settings=cast.UNBRAKED), MACHINE)
    imported(here, HEAD + "\n" + lines(*NAMES))
    return here


def planned(scope: Scope, file: str, *settings: str, **more: Any) -> Plan:
    policy = preset("sync").configure(settings)
    request = ImportRequest(source=file.encode(), name="people.csv", preset="sync", policy=policy, **more)
    return import_plan(scope, request=request).plan


def imported(scope: Scope, file: str, *settings: str) -> int:
    return import_apply(scope, plan=planned(scope, file, *settings), invite=False).number


def listed(scope: Scope, *names: str, settings: tuple[str, ...] = GRACE) -> int:
    return imported(scope, HEAD + "\n" + lines(*names), *settings)


def leaving(of: Scope) -> dict[str, tuple[str, str]]:
    """username → leaving date, source."""
    found = Departure.objects.filter(organization=of.organization).order_by("person__username")
    return {name: (day, why) for name, day, why in found.values_list("person__username", "leaves_on", "source")}


def states(of: Scope) -> dict[str, str]:
    found = Person.objects.filter(organization=of.organization).order_by("username")
    return dict(found.values_list("username", "state"))


def said(plan: Plan) -> list[str]:
    """What the plan says about the whole file."""
    flags = plan.parts[0].flags
    return sentences(flags.filter(flags["row"].is_null())).to_list()


def time_passes(monkeypatch: pytest.MonkeyPatch, *, days: int) -> date:
    """Today becomes a later day."""
    then = timezone.localdate() + timedelta(days=days)
    monkeypatch.setattr(timezone, "localdate", lambda *_: then)
    return then


def work() -> None:
    """What a worker does within an hour."""
    scheduled.departures_hand_over()
    worker_run(lambda _: None, until_empty=True)


def test_unlisted_people_are_marked_and_stay_active(scope: Scope) -> None:
    file = HEAD + "\n" + lines("ann", "bob")
    plan = planned(scope, file, *GRACE)

    assert f"Active people who are not in the file leave on {later(14)}: 2." in said(plan)
    import_apply(scope, plan=plan, invite=False)

    assert leaving(scope) == {"cyd": (later(14), "absence"), "dee": (later(14), "absence")}
    assert set(states(scope).values()) == {"active"}
    again = planned(scope, file, *GRACE)
    assert again.is_empty
    assert "Active people who are not in the file and already have a leaving date: 2." in said(again)


def test_without_days_they_become_inactive_at_once(scope: Scope) -> None:
    listed(scope, "ann", "bob", "dee")

    listed(scope, "ann", "bob", settings=("unlisted=deactivate",))

    assert leaving(scope) == {}
    assert states(scope) == {"ann": "active", "bob": "active", "cyd": "inactive", "dee": "inactive"}


def test_a_later_list_ends_it_and_undoing_that_list_brings_it_back(scope: Scope) -> None:
    listed(scope, "ann", "bob")
    marked, before = leaving(scope), dump(scope.organization)
    plan = planned(scope, HEAD + "\n" + lines("ann", "bob", "cyd"), *GRACE)

    assert "People who are in the file again and no longer leave: 1." in said(plan)
    number = import_apply(scope, plan=plan, invite=False).number

    assert leaving(scope) == {"dee": marked["dee"]}
    import_apply(scope, plan=import_undo_plan(scope, number=number))
    assert leaving(scope) == marked
    assert dump(scope.organization) == before


def test_undoing_the_list_that_marked_them_ends_it(scope: Scope) -> None:
    before = dump(scope.organization)
    number = listed(scope, "ann", "bob")

    import_apply(scope, plan=import_undo_plan(scope, number=number))

    assert leaving(scope) == {}
    assert dump(scope.organization) == before


def test_a_file_that_isnt_a_whole_list_changes_no_date(scope: Scope) -> None:
    """So an export of people comes back as no change (EN-10)."""
    listed(scope, "ann", "bob", "cyd")
    marked = leaving(scope)

    plan = planned(scope, HEAD + "\n" + lines(*NAMES))

    assert (plan.is_empty, leaving(scope)) == (True, marked)


def test_failed_and_excluded_rows_end_it_too(scope: Scope) -> None:
    listed(scope, "ann", "bob")
    # The last name is missing, so this row fails.
    file = HEAD + "\n" + lines("ann", "bob") + "cyd,,,not an address at all@@\n" + lines("dee")

    plan = planned(scope, file, *GRACE, "malformed_email=refuse", excluded=pl.Series("row", [3], dtype=pl.Int64))
    import_apply(scope, plan=plan, invite=False)

    assert plan.head.statuses["skipped"] == 1
    assert leaving(scope) == {}


def test_nobody_protected_is_marked(scope: Scope) -> None:
    for name, about in (
        ("kim", {"source": "manual"}),
        ("ole", {"site_role": "owner"}),
        ("adm", {"site_role": "admin"}),
    ):
        cast.person(scope.organization, username=name, email=f"{name}@x.org", **{"source": "import", **about})

    listed(scope, "ann", "bob")

    assert list(leaving(scope)) == ["cyd", "dee"]


def test_people_who_count_as_created_manually_later_stay(scope: Scope) -> None:
    listed(scope, "ann", "bob")

    people_mark(scope, chosen=Chosen(["cyd"]), source="manual")

    assert list(leaving(scope)) == ["dee"]


@pytest.mark.parametrize(
    ("marked", "limit", "waits"),
    [
        (2, "0.5,2", False),
        (3, "0.5,2", True),
        (1, "0,5", True),
        (0, "0,0", False),
        (2, "0.01,20", False),
        (3, "0.01,20", True),
    ],
    ids=["exactly at", "one over", "a share of zero", "nobody", "few", "more than few"],
)
def test_marks_count_under_the_limits(scope: Scope, marked: int, limit: str, waits: bool) -> None:
    file = HEAD + "\n" + lines(*NAMES[: 4 - marked])
    Organization.objects.filter(pk=scope.organization.pk).update(settings={})
    scope.organization.refresh_from_db()
    limits_change(scope, settings=[f"deactivate={limit}"])
    policy = preset("sync").configure(GRACE)
    request = ImportRequest(source=file.encode(), name="people.csv", preset="sync", policy=policy)
    done = import_apply(scope, plan=import_stage(scope, planned=import_plan(scope, request=request)), invite=False)

    assert len(leaving(scope)) == (0 if waits else marked)
    if waits:
        assert (done.waiting is not None, done.waiting_people) == (True, marked)
        import_approve(scope, number=done.waiting or 0, confirm=marked)
        assert len(leaving(scope)) == marked


def test_a_column_sets_and_removes_the_date_of_listed_people(scope: Scope) -> None:
    head = HEAD + ",Date of leaving\n"
    dated = head + lines("ann").replace("\n", f",{later(30)}\n") + lines("bob").replace("\n", ",\n")

    imported(scope, dated)
    assert leaving(scope) == {"ann": (later(30), "import")}
    assert planned(scope, dated).is_empty
    # Without the column, the date stays; with a blank cell, it is removed.
    assert planned(scope, HEAD + "\n" + lines("ann")).is_empty
    imported(scope, dated.replace(later(30), ""))

    assert leaving(scope) == {}


def test_a_date_that_has_come_deactivates_and_never_reactivates(scope: Scope) -> None:
    file = f"{HEAD},leaving date\n" + lines("ann", "zoe").replace("\n", f",{later(0)}\n")

    imported(scope, file)

    assert leaving(scope) == {}
    assert {name: state for name, state in states(scope).items() if name in ("ann", "zoe")} == {"ann": "inactive"}
    assert planned(scope, file).is_empty


def test_other_presets_refuse_the_column_with_a_sentence(scope: Scope) -> None:
    policy = preset("moodle").configure(["upload_type=update", "update_details=from_file"])
    file = f"{HEAD},leaving date\n" + lines("ann").replace("\n", f",{later(30)}\n")

    request = ImportRequest(source=file.encode(), name="a.csv", preset="moodle", policy=policy)
    plan = import_plan(scope, request=request).plan

    assert plan.is_empty
    assert "Column “leaving date” isn't imported: this import's settings don't use leaving dates." in said(plan)
    with pytest.raises(PolicyError, match="grace_days"):
        preset("moodle").configure(["grace_days=3"])


def test_on_the_day_a_worker_deactivates_those_who_are_still_marked(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(scope, "ann", "bob")
    listed(scope, "ann", "bob", "cyd")
    work()
    assert set(states(scope).values()) == {"active"}

    day = time_passes(monkeypatch, days=14)
    work()
    work()

    assert states(scope) == {"ann": "active", "bob": "active", "cyd": "active", "dee": "inactive"}
    assert leaving(scope) == {}
    latest = imports_list(scope, limit=1)[0]
    assert (latest.kind, latest.by, latest.state) == ("scheduled", "Scheduled", "applied")
    assert latest.title == f"People who leave on {day}"
    assert Import.objects.filter(kind="scheduled").count() == 1
    assert person_history(scope, username="dee")[0].by == "Scheduled"


def test_undoing_it_gives_access_back_for_good(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(scope, "ann", "bob", "cyd")
    time_passes(monkeypatch, days=14)
    work()
    number = imports_list(scope, limit=1)[0].number

    import_apply(scope, plan=import_undo_plan(scope, number=number))
    time_passes(monkeypatch, days=1)
    work()

    assert states(scope)["dee"] == "active"
    assert leaving(scope) == {}


def test_it_needs_no_approval_again(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(scope, "ann")
    limits_change(scope, settings=["deactivate=0,0"])
    time_passes(monkeypatch, days=14)
    work()

    assert [name for name, state in states(scope).items() if state == "inactive"] == ["bob", "cyd", "dee"]


def test_who_became_an_administrator_meanwhile_stays(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(scope, "ann", "bob")
    Person.objects.filter(username="dee").update(site_role="admin")
    time_passes(monkeypatch, days=14)
    work()

    assert (states(scope)["cyd"], states(scope)["dee"]) == ("inactive", "active")


def test_a_stranger_of_another_organisation_stays(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Scope(cast.organization("other", settings=cast.UNBRAKED), MACHINE)
    imported(other, HEAD + "\n" + lines("cyd", "dee"))
    listed(scope, "ann", "bob")

    time_passes(monkeypatch, days=14)
    work()

    assert leaving(other) == {}
    assert states(other) == {"cyd": "active", "dee": "active"}
    assert Import.objects.filter(organization=other.organization, kind="scheduled").count() == 0


def test_two_workers_at_once_make_one_import(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(scope, "ann", "bob")
    time_passes(monkeypatch, days=14)
    meet = threading.Barrier(2)
    # Both workers look before either has queued its job.
    for _ in range(2):
        Job.objects.create(organization_id=scope.organization.pk, kind=scheduled.KIND, state="queued", background=True)

    def both() -> None:
        meet.wait()
        worker_run(lambda _: None, until_empty=True)
        connections.close_all()

    threads = [threading.Thread(target=both) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [each.state for each in Import.objects.filter(kind="scheduled")] == ["applied"]
    assert (states(scope)["cyd"], states(scope)["dee"]) == ("inactive", "inactive")
    assert {each.state for each in Job.objects.filter(kind=scheduled.KIND)} == {"done"}


def test_a_person_can_be_marked_and_unmarked_manually(scope: Scope) -> None:
    cells = person_set(scope, username="ann", values={"leaves_on": later(9)})

    assert [(cell.field, cell.old, cell.new) for cell in cells] == [("leaves_on", "", later(9))]
    assert person_show(scope, username="ann").leaves_on == later(9)
    found = person_list(scope, wanted=Wanted(leaving=True)).people
    assert [(each.username, each.leaves_on) for each in found] == [("ann", later(9))]
    # A list that names them doesn't end what a person decided.
    listed(scope, *NAMES)
    assert leaving(scope) == {"ann": (later(9), "manual")}
    person_set(scope, username="ann", values={"leaves_on": ""})
    assert leaving(scope) == {}


@pytest.mark.parametrize(
    ("username", "day", "why"),
    [
        ("ann", later(0), "isn't a day in the future"),
        ("ann", "soon", "soon"),
        ("bob", later(3), "can't get a leaving date"),
        ("ole", later(3), "can't get a leaving date"),
    ],
)
def test_it_refuses_other_dates_and_people(scope: Scope, username: str, day: str, why: str) -> None:
    cast.person(scope.organization, username="ole", site_role="owner")
    Person.objects.filter(username="bob").update(state="inactive")

    with pytest.raises(PolicyError, match=why):
        person_set(scope, username=username, values={"leaves_on": day})


def test_deactivating_somebody_ends_their_date(scope: Scope) -> None:
    person_set(scope, username="ann", values={"leaves_on": later(9)})

    person_set(scope, username="ann", values={"state": "inactive"})
    person_set(scope, username="ann", values={"state": "active"})

    assert leaving(scope) == {}
