"""Everybody can sign in; people without a role in the team see themselves and nothing else."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enlist.core.errors import NotFound
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts.team import team_change
from enlist.services.people import own
from enlist.store.models import Course, Enrolment, Link, Person, Role
from tests.database import school as cast
from tests.database.test_web import OPEN, PASSWORD, PATTERNS, _static, account, address, school, signed_in  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

OWN = {"home", "my-courses", "my-details", "my-details-edit", "my-data", "own-password", "session", "sign-out"}
OWN |= {"my-details-address", "my-details-confirm", "my-students", "my-student"}
OWN |= {"my-children", "my-child", "my-child-password"}
NOW = timezone.now()


def ann() -> Person:
    return Person.objects.get(username="ann")


def enrolled(person: Person, name: str, **fields: object) -> Enrolment:
    """In a course called so, with an address, since now."""
    course = cast.course(person.organization, name, name=f"The {name}", url=f"https://lms.example.org/{name}")
    made = cast.enrolment(person, course=course, role=Role.objects.get(organization=person.organization))
    Enrolment.objects.filter(pk=made.pk).update(**fields)
    return made


@pytest.mark.parametrize("name", ["ann", "ANN", "ann@x.org"])
@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_people_without_a_role_in_the_team_sign_in_and_start_at_their_courses(
    name: str,
    role: str,
    school: Scope,  # noqa: F811
) -> None:
    del school
    Person.objects.filter(username="ann").update(site_role=role)
    account(ann())
    client = Client()
    answer = client.post("/sign-in/", {"name": name, "password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/my-courses/")
    assert client.get("/").headers["Location"] == "/my-courses/"
    assert client.get("/my-courses/").status_code == 200


@pytest.mark.parametrize("role", ["learner", "instructor"])
@pytest.mark.parametrize("way", ["get", "post"])
def test_every_page_of_the_team_is_closed_to_them(role: str, way: str, school: Scope) -> None:  # noqa: F811
    del school
    Person.objects.filter(username="ann").update(site_role=role)
    client = signed_in(ann())
    answers = {name: getattr(client, way)(address(name)) for name in {*PATTERNS} - OWN - OPEN}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 403)
    for answer in answers.values():
        assert "bob" not in answer.text
        assert "This page is for the team." in answer.text


def test_the_navigation_shows_them_only_their_own_pages(school: Scope) -> None:  # noqa: F811
    assert school.actor
    mine = signed_in(ann()).get("/my-courses/").text
    teams = signed_in(school.actor).get("/my-courses/").text

    for link in ('href="/imports/"', 'href="/people/"', 'action="/people/"', 'data-notices="/notices/"'):
        assert (link in mine, link in teams) == (False, True)
    for link in ('href="/my-courses/"', 'href="/my-details/"', 'href="/own-password/"'):
        assert (link in mine, link in teams) == (True, True)


def test_courses_say_their_state_and_why_and_open_only_while_they_can(school: Scope) -> None:  # noqa: F811
    day = timedelta(days=1)
    me, other = ann(), cast.person(school.organization, username="other")
    enrolled(me, "now", progress=40)
    enrolled(me, "later", start=NOW + day, source="manual")
    enrolled(me, "past", start=NOW - 2 * day, end=NOW - day)
    enrolled(me, "paused", status="suspended")
    enrolled(me, "left", status="ended")
    enrolled(other, "others")
    scope = Scope(school.organization, me)
    found = [(each.course, each.state, each.url, each.source) for each in own.own_courses(scope, now=NOW)]
    page = " ".join(signed_in(me).get("/my-courses/").text.split())

    assert found == [
        ("now", "active", "https://lms.example.org/now", "import"),
        ("later", "not_started", "", "manual"),
        ("past", "over", "", "import"),
        ("paused", "suspended", "", "import"),
    ]
    assert page.count("https://lms.example.org/") == 1
    for words in ("40 %", "Opens on", "Your time in this course is over.", "Your organisation paused your access."):
        assert words in page
    assert ("The others" in page, "The left" in page) == (False, False)


def test_an_empty_page_says_who_can_help(school: Scope) -> None:  # noqa: F811
    del school
    assert "School adds you to courses." in " ".join(signed_in(ann()).get("/my-courses/").text.split())


def test_details_and_data_are_ones_own_and_nobody_elses(school: Scope) -> None:  # noqa: F811
    me = ann()
    Person.objects.filter(pk=me.pk).update(city="=cmd|' /C calc'!A0")
    enrolled(me, "now")
    client = signed_in(me)
    page, file = client.get("/my-details/"), client.get("/my-details/data.json")
    data = json.loads(file.text)

    assert file.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert (data["details"]["username"], data["details"]["city"]) == ("ann", "=cmd|' /C calc'!A0")
    assert [each["course"] for each in data["courses"]] == ["now"]
    assert "ann@x.org" in page.text
    for text in (page.text, file.text):
        assert not [word for word in ("bob", "owner@x.org", "argon2", PASSWORD) if word in text]
    stranger = Scope(school.organization, cast.person(cast.organization("college"), username="stan"))
    for scope in (stranger, Scope(school.organization, MACHINE)):
        for use_case in (own.own_courses, own.own_details, own.own_data, own.own_links):
            with pytest.raises(NotFound):
                use_case(scope)


def test_a_course_of_another_organisation_is_in_nobodys_list(school: Scope) -> None:  # noqa: F811
    college = cast.organization("college")
    cast.role(college)
    stan = cast.person(college, username="stan")
    enrolled(stan, "secret")
    assert "secret" not in signed_in(ann()).get("/my-courses/").text
    assert "The secret" in signed_in(stan).get("/my-courses/").text
    assert Course.objects.filter(organization=school.organization, shortname="secret").count() == 0


def linked(learner: Person, other: Person, kind: str) -> Link:
    return Link.objects.create(organization=learner.organization, person=learner, other=other, kind=kind)


def family(scope: Scope) -> tuple[Person, Person, Person]:
    """A parent of two, one of whom has another parent; the third is somebody else's child."""
    Link.objects.all().delete()
    mia, lea, tom = (
        cast.person(scope.organization, username=name, firstname=name.title(), email=f"{name}@x.org", city="Bern")
        for name in ("mia", "lea", "tom")
    )
    linked(lea, mia, "parent")
    linked(ann(), mia, "parent")
    linked(tom, ann(), "parent")
    return mia, lea, tom


