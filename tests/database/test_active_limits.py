"""Limits of active people hold: in the preview, when a plan is applied, and for every manual change (WL-23)."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from typer.testing import CliRunner

from enlist.cli.imports import approvals as commands
from enlist.cli.session import Session
from enlist.core.errors import LeaseTaken, NotAllowed, PolicyError, StalePlan
from enlist.core.plan.plan import Plan
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts.team import team_change
from enlist.services.drafts.draft import draft_plan
from enlist.services.imports.approval import active_limits_change, import_approve, limits_change
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.people import bulk
from enlist.services.people.edit import person_add, person_set
from enlist.services.people.listing import Chosen
from enlist.services.people.roles import role_add
from enlist.services.worker import worker_run
from enlist.store import activity
from enlist.store.imports.artifacts import plan_of
from enlist.store.models import Import, Person
from tests.database import school as cast
from tests.database.imports import HEAD, order, upload_of, uploaded
from tests.database.test_web import _static, signed_in  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

REFUSE, WARN = "active_limit=refuse", "active_limit=warn"


@pytest.fixture
def school() -> Scope:
    """An owner, three active learners, an inactive one and an instructor; five learners may be active."""
    here = cast.organization(settings=cast.UNBRAKED)
    owner = cast.person(here, username="owner", site_role="owner")
    for name in ("ann", "ben", "cyd"):
        cast.person(here, username=name, email=f"{name}@x.org", firstname=name.title(), lastname="Lee")
    cast.person(here, username="dan", email="dan@x.org", firstname="Dan", lastname="Lee", state="inactive")
    cast.person(here, username="ida", email="ida@x.org", site_role="instructor")
    scope = Scope(here, owner)
    active_limits_change(scope, settings=["learner=5"])
    return scope


def rows(*names: str) -> str:
    return "\n".join([HEAD, *(f"{name},New,Lee,{name}@x.org" for name in names)])


def planned(scope: Scope, text: str, *settings: str) -> Plan:
    """The plan of an import, stored beside its file."""
    return import_stage(scope, planned=import_plan(scope, request=order(text, settings=settings)))


def told(plan: Plan) -> list[tuple[str, str, str]]:
    flags = plan.flags().select("code", "value", "detail").rows()
    return [each for each in flags if each[0].startswith("active_")]


def active() -> int:
    return Person.objects.filter(state="active", site_role="learner").count()


TOO_MANY = "5 people allowed, 3 active, 4 more in this import: 2 too many"


@pytest.mark.spec("WL-23")
def test_an_import_above_the_limit_is_refused_in_the_preview_or_marked_as_its_setting_says(school: Scope) -> None:
    text = rows("e1", "e2", "e3", "e4")
    refused, warned, ignored = (planned(school, text, f"active_limit={rule}") for rule in ("refuse", "warn", "ignore"))

    assert told(refused) == [("active_refused", "learner", TOO_MANY)]
    assert (refused.is_empty, refused.head.statuses, refused.head.new) == (True, {"skipped": 4}, {})
    assert told(warned) == [("active_over", "learner", TOO_MANY)]
    assert (warned.head.verbs, told(ignored), ignored.head.verbs) == ({"create": 4}, [], {"create": 4})
    import_apply(school, plan=warned)
    assert active() == 7


@pytest.mark.parametrize("rule", ["refuse", "warn"])
def test_the_preview_shows_how_many_there_would_be_too_many(rule: str, school: Scope) -> None:
    assert school.actor
    text = BytesIO(rows("e1", "e2", "e3", "e4").encode())
    settings = ("upload_type=add_new", f"active_limit={rule}")
    number = uploaded(school, request=upload_of(text, key="k", settings=settings))
    draft_plan(school, number=number)
    worker_run(lambda _: None, until_empty=True)
    page = signed_in(school.actor).get(f"/imports/{number}/preview/").text

    assert (TOO_MANY in page, "Nothing would change." in page) == (True, rule == "refuse")


@pytest.mark.parametrize("rule", ["refuse", "warn"])
def test_a_part_that_needs_approval_shows_how_many_it_would_be_too_many(rule: str, school: Scope) -> None:
    assert school.actor
    limits_change(school, settings=["update=0,1"])
    active_limits_change(school, settings=["learner=4"])
    text = f"{HEAD},suspended\ndan,Dan,Leo,dan@x.org,0\ne1,New,Lee,e1@x.org,0\n"
    done = import_apply(school, plan=planned(school, text, f"active_limit={rule}"))
    assert done.waiting
    [first] = told(plan_of(Import.objects.get(number=done.waiting)))
    page = signed_in(school.actor).get(f"/imports/{done.waiting}/").text

    detail = "4 people allowed, 3 active, 2 more in this import: 1 too many"
    assert (first, detail in page, active()) == (("active_over", "learner", detail), True, 4)
    if rule == "refuse":
        with pytest.raises(StalePlan, match="4 people allowed, 4 active, 1 more in this import: 1 too many"):
            import_approve(school, number=done.waiting, confirm=1)
        again = "4 people allowed, 4 active, 1 more in this import: 1 too many"
        assert told(plan_of(Import.objects.get(number=done.waiting))) == [("active_over", "learner", again)]
        active_limits_change(school, settings=["learner=5"])
    import_approve(school, number=done.waiting, confirm=1)
    assert active() == 5


@pytest.mark.spec("WL-23")
def test_the_count_is_that_after_the_plan_with_reactivations_and_departures(school: Scope) -> None:
    four = f"{HEAD},suspended\nann,Ann,Lee,ann@x.org,1\ndan,Dan,Lee,dan@x.org,0\n" + "".join(
        f"{name},New,Lee,{name}@x.org,0\n" for name in ("e1", "e2")
    )
    within, over = planned(school, four, REFUSE), planned(school, f"{four}e3,New,Lee,e3@x.org,0\n", REFUSE)

    assert (within.head.verbs, told(within)) == ({"deactivate": 1, "reactivate": 1, "create": 2}, [])
    assert told(over) == [
        ("active_refused", "learner", "5 people allowed, 3 active, 3 more in this import: 1 too many")
    ]
    import_apply(school, plan=within)
    assert active() == 5


def test_people_with_other_roles_inactive_ones_and_other_organisations_do_not_count(school: Scope) -> None:
    college = cast.organization("college", settings=cast.UNBRAKED)
    for number in range(9):
        cast.person(college, username=f"c{number}")
    text = f"{HEAD},suspended,role\n" + "".join(f"e{n},New,Lee,e{n}@x.org,1,\n" for n in range(9))

    assert told(planned(school, text, REFUSE)) == []
    assert told(planned(Scope(college, MACHINE), rows("e1"), REFUSE)) == []
    active_limits_change(school, settings=["instructor+learner=5"])
    detail = "5 people allowed, 4 active, 2 more in this import: 1 too many"
    assert told(planned(school, rows("e1", "e2"), REFUSE)) == [("active_refused", "learner or instructor", detail)]


def test_further_roles_count_and_each_person_once(school: Scope) -> None:
    active_limits_change(school, settings=["learner=3", "learner+instructor=4"])
    head = f"{HEAD},siterole\n"
    ida, ann = "ida,Ida,Lee,ida@x.org,learner\n", "ann,Ann,Lee,ann@x.org,instructor\n"
    by_column = (REFUSE, "site_role=column")

    detail = "3 people allowed, 3 active, 1 more in this import: 1 too many"
    assert told(planned(school, head + ida, *by_column)) == [("active_refused", "learner", detail)]
    with pytest.raises(PolicyError, match="3 people allowed, 3 active, 1 more: 1 too many"):
        role_add(school, username="ida", role="learner")
    both = planned(school, head + ann, *by_column)
    assert (told(both), both.head.verbs) == ([], {"give_role": 1})
    import_apply(school, plan=both)
    person_set(school, username="ann", values={"state": "inactive"})
    role_add(school, username="ida", role="learner")
    with pytest.raises(PolicyError, match="role learner would be active than allowed: 3 people"):
        person_set(school, username="ann", values={"state": "active"})


def test_an_undo_that_brings_people_back_keeps_the_limit(school: Scope) -> None:
    gone = planned(school, "username,deleted\nann,1\nben,1\n", "deletes=allow")
    number = import_apply(school, plan=gone).number
    active_limits_change(school, settings=["learner=2"])

    with pytest.raises(PolicyError, match="2 people allowed, 1 active, 2 more: 1 too many"):
        import_undo_plan(school, number=number)
    active_limits_change(school, settings=["learner=3"])
    import_apply(school, plan=import_undo_plan(school, number=number))
    assert active() == 3


def test_of_two_imports_planned_within_the_limit_the_second_is_stale(school: Scope) -> None:
    first, second = planned(school, rows("e1"), REFUSE), planned(school, rows("f1", "f2"), REFUSE)
    import_apply(school, plan=first)

    with pytest.raises(StalePlan, match="5 people allowed, 4 active, 2 more in this import: 1 too many"):
        import_apply(school, plan=second)
    assert active() == 4


def test_imports_at_once_never_exceed_the_limit(school: Scope) -> None:
    plans = [planned(school, rows(f"{name}1", f"{name}2"), REFUSE) for name in "efgh"]
    start = Barrier(len(plans))

    def applied(plan: Plan) -> str:
        start.wait()
        try:
            while True:
                try:
                    import_apply(school, plan=plan)
                except LeaseTaken:
                    continue
                return "applied"
        except StalePlan as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(plans)) as pool:
        results = sorted(pool.map(applied, plans))

    assert results == ["active_limit_passed"] * 3 + ["applied"]
    assert active() == 5


MANUALLY: dict[str, Callable[[Scope], object]] = {
    "add": lambda scope: person_add(
        scope, username="eve", values={"firstname": "Eve", "lastname": "Lee", "email": "eve@x.org"}
    ),
    "reactivate": lambda scope: person_set(scope, username="dan", values={"state": "active"}),
    "leave the team": lambda scope: team_change(scope, username="max", role=None),
    "undo": lambda scope: import_apply(scope, plan=import_undo_plan(scope, number=1)),
}


@pytest.mark.parametrize("change", MANUALLY)
def test_manual_changes_and_undos_keep_the_limit(change: str, school: Scope) -> None:
    cast.person(school.organization, username="max", site_role="manager")
    import_apply(school, plan=planned(school, f"{HEAD},suspended\nann,Ann,Lee,ann@x.org,1\n"))
    active_limits_change(school, settings=["learner=2"])
    before = list(Person.objects.order_by("pk").values_list("username", "state", "site_role"))

    with pytest.raises(PolicyError, match="2 people allowed, 2 active, 1 more: 1 too many"):
        MANUALLY[change](school)
    assert list(Person.objects.order_by("pk").values_list("username", "state", "site_role")) == before
    active_limits_change(school, settings=["learner=3"])
    MANUALLY[change](school)
    assert active() == 3


def test_many_people_are_reactivated_within_the_limit_only(school: Scope) -> None:
    active_limits_change(school, settings=["learner=3"])
    request = bulk.many_request(school, action=bulk.BulkAction("reactivate"), chosen=Chosen(["dan"]))
    plan = import_plan(school, request=request).plan

    detail = "3 people allowed, 3 active, 1 more in this import: 1 too many"
    assert (told(plan), plan.is_empty) == ([("active_refused", "learner", detail)], True)


def test_a_limit_below_what_is_in_use_is_accepted_people_can_leave_and_nobody_can_be_added(school: Scope) -> None:
    [shown] = active_limits_change(school, settings=["learner=1"])

    assert (shown.name, shown.allowed, shown.active, shown.over) == ("learner", 1, 3, 2)
    with pytest.raises(PolicyError, match="1 people allowed, 3 active, 1 more: 3 too many"):
        person_set(school, username="dan", values={"state": "active"})
    person_set(school, username="ann", values={"state": "inactive"})
    exchange = f"{HEAD},suspended\nben,Ben,Lee,ben@x.org,1\ndan,Dan,Lee,dan@x.org,0\n"
    import_apply(school, plan=planned(school, exchange, REFUSE))
    assert active() == 2


def test_a_change_of_the_limits_is_logged_and_makes_earlier_plans_stale(school: Scope) -> None:
    plan = planned(school, rows("e1"), REFUSE)
    active_limits_change(school, settings=["learner=9", "instructor+learner=12"])
    active_limits_change(school, settings=["learner="])
    manager = Scope(school.organization, cast.person(school.organization, username="max", site_role="manager"))

    logged = [each.note for each in activity.latest(school, limit=2)]
    assert logged == ["active learner: 9 → any.", "active learner: 5 → 9; active learner+instructor: any → 12."]
    with pytest.raises(StalePlan, match="settings changed"):
        import_apply(school, plan=plan)
    for wrong in ("learner", "learner=many", "learner=-1", "pupil=3", "=3"):
        with pytest.raises(PolicyError, match="isn't a limit of active people"):
            active_limits_change(school, settings=[wrong])
    with pytest.raises(NotAllowed):
        active_limits_change(manager, settings=["learner=1"])


def typed(*arguments: str) -> str:
    found = CliRunner().invoke(commands.app, ["limits", *arguments], obj=Session())
    if found.exception:
        raise found.exception
    return found.output


def test_the_command_shows_and_changes_the_limits(school: Scope) -> None:
    lowered = typed("--active", "learner=2", "--active", "instructor=4")
    as_json = json.loads(typed("--json"))

    assert re.search(r"learner +2 +3", lowered)
    assert re.search(r"instructor +4 +1", lowered)
    assert "1 more people with the role learner are active than allowed: nobody can be added." in lowered
    assert as_json["active"] == [
        {"name": "learner", "words": "learner", "allowed": 2, "active": 3},
        {"name": "instructor", "words": "instructor", "allowed": 4, "active": 1},
    ]
    assert as_json["deactivate"] == [1, 1_000_000]


def test_the_page_shows_and_changes_the_limits(school: Scope) -> None:
    assert school.actor
    owner = signed_in(school.actor)
    sent: dict[str, Any] = {"part": "active", "learner": "2", "instructor": ""}
    saved = owner.post("/organization/", sent, follow=True).text
    wrong = owner.post("/organization/", {**sent, "learner": "-1"})
    viewer = signed_in(cast.person(school.organization, username="vic", site_role="viewer"))

    assert "1 more than allowed: nobody can be added until there are fewer." in " ".join(saved.split())
    assert [each.allowed for each in active_limits_change(school, settings=[])] == [2]
    assert wrong.status_code == 422
    assert 'name="learner"' not in viewer.get("/organization/").text
    assert viewer.post("/organization/", sent).status_code == 403
    refused = owner.post("/people/dan/state/", {"state": "active"}, follow=True)
    assert "2 people allowed, 3 active, 1 more: 2 too many" in refused.text
