"""Courses, groups, profile fields and the team as pages."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from enlist.services.access import Scope
from enlist.services.setup_lists import courses_list, groups_list, imports_by_day
from enlist.store.models import Group, GroupMembership, Import, Person
from tests.database import school as cast
from tests.database.imports import HEAD, imported
from tests.database.test_web import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization()
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def test_courses_and_groups_tell_how_many_people_are_in_them(scope: Scope) -> None:
    here = scope.organization
    student, teacher = cast.role(here), cast.role(here, "teacher")
    art, maths = cast.course(here, "ART", name="Art"), cast.course(here, "MATHS")
    people = [cast.person(here, username=f"p{number}") for number in range(3)]
    for person in people:
        cast.enrolment(person, course=art, role=student)
    cast.enrolment(people[0], course=art, role=teacher)
    cast.enrolment(people[0], course=maths, role=student, status="ended")
    cast.member(people[0], course_group=cast.course_group(art, "Set A"))
    year = Group.objects.create(organization=here, name="Year 7", idnumber="y7", kind="import")
    GroupMembership.objects.create(organization=here, group=year, person=people[1])
    college = cast.organization("college")
    cast.course(college, "SECRET")

    assert courses_list(scope) == [
        {
            "id": art.pk,
            "shortname": "ART",
            "name": "Art",
            "open": True,
            "duration": 0,
            "people": 3,
            "groups": [{"name": "Set A", "people": 1}],
        },
        {
            "id": maths.pk,
            "shortname": "MATHS",
            "name": "",
            "open": True,
            "duration": 0,
            "people": 0,
            "groups": [],
        },
    ]
    assert groups_list(scope) == [
        {"id": year.pk, "name": "Year 7", "idnumber": "y7", "kind": "import", "above": "", "people": 1}
    ]


def test_imports_are_counted_by_day_and_the_days_between_are_there(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@x.org\nbob,Bob,,bob@x.org")
    Import.objects.update(applied_at=datetime(2026, 3, 30, 9, tzinfo=UTC))
    told = imports_by_day(scope, days=3, now=datetime(2026, 3, 31, 12, tzinfo=UTC))

    assert [(f"{day:%m-%d}", dict(fates)) for day, fates in told] == [
        ("03-29", {}),
        ("03-30", {"created": 1, "failed": 1}),
        ("03-31", {}),
    ]


def test_roles_in_the_team_are_changed_by_those_above(scope: Scope, client: Client) -> None:
    cast.person(scope.organization, username="meg")
    client.post("/team/", {"username": "meg", "role": "manager"})
    assert Person.objects.get(username="meg").site_role == "manager"

    last = client.post("/team/", {"username": "owner", "role": "viewer"}, follow=True)
    assert "owner is the last owner." in last.text
    assert "There is nobody called “nobody”." in client.post("/team/", {"username": "nobody"}, follow=True).text

    client.post("/team/", {"username": "meg", "role": ""})
    assert Person.objects.get(username="meg").site_role == "learner"


def test_nobody_is_led_where_they_may_not_go(scope: Scope, client: Client) -> None:
    viewer = signed_in(cast.person(scope.organization, username="vic", site_role="viewer"))
    places = [re.findall(r'nav-link[^>]*href="([^"]+)"', each.get("/imports/").text) for each in (client, viewer)]

    assert [place for place in places[0] if place not in places[1]] == ["/team/"]
    assert [viewer.get(place).status_code for place in places[1]] == [200] * len(places[1])
    assert viewer.get("/team/").status_code == 403
    assert viewer.post("/team/", {"username": "vic", "role": "owner"}).status_code == 403
    assert Person.objects.get(username="vic").site_role == "viewer"
