"""The courses of a group on its page: a change is previewed, applied and undone as an import."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from enlist.services.access import Scope
from enlist.store.models import Course, Enrolment, Group, GroupMembership, Import
from tests.database import school as cast
from tests.database.test_web import signed_in
from tests.database.test_web_conditions import applied, words, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope(settings: Any) -> Scope:
    """A school with a course and a group of two; names of static files as they are, for nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    here = cast.organization(settings=cast.UNBRAKED)
    cast.role(here)
    cast.course(here, shortname="art", name="Art history")
    group = Group.objects.create(organization=here, name="Choir")
    for name in ("ann", "bob"):
        person = cast.person(here, username=name, firstname=name, lastname="Lee", email=f"{name}@x.org")
        GroupMembership.objects.create(organization=here, group=group, person=person)
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def statuses() -> set[str]:
    return set(Enrolment.objects.values_list("status", flat=True))


@pytest.mark.spec("NE-27")
def test_a_course_is_given_to_a_group_taken_from_it_and_given_back_by_undo(client: Client) -> None:
    address = f"/groups/{Group.objects.get().pk}/courses/"
    given = client.post(address, {"courses": ["art"]})
    first = words(applied(client, 1))
    there, person = statuses(), words(client.get("/people/ann/").text)
    client.post(address, {})
    second = words(applied(client, 2))
    gone, left = statuses(), words(client.get("/people/ann/").text)
    client.post("/imports/2/undo/")
    undo = words(applied(client, 3))

    assert given.url == "/imports/1/preview/"  # type: ignore[attr-defined]
    assert "Choir gives the course art as student: 2 people would get it" in first
    assert "2 enrolments will change" in first
    assert "enrolled in art as student (by a group)" in first
    assert "Choir no longer gives the course art: 2 people would lose it, with their progress kept" in second
    assert "2 enrolments suspended, their progress kept" in second
    assert "Nothing will be deleted" not in second
    assert "Everything will be undone" in undo
    assert (there, gone, statuses()) == ({"active"}, {"suspended"}, {"active"})
    assert "by group Choir" in person
    assert "by a group they left" in left
    assert "Change the courses of Choir" in words(client.get("/imports/").text)


def test_a_change_that_moves_nobody_says_so(client: Client) -> None:
    GroupMembership.objects.all().delete()
    group = Group.objects.get().pk
    client.post(f"/groups/{group}/courses/", {"courses": ["art"]})

    assert "Nobody will get or lose a course" in words(applied(client, 1))
    assert re.search(r'value="art"[^>]* checked', client.get(f"/groups/{group}/").text)


@pytest.mark.spec("EN-13")
def test_a_change_over_the_limit_is_approved_in_its_preview(scope: Scope, client: Client) -> None:
    address = f"/groups/{Group.objects.get().pk}/courses/"
    client.post(address, {"courses": ["art"]})
    applied(client, 1)
    scope.organization.settings = {"limits": {"unenrol": [0, 0]}}
    scope.organization.save()
    client.post(address, {})
    work()
    page = client.get("/imports/2/preview/").text
    (shown,) = re.findall(r'name="shown" value="(\w+)"', page)
    client.post("/imports/2/apply/", {"shown": shown, "with": "approval", "people": "2"})
    work()

    assert "This needs approval" in words(page)
    assert "2 unenrolled" in words(page)
    assert statuses() == {"suspended"}


def test_impossible_changes_make_no_import(client: Client) -> None:
    group = Group.objects.get().pk
    unknown = client.post(f"/groups/{group}/courses/", {"courses": ["nothing"]}, follow=True)
    client.post(f"/groups/{group}/courses/", {"courses": ["art"]})
    Course.objects.all().delete()
    work()
    page = unescape(words(client.get("/imports/1/preview/").text))

    assert unknown.redirect_chain == [(f"/groups/{group}/", 302)]
    assert "A course of a group that this change builds on doesn't exist any more." in page
    assert [each.number for each in Import.objects.all()] == [1]


@pytest.mark.parametrize(("role", "seen"), [("admin", 200), ("manager", 200), ("viewer", 200), ("learner", 403)])
def test_others_see_the_courses_of_a_group_and_only_administrators_change_them(
    scope: Scope, role: str, seen: int
) -> None:
    there = signed_in(cast.person(scope.organization, username=role, email=f"{role}@x.org", site_role=role))
    group = Group.objects.get().pk

    page, sent = there.get(f"/groups/{group}/"), there.post(f"/groups/{group}/courses/", {"courses": ["art"]})

    assert (page.status_code, sent.status_code) == (seen, 302 if role == "admin" else 403)
    assert ("Preview changes" in page.text) is (role == "admin")


def test_a_stranger_finds_nothing(scope: Scope) -> None:
    college = cast.organization("college")
    stranger = signed_in(cast.person(college, username="zoe", email="z@x.org", site_role="owner"))
    group = Group.objects.get(organization=scope.organization).pk

    assert stranger.get(f"/groups/{group}/courses/", follow=True).status_code == 404
    assert stranger.post(f"/groups/{group}/courses/", {}).status_code == 404
