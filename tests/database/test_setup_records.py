"""Groups, courses and profile fields: added, changed, removed if nothing is lost; each action is logged."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import NotFound, PolicyError, StalePlan
from enlist.core.report.changes import Cell
from enlist.core.setup_kinds import COURSES, GROUPS, PROFILE_FIELDS
from enlist.services.access import Scope
from enlist.services.imports.plan import import_apply, import_plan
from enlist.services.setup import courses, fields
from enlist.services.setup.lists import fields_list
from enlist.services.setup.records import record_add, record_change, record_remove, record_show
from enlist.store import activity
from enlist.store.models import Course, Group, GroupMembership, Organization, Person
from enlist.store.setup import lists
from tests.database import school as cast
from tests.database.imports import HEAD, order
from tests.database.test_web import signed_in
from tests.support.forms import Fields, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    cast.role(here)
    cast.role(here, "creator", assignable=False)
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def logged(scope: Scope) -> list[tuple[str, str]]:
    return [(each.action, each.note) for each in reversed(activity.latest(scope))]


def test_a_group_is_added_changed_and_taken_away(scope: Scope) -> None:
    lower = record_add(scope, kind=GROUPS, values={"name": "Lower school"})
    year = record_add(
        scope, kind=GROUPS, values={"name": "  Year\u200b  7 ", "idnumber": "y7", "above": "Lower school"}
    )

    assert record_show(scope, kind=GROUPS, key=year) == {"name": "Year 7", "idnumber": "y7", "above": "Lower school"}
    cells = record_change(scope, kind=GROUPS, key=year, values={"name": "Year 8", "idnumber": "y7", "above": ""})
    assert cells == (Cell("name", "Year 7", "Year 8"), Cell("above", "Lower school", ""))
    assert record_change(scope, kind=GROUPS, key=year, values={"name": "Year 8"}) == ()
    record_remove(scope, kind=GROUPS, key=lower)
    assert [each.name for each in lists.groups(scope)] == ["Year 8"]
    assert logged(scope) == [
        ("group_added", "Lower school."),
        ("group_added", "Year 7."),
        ("group_changed", "Year 8."),
        ("group_dropped", "Lower school."),
    ]


def test_rows_of_a_file_join_a_group_that_was_added(scope: Scope) -> None:
    record_add(scope, kind=GROUPS, values={"name": "Year 7", "idnumber": "y7"})
    text = f"{HEAD},cohort1\nann,Ann,Lee,ann@x.org,y7"

    import_apply(scope, plan=import_plan(scope, request=order(text)).plan)

    assert GroupMembership.objects.get().group.name == "Year 7"


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda s, _: record_add(s, kind=GROUPS, values={"name": " "}), "can't be blank"),
        (lambda s, _: record_add(s, kind=GROUPS, values={"name": "x" * 256}), "longer than 255"),
        (lambda s, _: record_add(s, kind=GROUPS, values={"name": "Choir"}), "There is already a group Choir there"),
        (
            lambda s, _: record_add(s, kind=GROUPS, values={"name": "Other", "idnumber": "ch"}),
            "already has the ID number ch",
        ),
        (
            lambda s, _: record_add(s, kind=GROUPS, values={"name": "Other", "colour": "red"}),
            "A group has no value called colour",
        ),
        (lambda s, _: record_add(s, kind=GROUPS, values={"name": "Other", "above": "Nowhere"}), "There is no group"),
        (
            lambda s, key: record_change(s, kind=GROUPS, key=key, values={"above": "Altos"}),
            "inside a group that is inside",
        ),
        (
            lambda s, key: record_change(s, kind=GROUPS, key=key, values={"above": f"#{key}"}),
            "Choir can't be inside a group that is inside Choir",
        ),
        (lambda s, key: record_remove(s, kind=GROUPS, key=key), "Choir has members"),
    ],
)
def test_what_cannot_be_done_to_a_group_is_refused(
    scope: Scope, action: Callable[[Scope, int], Any], said: str
) -> None:
    choir = Group.objects.create(organization=scope.organization, name="Choir", idnumber="ch")
    Group.objects.create(organization=scope.organization, name="Altos", parent=choir)
    Group.objects.create(organization=scope.organization, name="Choir")
    GroupMembership.objects.create(
        organization=scope.organization, group=choir, person=cast.person(scope.organization, username="ann")
    )
    before = list(Group.objects.order_by("pk").values())

    with pytest.raises((PolicyError, NotFound), match=said):
        action(scope, choir.pk)

    assert list(Group.objects.order_by("pk").values()) == before
    assert logged(scope) == []


def test_a_group_with_others_in_it_stays(scope: Scope) -> None:
    choir = record_add(scope, kind=GROUPS, values={"name": "Choir"})
    record_add(scope, kind=GROUPS, values={"name": "Altos", "above": "Choir"})

    with pytest.raises(PolicyError, match="Altos is inside Choir"):
        record_remove(scope, kind=GROUPS, key=choir)


def test_a_course_is_added_changed_and_taken_away(scope: Scope) -> None:
    art = record_add(scope, kind=COURSES, values={"shortname": "ART", "name": "Art"})

    assert record_show(scope, kind=COURSES, key=art) == {
        "shortname": "ART", "name": "Art", "open": "yes", "days": "0", "role": "student", "url": "", "groups": [],
    }  # fmt: skip
    cells = record_change(scope, kind=COURSES, key=art, values={"open": "no", "days": "90", "role": ""})
    assert cells == (Cell("open", "yes", "no"), Cell("days", "0", "90"), Cell("role", "student", ""))
    assert record_remove(scope, kind=COURSES, key=art) == "ART"
    assert not Course.objects.exists()
    assert logged(scope) == [("course_added", "ART."), ("course_changed", "ART."), ("course_dropped", "ART.")]


def test_rows_of_a_file_enrol_in_a_course_and_group_that_were_added(scope: Scope) -> None:
    art = record_add(scope, kind=COURSES, values={"shortname": "ART"})
    courses.course_group_add(scope, course=art, name="Drawing")
    text = f"{HEAD},course1,group1\nann,Ann,Lee,ann@x.org,ART,Drawing"

    import_apply(scope, plan=import_plan(scope, request=order(text)).plan)

    (course,) = lists.courses(scope)
    assert (course.people, course.groups) == (1, (lists.CourseGroupSummary("Drawing", people=1),))


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda s, _: record_add(s, kind=COURSES, values={"shortname": ""}), "can't be blank"),
        (lambda s, _: record_add(s, kind=COURSES, values={"shortname": "ART"}), "There is already a course ART"),
        (
            lambda s, _: record_add(s, kind=COURSES, values={"shortname": "B", "role": "creator"}),
            "“creator” isn't a role in courses",
        ),
        (lambda s, key: record_change(s, kind=COURSES, key=key, values={"days": "many"}), "can't be “many”"),
        (lambda s, key: record_change(s, kind=COURSES, key=key, values={"open": "perhaps"}), "can't be “perhaps”"),
        (
            lambda s, key: record_change(s, kind=COURSES, key=key, values={"colour": "red"}),
            "A course has no value called colour",
        ),
        (lambda s, key: courses.course_group_add(s, course=key, name="Drawing"), "already has a group Drawing"),
        (lambda s, key: record_remove(s, kind=COURSES, key=key), "ART has or had people enrolled"),
    ],
)
def test_what_cannot_be_done_to_a_course_is_refused(
    scope: Scope, action: Callable[[Scope, int], Any], said: str
) -> None:
    here = scope.organization
    art = cast.course(here, "ART")
    cast.course_group(art, "Drawing")
    cast.enrolment(cast.person(here, username="ann"), course=art, role=cast.role(here, "guest"), status="ended")
    before = list(Course.objects.values())

    with pytest.raises(PolicyError, match=said):
        action(scope, art.pk)

    assert list(Course.objects.values()) == before
    assert logged(scope) == []


def test_a_field_gets_another_name_more_options_and_another_place(scope: Scope) -> None:
    cast.profile_field(scope.organization, "house", kind="choice", options=["Oak"])
    cast.profile_field(scope.organization, "badge", position=1)

    cells = record_change(
        scope, kind=PROFILE_FIELDS, key="house", values={"name": "Home", "required": "yes", "options": "Elm\n"}
    )
    assert cells == (
        Cell("name", "House", "Home"), Cell("options", "Oak", "Oak, Elm"), Cell("required", "no", "yes"),
    )  # fmt: skip
    fields.field_move(scope, shortname="house", by=1)
    fields.field_move(scope, shortname="house", by=1)
    assert [(each.shortname, each.name, each.options) for each in fields_list(scope)] == [
        ("badge", "Badge", ()),
        ("house", "Home", ("Oak", "Elm")),
    ]
    assert logged(scope) == [("field_changed", "house."), ("field_changed", "house: moved down.")]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "date"}, "kind of a profile field can't be changed"),
        ({"name": ""}, "can't be blank"),
        ({"options": "oak"}, "No two options may be the same"),
        ({"default": "Yew"}, "isn't one of the options"),
    ],
)
def test_an_impossible_change_of_a_field_is_refused(scope: Scope, values: dict[str, str], said: str) -> None:
    cast.profile_field(scope.organization, "house", kind="choice", options=["Oak"])

    with pytest.raises(PolicyError, match=said):
        record_change(scope, kind=PROFILE_FIELDS, key="house", values=values)
    with pytest.raises(NotFound):
        record_change(scope, kind=PROFILE_FIELDS, key="bus", values={"name": "Bus"})


def test_plans_made_before_are_stale(scope: Scope) -> None:
    key = record_add(scope, kind=GROUPS, values={"name": "Choir"})
    art = record_add(scope, kind=COURSES, values={"shortname": "ART"})
    cast.profile_field(scope.organization, "house")
    actions: tuple[Callable[[], Any], ...] = (
        lambda: record_add(scope, kind=GROUPS, values={"name": "Band"}),
        lambda: record_change(scope, kind=GROUPS, key=key, values={"name": "Singers"}),
        lambda: record_remove(scope, kind=GROUPS, key=key),
        lambda: record_add(scope, kind=COURSES, values={"shortname": "BIO"}),
        lambda: record_change(scope, kind=COURSES, key=art, values={"open": "no"}),
        lambda: courses.course_group_add(scope, course=art, name="Drawing"),
        lambda: record_change(scope, kind=PROFILE_FIELDS, key="house", values={"name": "Home"}),
    )
    for number, action in enumerate(actions):
        plan = import_plan(scope, request=order(f"{HEAD}\nann{number},Ann,Lee,ann{number}@x.org")).plan
        action()
        with pytest.raises(StalePlan):
            import_apply(scope, plan=plan)
    assert not Person.objects.filter(username__startswith="ann").exists()


def test_the_pages_add_change_and_show_errors(client: Client) -> None:
    assert send(client, "/groups/", values={"name": "Choir"}).status_code == 302
    assert send(client, "/courses/", values={"shortname": "ART"}).status_code == 302
    assert (
        send(
            client, "/profile-fields/", values={"shortname": "house", "kind": "choice", "options": "Oak\nElm"}
        ).status_code
        == 302
    )
    twice = [
        send(client, "/groups/", values={"name": "Choir", "idnumber": ""}),
        send(client, "/courses/", values={"shortname": "ART", "name": "Art"}),
    ]
    assert [answer.status_code for answer in twice] == [422, 422]
    assert 'value="Art"' in twice[1].content.decode()
    group, course = Group.objects.get(), Course.objects.get()

    send(client, f"/groups/{group.pk}/", values={"name": "Singers"})
    send(
        client,
        f"/courses/{course.pk}/",
        values={"name": "Art & craft", "days": "90", "open": "no", "url": "lms.example.org/art"},
    )
    client.post(f"/courses/{course.pk}/groups/", {"group": "Drawing"})
    send(client, "/profile-fields/house/", values={"options": "Yew"})
    assert "Singers" in client.get("/groups/").text
    assert "Art &amp; craft" in client.get("/courses/").text
    course.refresh_from_db()
    assert (course.duration, course.manual, course.url) == (90, False, "https://lms.example.org/art")
    assert "Yew" in client.get("/profile-fields/").text
    refused = client.post(f"/courses/{course.pk}/drop/", follow=True)
    assert "ART has groups, so it can" in refused.text
    assert client.post(f"/groups/{group.pk}/drop/", follow=True).redirect_chain == [("/groups/", 302)]


@pytest.mark.parametrize(
    ("path", "values", "field", "said"),
    [
        ("/courses/", {"shortname": "ART"}, "shortname", "There is already a course ART."),
        ("/courses/", {"shortname": " "}, "shortname", "This field is required."),
        ("/courses/", {"shortname": "BIO", "days": "-1"}, "days", "greater than or equal to 0"),
        ("/courses/", {"shortname": "BIO", "role": "creator"}, "role", "creator is not one of the available choices"),
        (
            "/courses/",
            {"shortname": "BIO", "url": "javascript:alert(1)"},
            "url",
            "Write it as https://example.org/page.",
        ),
        ("/groups/", {"name": "Choir", "idnumber": "ch"}, "idnumber", "The group Altos already has the ID number ch."),
        ("/profile-fields/", {"shortname": "Bad Name"}, "shortname", "can&#x27;t be the name of a profile field."),
        ("/profile-fields/", {"shortname": "bus", "kind": "choice"}, "options", "needs options. Enter its options"),
        (
            "/profile-fields/",
            {"shortname": "bus", "unique": "yes", "default": "1"},
            "default",
            "can&#x27;t have a default",
        ),
        ("/profile-fields/house/", {"name": ""}, "name", "The name of a field can&#x27;t be blank."),
    ],
)
def test_an_error_is_shown_at_its_field(
    client: Client, scope: Scope, path: str, values: dict[str, Any], field: str, said: str
) -> None:
    cast.course(scope.organization, "ART")
    Group.objects.create(organization=scope.organization, name="Altos", idnumber="ch")
    cast.profile_field(scope.organization, "house")

    answer = send(client, path, values=values)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert re.findall(r'aria-invalid="true"[^>]*id="id_(\w+)"', page) == [field]
    (described,) = re.findall(rf'aria-describedby="([^"]*)"[^>]*id="id_{field}"', page)
    assert described.split()[-1] == f"id_{field}_error"
    (at_field,) = re.findall(r'<div class="field-error" id="id_(\w+)_error">(.*?)</div>', page, re.DOTALL)
    assert (at_field[0], said in at_field[1]) == (field, True)
    assert f'href="#id_{field}"' in page
    assert logged(scope) == []


def test_what_others_changed_meanwhile_stays(client: Client, scope: Scope) -> None:
    art = record_add(scope, kind=COURSES, values={"shortname": "ART", "name": "Art"})
    (form,) = Fields(client.get(f"/courses/{art}/").text).forms
    record_change(scope, kind=COURSES, key=art, values={"name": "Arts"})

    client.post(f"/courses/{art}/", {**form, "days": "7"})

    course = Course.objects.get()
    assert (course.name, course.duration) == ("Arts", 7)


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_who_may_not_change_them_is_offered_nothing(scope: Scope, role: str) -> None:
    here = scope.organization
    art = cast.course(here, "ART")
    client = signed_in(cast.person(here, username=role, site_role=role))

    for page in ("/courses/", f"/courses/{art.pk}/", "/profile-fields/"):
        assert 'method="post" data-once' not in client.get(page).text
    assert client.post("/courses/", {"shortname": "BIO"}).status_code == 403
    assert client.post(f"/courses/{art.pk}/drop/").status_code == 403
    allowed = 302 if role == "manager" else 403
    assert client.post("/groups/", {"name": "Choir"}).status_code == allowed
    assert Organization.objects.get().pk == here.pk
    assert Course.objects.get() == art