def test_a_parent_sees_the_courses_and_details_of_their_own_children(school: Scope) -> None:  # noqa: F811
    mia, lea, _ = family(school)
    enrolled(lea, "now", progress=40)
    client = signed_in(mia)
    children, child = client.get("/my-children/").text, " ".join(client.get("/my-children/lea/").text.split())

    assert [name for name in ("lea", "ann", "tom") if f'href="/my-children/{name}/"' in children] == ["lea", "ann"]
    for words in ("The now", "40 %", "lea@x.org", "Bern"):
        assert words in child
    # The address of the course is the child's own, and nothing can be changed here.
    assert "https://lms.example.org/" not in child
    assert 'action="/people/' not in child


def test_an_instructor_sees_courses_but_no_more_details_than_names_and_address(school: Scope) -> None:  # noqa: F811
    lea = cast.person(school.organization, username="lea", email="lea@x.org", city="Bern", profile={"1": "secret"})
    enrolled(lea, "now")
    linked(lea, ann(), "instructor")
    client = signed_in(ann())
    page = client.get("/my-students/lea/").text

    assert 'href="/my-students/lea/"' in client.get("/my-students/").text
    assert [words for words in ("The now", "lea@x.org", "Bern", "secret") if words in page] == ["The now", "lea@x.org"]


def test_students_are_listed_page_by_page_by_name(school: Scope) -> None:  # noqa: F811
    Link.objects.all().delete()
    for number in range(52):
        names = {"firstname": "Kim", "lastname": f"L{51 - number:02}"}
        linked(cast.person(school.organization, username=f"s{number:02}", **names), ann(), "instructor")
    client = signed_in(ann())
    pages = [client.get(f"/my-students/{query}").text for query in ("", "?page=2", "?page=99", "?page=x")]
    listed = [re.findall(r'href="/my-students/(\w+)/"', page) for page in pages]

    ordered = [f"s{number:02}" for number in reversed(range(52))]
    assert listed == [ordered[:50], ordered[50:], ordered[50:], ordered[:50]]
    assert ['href="?page=2"' in page for page in pages] == [True, False, False, True]
    assert ['href="?"' in page for page in pages] == [False, True, True, False]
    assert all('<span class="count">52</span>' in page for page in pages)


