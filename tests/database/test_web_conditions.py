"""The pages of conditions: a change is previewed, applied and undone as an import."""

import re
from typing import Any

import pytest
from django.test import Client

from enlist.services.access import Scope
from enlist.services.imports.conditions import conditions_list
from enlist.services.worker import worker_run
from enlist.store.models import Group, GroupMembership, Import
from tests.database import school as cast
from tests.database.test_web import signed_in
from tests.support.forms import Fields, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope(settings: Any) -> Scope:
    """A school with a group and three people; names of static files as they are, for nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    here = cast.organization(settings=cast.UNBRAKED)
    Group.objects.create(organization=here, name="Biologists")
    for name, department in (("ann", "Biology"), ("bob", "Biology"), ("cyd", "Physics")):
        cast.person(here, username=name, firstname=name, lastname="Lee", email=f"{name}@x.org", department=department)
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


def applied(client: Client, number: int) -> str:
    """The preview of an import, which is then applied."""
    work()
    page = client.get(f"/imports/{number}/preview/").text
    (shown,) = re.findall(r'name="shown" value="(\w+)"', page)
    assert client.post(f"/imports/{number}/apply/", {"shown": shown}).status_code == 302
    work()
    return page


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def members() -> list[str]:
    return sorted(GroupMembership.objects.values_list("person__username", flat=True))


NEW = {"name": "Biology", "automatic_removal": "yes", "match": "all"}
NEW |= {"field0": "department", "operator0": "is", "value0": "Biology"}


@pytest.mark.spec("NE-19")
def test_a_condition_is_made_given_to_a_group_changed_and_undone(scope: Scope, client: Client) -> None:
    group = Group.objects.get()
    made = send(client, "/conditions/", values=NEW)
    first = applied(client, 1)
    (condition,) = conditions_list(scope)
    used = client.post(f"/groups/{group.pk}/conditions/", {"conditions": ["Biology"]})
    second = applied(client, 2)
    there = members()
    send(client, f"/conditions/{condition.id}/", values={"value0": "Physics"})
    third = applied(client, 3)
    moved = members()
    client.post("/imports/3/undo/")
    undo = applied(client, 4)

    assert (made.url, used.url) == ("/imports/1/preview/", "/imports/2/preview/")  # type: ignore[attr-defined]
    assert "New condition Biology: department is Biology" in words(first)
    assert "Nobody will join or leave a group" in words(first)
    assert "Biologists uses the condition Biology" in words(second)
    assert "2 group memberships will change" in words(second)
    assert "joins Biologists (by a condition)" in words(second)
    assert "Condition Biology, requirements: department is Biology → department is Physics" in words(third)
    assert "3 group memberships will change" in words(third)
    assert "leaves Biologists (by a condition)" in words(third)
    assert "Everything will be undone" in words(undo)
    assert (there, moved, members()) == (["ann", "bob"], ["cyd"], ["ann", "bob"])
    assert "Change the condition Biology. That was undone" in words(client.get("/imports/3/").text)
    assert "Change the conditions of Biologists" in words(client.get("/imports/").text)
    assert "department is Biology" in words(client.get("/conditions/").text)
    checked = Fields(client.get(f"/conditions/{condition.id}/").text).forms[0]
    assert (checked["field0"], checked["value0"], checked["field1"]) == (["department"], ["Biology"], [""])


def test_wrong_values_are_shown_at_their_inputs_and_nothing_is_made(client: Client) -> None:
    blank = send(client, "/conditions/", values={"name": "B"})
    country = {"field1": "country", "operator1": "is", "value1": "Atlantis"}
    wrong = send(client, "/conditions/", values={"name": "B", **country})
    order = send(client, "/conditions/", values={"name": "B", "field0": "city", "operator0": "at least", "value0": "A"})

    assert [each.status_code for each in (blank, wrong, order)] == [422, 422, 422]
    assert 'id="id_field0_error"' in blank.content.decode()
    assert 'id="id_value1_error"' in wrong.content.decode()
    assert 'id="id_value0_error"' in order.content.decode()
    assert not Import.objects.exists()


def test_a_condition_in_use_stays_and_another_one_goes(scope: Scope, client: Client) -> None:
    send(client, "/conditions/", values=NEW)
    applied(client, 1)
    client.post(f"/groups/{Group.objects.get().pk}/conditions/", {"conditions": ["Biology"]})
    applied(client, 2)
    (condition,) = conditions_list(scope)
    refused = client.post(f"/conditions/{condition.id}/drop/", follow=True)
    client.post(f"/groups/{Group.objects.get().pk}/conditions/", {})
    taken = applied(client, 3)
    client.post(f"/conditions/{condition.id}/drop/")
    applied(client, 4)

    assert "is used by groups (Biologists)" in words(refused.content.decode())
    assert "Biologists no longer uses the condition Biology" in words(taken)
    assert (members(), conditions_list(scope)) == ([], [])


@pytest.mark.spec("EN-13")
def test_a_change_over_the_limit_is_approved_in_its_preview(scope: Scope, client: Client) -> None:
    send(client, "/conditions/", values=NEW)
    applied(client, 1)
    client.post(f"/groups/{Group.objects.get().pk}/conditions/", {"conditions": ["Biology"]})
    applied(client, 2)
    scope.organization.settings = {"limits": {"leave_group": [0, 0]}}
    scope.organization.save()
    client.post(f"/groups/{Group.objects.get().pk}/conditions/", {})
    work()
    page = client.get("/imports/3/preview/").text
    (shown,) = re.findall(r'name="shown" value="(\w+)"', page)
    client.post("/imports/3/apply/", {"shown": shown, "with": "approval", "people": "9"})
    work()
    there = members()
    client.post("/imports/3/apply/", {"shown": shown, "with": "approval", "people": "2"})
    work()

    assert "This needs approval" in words(page)
    assert (there, members()) == (["ann", "bob"], [])
    assert Import.objects.get(number=3).state == "applied"


@pytest.mark.parametrize(("role", "seen"), [("admin", 200), ("manager", 200), ("viewer", 200), ("learner", 403)])
def test_others_see_conditions_and_only_administrators_change_them(scope: Scope, role: str, seen: int) -> None:
    there = signed_in(cast.person(scope.organization, username=role, email=f"{role}@x.org", site_role=role))
    group = Group.objects.get().pk

    page = there.get("/conditions/")
    made = there.post("/conditions/", NEW)
    used = there.post(f"/groups/{group}/conditions/", {})

    may = role == "admin"
    assert page.status_code == seen
    assert ("Preview changes" in page.text) is may
    assert (made.status_code, used.status_code) == ((302, 302) if may else (403, 403))


def test_a_stranger_finds_nothing(scope: Scope, client: Client) -> None:
    send(client, "/conditions/", values=NEW)
    applied(client, 1)
    (condition,) = conditions_list(scope)
    college = cast.organization("college")
    stranger = signed_in(cast.person(college, username="zoe", email="z@x.org", site_role="owner"))

    assert "There are no conditions yet." in stranger.get("/conditions/").text
    assert stranger.get(f"/conditions/{condition.id}/").status_code == 404
    assert stranger.post(f"/conditions/{condition.id}/drop/").status_code == 404
    assert stranger.post(f"/groups/{Group.objects.get().pk}/conditions/", {}).status_code == 404
