"""Lists and pages of people."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from enlist.core.errors import NotFound, PolicyError
from enlist.services.access import MACHINE, Scope, scope_of
from enlist.services.people.listing import PersonDetail, PersonSummary, Wanted, people_export, person_list, person_show
from enlist.store.models import Group, GroupMembership, Organization, Person
from enlist.store.people.listing import Filter, page
from enlist.store.people.people import SORTS, PersonCourseGroup, PersonEnrolment, PersonGroup
from tests.database.school import (
    course,
    course_group,
    enrolment,
    fill,
    member,
    organization,
    person,
    profile_field,
    role,
)

pytestmark = pytest.mark.django_db


def names(scope: Scope, *, limit: int = 50, **wanted: Any) -> list[str]:
    """The usernames of every page, put together."""
    found: list[str] = []
    after = None
    while True:
        page = person_list(scope, wanted=Wanted(**wanted), after=after, limit=limit)
        found += [each.username for each in page.people]
        if page.next is None:
            return found
        after = page.next


@pytest.fixture
def school() -> Organization:
    """Five people, of whom one is removed, and a stranger elsewhere."""
    ours = organization()
    for username, lastname, email in (
        ("Ada", "Byron", "ada@example.org"),
        ("adele", "Astaire", "x@example.org"),
        ("bo", "Byron", "bo@example.org"),
        ("éva", "Ångström", ""),
    ):
        person(ours, username=username, lastname=lastname, email=email)
    person(ours, username="gone", username_key=None, state="removed")
    person(organization("college"), username="stranger")
    return ours


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 50])
def test_it_lists_everybody_once_whatever_the_page(school: Organization, limit: int) -> None:
    scope = Scope(school, MACHINE)

    assert names(scope, limit=limit) == ["Ada", "adele", "bo", "éva"]
    # Without regard to case and accents.
    assert names(scope, by="lastname", limit=limit) == ["éva", "adele", "Ada", "bo"]
    assert names(scope, by="email", limit=limit) == ["éva", "Ada", "bo", "adele"]
    for by in ("username", "lastname", "email"):
        assert names(scope, by=f"-{by}", limit=limit) == names(scope, by=by)[::-1]


def test_it_finds_people_by_how_their_names_begin(school: Organization) -> None:
    scope = Scope(school, MACHINE)

    assert names(scope, prefix="AD") == ["Ada", "adele"]
    assert names(scope, prefix="É") == ["éva"]
    assert names(scope, prefix="By", by="lastname", limit=1) == ["Ada", "bo"]
    assert names(scope, prefix="X@", by="email") == ["adele"]
    assert names(scope, prefix="%") == []


def test_a_page_shows_a_line_per_person_and_costs_eight_queries(
    school: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scope = Scope(school, MACHINE)

    choir = Group.objects.create(organization=school, name="Choir")
    ada = Person.objects.get(username="Ada")
    GroupMembership.objects.create(organization=school, person=ada, group=choir)

    with django_assert_num_queries(8):
        page = person_list(scope, limit=1)

    assert page.people == [
        PersonSummary(
            username="Ada",
            firstname="",
            lastname="Byron",
            email="ada@example.org",
            site_role="learner",
            state="active",
            source="manual",
            roles=["learner"],
            groups=["Choir"],
            changed=ada.created_at.isoformat(timespec="seconds"),
        )
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        {"by": "city"},
        {"state": "removed"},
        {"role": "king"},
        {"source": "hearsay"},
        {"group": "Choir"},
        {"group": "#0"},
        {"course": "ART"},
        {"of_import": 1},
    ],
)
def test_it_refuses_a_list_it_cannot_make(school: Organization, wanted: dict[str, Any]) -> None:
    with pytest.raises((PolicyError, NotFound)):
        person_list(Scope(school, MACHINE), wanted=Wanted(**wanted))


@pytest.mark.parametrize("after", ["nonsense", "WzFd"])
def test_it_refuses_a_place_where_no_list_ended(school: Organization, after: str) -> None:
    with pytest.raises(PolicyError, match="isn't a position in a list of people"):
        person_list(Scope(school, MACHINE), after=after)


def test_it_shows_all_that_is_known_of_a_person(school: Organization) -> None:
    house = profile_field(school, "house")
    student, art = role(school), course(school, "ART", name="Art")
    eve = person(school, username="Eve", email="eve@example.org", city="Bern", profile={str(house.pk): "Oak"})
    enrolment(eve, course=art, role=student)
    enrolment(eve, course=course(school, "BIO"), role=student, status="ended")
    member(eve, course_group=course_group(art, "Blue"))
    GroupMembership.objects.create(
        organization=school, person=eve, group=Group.objects.create(organization=school, name="Choir")
    )

    shown = person_show(Scope(school, MACHINE), username="EVE")

    assert replace(shown, fields={slug: value for slug, value in shown.fields.items() if value}) == PersonDetail(
        fields={"username": "Eve", "email": "eve@example.org", "city": "Bern"},
        site_role="learner",
        roles=["learner"],
        state="active",
        source="manual",
        leaves_on="",
        profile={"house": "Oak"},
        hidden={},
        courses=[PersonEnrolment("ART", name="Art", role="student", status="active")],
        course_groups=[PersonCourseGroup("ART", group="Blue")],
        groups=[PersonGroup("Choir", source="manual")],
        imports=[],
        mails=[],
    )


@pytest.mark.parametrize("username", ["stranger", "gone", "nobody", ""])
def test_it_finds_nobody_who_is_elsewhere_or_removed(school: Organization, username: str) -> None:
    with pytest.raises(NotFound, match="Nobody has the username"):
        person_show(Scope(school, MACHINE), username=username)


@pytest.mark.parametrize("number", [1, 30])
def test_an_export_costs_the_same_few_queries_whatever_its_size(
    school: Organization, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        person(school, username=f"p{n}")

    with django_assert_max_num_queries(27):
        found = people_export(Scope(school, MACHINE))

    assert found.frame.height == 4 + number
    assert "stranger" not in found.frame.get_column("username").to_list()


def test_a_site_with_one_organisation_never_shows_its_name() -> None:
    only = organization()

    assert scope_of(None) == Scope(only, MACHINE)


def test_it_asks_which_organisation_where_there_are_several(school: Organization) -> None:
    assert scope_of("school") == Scope(school, MACHINE)
    with pytest.raises(NotFound) as several:
        scope_of(None)
    with pytest.raises(NotFound) as unknown:
        scope_of("university")

    assert str(several.value) == "There are several organisations. Choose one: college, school."
    assert str(unknown.value) == "There is no organisation “university”. Organisations: college, school."


def test_without_an_organisation_it_explains_how_to_begin() -> None:
    with pytest.raises(NotFound) as none:
        scope_of(None)

    assert str(none.value) == "There is no organisation yet. Create one."


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("by", sorted(SORTS))
def test_a_page_is_read_by_index(by: str, *, descending: bool) -> None:
    ours = organization()
    fill(ours, people=5_000)
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"

    with CaptureQueriesContext(connection) as queries:
        page(ours, wanted=Filter(by=by, descending=descending), after=("u1", 1), limit=20)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"{explain} {queries.captured_queries[0]['sql']}")
        told = "\n".join(str(row[-1]) for row in cursor.fetchall())

    assert {"lastname": "person_search"}.get(by, f"person_{by}") in told
    if connection.vendor == "sqlite":
        # Only the people of the page are sorted again.
        assert told.count("TEMP B-TREE") == 1
    else:
        assert ("Backward" in told) == descending