def test_nobody_sees_a_learner_without_a_link_of_that_kind(school: Scope) -> None:  # noqa: F811
    """Neither strangers, nor other parents, nor other organisations, nor anybody after the link ended."""
    mia, lea, tom = family(school)
    college = cast.organization("college")
    stan = cast.person(college, username="stan")
    # In a table that nothing should ever have filled so.
    Link.objects.create(organization=college, person=lea, other=stan, kind="parent")
    paths = [f"/my-{pages}/{name}/" for pages in ("children", "students") for name in ("lea", "tom", "mia", "nobody")]
    clients = {who.username: signed_in(who) for who in (mia, lea, tom, ann(), stan, school.actor) if who}
    seen = {name: [path for path in paths if who.get(path).status_code != 404] for name, who in clients.items()}
    Link.objects.filter(person=lea, other=mia).delete()
    mine = clients["mia"]

    assert {name: pages for name, pages in seen.items() if pages} == {
        "mia": ["/my-children/lea/"],
        "ann": ["/my-children/tom/"],
    }
    assert mine.get("/my-children/lea/").status_code == 404
    assert "/my-children/lea/" not in mine.get("/my-children/").text
    missing = [mine.get(f"/my-children/{name}/").text for name in ("lea", "nobody")]
    assert missing[0].replace("lea", "nobody") == missing[1]


def test_a_child_who_joins_the_team_is_not_shown_any_more(school: Scope) -> None:  # noqa: F811
    mia, lea, _ = family(school)
    client = signed_in(mia)
    team_change(school, username="lea", role="viewer")
    while_there = client.get("/my-children/lea/").status_code, "/my-children/lea/" in client.get("/my-children/").text
    team_change(school, username="lea", role=None)

    assert while_there == (404, False)
    assert client.get(f"/my-children/{lea.username}/").status_code == 200


def test_a_deactivated_parent_sees_nothing_and_a_deactivated_child_stays_visible(school: Scope) -> None:  # noqa: F811
    mia, lea, _ = family(school)
    Person.objects.filter(pk=lea.pk).update(state="inactive")
    client = signed_in(mia)
    assert "inactive" in client.get("/my-children/lea/").text

    Person.objects.filter(pk=mia.pk).update(state="inactive")

    assert client.get("/my-children/lea/").status_code == 302


def test_the_navigation_shows_children_and_students_to_those_who_have_any(school: Scope) -> None:  # noqa: F811
    assert school.actor
    _, lea, _ = family(school)
    linked(lea, school.actor, "parent")
    linked(lea, cast.person(school.organization, username="ivo", site_role="instructor"), "instructor")
    pages = {
        name: signed_in(Person.objects.get(username=name)).get("/my-courses/").text
        for name in ("mia", "lea", "owner", "ivo")
    }
    shown = {
        name: [place for place in ("my-children", "my-students") if f'href="/{place}/"' in page]
        for name, page in pages.items()
    }

    assert shown == {"mia": ["my-children"], "lea": [], "owner": ["my-children"], "ivo": ["my-students"]}


def test_somebody_with_the_role_parent_starts_at_their_children(school: Scope) -> None:  # noqa: F811
    del school
    Person.objects.filter(username="ann").update(site_role="parent")
    assert signed_in(ann()).get("/").headers["Location"] == "/my-children/"


def test_ones_own_data_names_the_people_one_is_linked_to(school: Scope) -> None:  # noqa: F811
    family(school)
    data = json.loads(signed_in(ann()).get("/my-details/data.json").text)
    assert data["linked_people"] == [{"username": "mia", "kind": "parent"}, {"username": "tom", "kind": "learner"}]
