"""An update from a complete list, with pages: settings, scope and figures before it is applied."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enlist.services.access import Scope
from enlist.services.drafts import fixes
from enlist.services.people.edit import person_set
from enlist.store.models import Group, GroupMembership, Import, Person
from tests.database import school as cast
from tests.database.review import plan, problems
from tests.database.test_web import signed_in
from tests.database.test_web_import import sent, shown, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

FILE = (
    "username,firstname,lastname,email,groups,status\nann,Ann,Lee,ann@x.org,Choir,active\nzoe,Zoe,Oz,z@x.org,,active\n"
)
THERE = ["unlisted", "unlisted_scope", "home_group", "unknown_choice"]


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    year = Group.objects.create(organization=here, name="Year 7")
    below = Group.objects.create(organization=here, name="7a", parent=year, idnumber="7-a")
    Group.objects.create(organization=here, name="By rules", kind="conditional")
    for name, group, source in (("ann", below, "import"), ("ben", below, "import"), ("cyd", year, "manual")):
        who = cast.person(here, username=name, email=f"{name}@x.org", source=source)
        GroupMembership.objects.create(organization=here, group=group, person=who)
    cast.person(here, username="dee", email="dee@x.org", source="import")
    return Scope(here, cast.person(here, username="owner", email="owner@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def options(page: str, *, name: str) -> list[str]:
    """The values that a setting offers on the page."""
    select = re.search(rf'<select name="{name}".*?</select>', page, re.S)
    return re.findall(r'value="([^"]*)"', select[0] if select else "") or re.findall(
        rf'<input type="radio" name="{name}" value="(\w+)"', page
    )


def planned(client: Client, **settings: Any) -> str:
    """Upload the file with the preset sync, set settings, and plan it; the address of the import."""
    address = sent(client, FILE, preset="sync").removesuffix("source/")
    answer = client.post(f"{address}settings/", {"there": THERE, "unknown_choice": "first_option", **settings})
    assert answer.headers["Location"] == f"{address}next/?after=columns"
    work()
    return address


@pytest.mark.spec("NE-21", "NE-22")
def test_the_page_of_settings_offers_those_of_the_preset(client: Client) -> None:
    page = client.get(sent(client, FILE, preset="sync").replace("source/", "columns/")).text

    assert options(page, name="unlisted") == ["keep", "deactivate"]
    assert options(page, name="unlisted_scope") == ["platform", "group"]
    assert options(page, name="unknown_choice") == ["error", "first_option", "leave_unchanged", "add_option"]
    assert options(page, name="home_group") == ["All groups", "7-a", "Year 7"]
    assert "Deactivate them" in page
    assert 'name="grace_days"' in page
    assert options(page, name="manual_edits.city") == ["", "edit_wins", "ask"]
    assert "upload_type" not in page


@pytest.mark.spec("NE-22", "NE-24", "NE-26")
def test_the_preview_says_who_is_looked_for_and_how_many_people_it_changes(client: Client) -> None:
    address = planned(client, unlisted="deactivate", unlisted_scope="group", home_group="Year 7")
    page = " ".join(client.get(f"{address}preview/").text.split())
    client.post(f"{address}apply/", {"shown": shown(client, address), "invite": "no"})
    work()
    after = " ".join(client.get(address).text.split())

    assert "Active people who are not in the file: 2, of the 3 active members of “Year 7” and 1 group below it." in page
    assert "stay active: 1 (1 created manually)." in page
    assert "Active people who are not in the file become inactive: 1." in page
    assert '<a href="?show=deactivate#changes">1 person will lose access</a>' in page
    assert re.findall(r">(\w+)</div> </td> .{,200}?Not in the file", page) == ["ben"]
    figures = "<strong>1</strong> created · <strong>1</strong> updated · <strong>1</strong> deactivated · "
    assert f"{figures}<strong>0</strong> rows with errors · <strong>0</strong> unchanged" in page
    assert figures in after
    assert dict(Person.objects.exclude(username="owner").order_by("username").values_list("username", "state")) == {
        "ann": "active", "ben": "inactive", "cyd": "active", "dee": "active", "zoe": "active",
    }  # fmt: skip
    members = GroupMembership.objects.order_by("person__username", "group__name")
    assert list(members.filter(source="import").values_list("person__username", "group__name")) == [
        ("ann", "Choir"), ("zoe", "Year 7"),
    ]  # fmt: skip


def test_people_who_are_only_absent_are_counted_among_those_who_change(client: Client, scope: Scope) -> None:
    text = "username,firstname,lastname,email\nann,,,ann@x.org\nben,,,ben@x.org\n"
    address = sent(client, text, preset="sync").removesuffix("source/")
    client.post(f"{address}settings/", {"there": THERE, "unknown_choice": "first_option", "unlisted": "deactivate"})
    work()
    page = " ".join(client.get(f"{address}preview/").text.split())
    client.post(f"{address}apply/", {"shown": shown(client, address), "invite": "no"})
    work()

    assert "1 person will be changed" in page
    assert "1 person will lose access" in page
    assert "Import 1 person" in page
    assert "1 person was created or changed" in " ".join(client.get(address).text.split())


def test_the_preview_says_who_will_lose_access_once_that_is_approved(client: Client, scope: Scope) -> None:
    for number in range(30):
        cast.person(scope.organization, username=f"p{number}", email=f"p{number}@x.org", source="import")
    scope.organization.settings = {}
    scope.organization.save()

    page = " ".join(client.get(f"{planned(client, unlisted='deactivate')}preview/").text.split())

    assert "32 people will lose access if that is approved" in page
    assert "Nothing will be deleted" not in page


def test_a_scope_without_a_group_and_a_group_that_is_gone_are_refused_at_their_field(client: Client) -> None:
    address = sent(client, FILE, preset="sync").removesuffix("source/")
    wrong = {"there": THERE, "unknown_choice": "first_option", "unlisted": "deactivate", "unlisted_scope": "group"}

    answer = client.post(f"{address}settings/", {**wrong, "home_group": "All groups"})
    unknown = client.post(f"{address}settings/", {**wrong, "home_group": "Year 8"})

    assert (answer.status_code, unknown.status_code) == (422, 422)
    assert "unlisted_scope = group needs a group whose members the file lists" in answer.text


@pytest.mark.spec("NE-04", "NE-14")
def test_the_review_offers_the_option_and_the_username_that_were_meant(client: Client, scope: Scope) -> None:
    cast.profile_field(scope.organization, "house", kind="choice", options=["Oak", "Elm"])
    cast.person(scope.organization, username="eve", firstname="Eve", lastname="Ng", email="eve@x.org", source="import")
    head = FILE.partition("\n")[0]
    text = f"{head},profile_field_house\neva,Eve,Ng,,,active,Oak\nann,Ann,Lee,ann@x.org,,active,Elmm\n"
    number = int(sent(client, text, preset="sync").split("/")[2])
    plan(scope, number)

    found = {each.code: each for each in problems(scope, number).kinds}
    offered = [(code, found[code].likely, found[code].field) for code in ("username_close", "choice_replaced")]
    for code, likely, _ in offered:
        problem = (code, found[code].column, found[code].value)
        assert fixes.problem_fix(scope, number=number, problem=problem, new=likely) == 1
    plan(scope, number)

    assert offered == [("username_close", "eve", ""), ("choice_replaced", "Elm", "house")]
    assert {"username_close", "choice_replaced", "email_lacking"}.isdisjoint(
        each.code for each in problems(scope, number).kinds
    )


@pytest.mark.spec("EN-15")
def test_people_who_leave_later_are_shown_before_and_after(client: Client) -> None:
    address = planned(client, unlisted="deactivate", grace_days="14", there=[*THERE, "grace_days"])
    page = " ".join(client.get(f"{address}preview/").text.split())
    client.post(f"{address}apply/", {"shown": shown(client, address), "invite": "no"})
    work()
    day = f"{timezone.localdate() + timedelta(days=14)}"

    assert f"Active people who are not in the file leave on {day}: 2." in page
    assert "people will leave later" in page
    assert f"Leaves on {day}" in " ".join(client.get("/people/ben/").text.split())
    listed = client.get("/people/?leaving=on").text
    assert listed.count(f"Leaves on {day}") == 2
    assert [name for name in ("ann", "ben", "cyd", "dee", "zoe") if f"/people/{name}/" in listed] == ["ben", "dee"]


@pytest.mark.spec("EN-15")
def test_the_page_of_a_person_sets_and_removes_the_date(client: Client) -> None:
    form = client.get("/people/ben/edit/").text
    day = f"{timezone.localdate() + timedelta(days=9)}"
    values = {"username": "ben", "firstname": "Ben", "lastname": "Li", "email": "ben@x.org"}

    client.post("/people/ben/edit/", {**values, "leaves_on": day})
    marked = client.get("/people/ben/").text
    client.post("/people/ben/edit/", {**values, "leaves_on": "", "initial-leaves_on": day})

    assert 'name="leaves_on"' in form
    assert (f"Leaves on {day}" in marked, "Leaves on" in client.get("/people/ben/").text) == (True, False)


@pytest.mark.spec("EN-14")
@pytest.mark.parametrize(("word", "city"), [("edit_wins", "Perth"), ("file_wins", "Rome")])
def test_a_cell_that_waits_is_decided_in_the_review(client: Client, scope: Scope, word: str, city: str) -> None:
    person_set(scope, username="ann", values={"city": "Perth"})
    file = FILE.replace("status\n", "status,city\n").replace("active\n", "active,Rome\n")
    address = sent(client, file, preset="sync").removesuffix("source/")
    settings = {"there": [*THERE, "manual_edits"], "unknown_choice": "first_option", "manual_edits.city": "ask"}
    client.post(f"{address}settings/", settings)
    work()
    review = client.get(f"{address}review/").text

    client.post(f"{address}review/setting/", {"code": "edit_asked", "field": "city", "word": word})
    work()
    after = client.get(f"{address}review/").text
    client.post(f"{address}apply/", {"shown": shown(client, address), "invite": "no"})
    work()

    assert "so this cell waits: keep “Perth”, or take “Rome” from the file." in review
    assert ("Keep all edits of “city”" in review, "Take all of “city” from the file" in review) == (True, True)
    assert "so this cell waits" not in after
    assert Person.objects.get(username="ann").city == city


@pytest.mark.spec("EN-15")
def test_the_import_of_the_day_has_a_page_and_can_be_undone(
    client: Client, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = timezone.localdate() + timedelta(days=9)
    person_set(scope, username="ben", values={"leaves_on": f"{day}"})
    monkeypatch.setattr(timezone, "localdate", lambda *_: day)
    work()
    number = Import.objects.get(kind="scheduled").number

    page, listed = client.get(f"/imports/{number}/").text, client.get("/imports/").text
    history = client.get("/people/ben/").text
    client.post(f"/imports/{number}/undo/")
    work()
    undo = Import.objects.get(kind="undo").number
    preview = client.get(f"/imports/{undo}/preview/").text

    assert all(f"People who leave on {day}" in each and "Scheduled" in each for each in (page, listed))
    assert "Scheduled" in history
    assert f"Undo of import {number}" in preview
