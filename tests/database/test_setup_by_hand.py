"""Groups, courses and profile fields by hand: added, changed, taken away where nothing is lost; each is logged."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import NotFound, PolicyError, StalePlan
from enlist.core.report.changes import Cell
from enlist.services.access import Scope
from enlist.services.imports.plan import import_apply, import_plan
from enlist.services.setup import courses, fields, groups, lists
from enlist.store import activity
from enlist.store.models import Course, Group, GroupMembership, Organization, Person
from tests.database import school as cast
from tests.database.imports import HEAD, order
from tests.database.test_web import signed_in

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
    lower = groups.group_add(scope, values={"name": "Lower school"})
    year = groups.group_add(scope, values={"name": "  Year\u200b  7 ", "idnumber": "y7", "above": "Lower school"})

    assert groups.group_show(scope, group=year) == {"name": "Year 7", "idnumber": "y7", "above": "Lower school"}
    cells = groups.group_change(scope, group=year, values={"name": "Year 8", "idnumber": "y7", "above": ""})
    assert cells == (Cell("name", "Year 7", "Year 8"), Cell("above", "Lower school", ""))
    assert groups.group_change(scope, group=year, values={"name": "Year 8"}) == ()
    groups.group_drop(scope, group=lower)
    assert [each["name"] for each in lists.groups_list(scope)] == ["Year 8"]
    assert logged(scope) == [
        ("group_added", "Lower school."),
        ("group_added", "Year 7."),
        ("group_changed", "Year 8."),
        ("group_dropped", "Lower school."),
    ]


def test_rows_of_a_file_join_a_group_that_was_added(scope: Scope) -> None:
    groups.group_add(scope, values={"name": "Year 7", "idnumber": "y7"})
    text = f"{HEAD},cohort1\nann,Ann,Lee,ann@x.org,y7"

    import_apply(scope, plan=import_plan(scope, request=order(text)).plan)

    assert GroupMembership.objects.get().group.name == "Year 7"


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda s, _: groups.group_add(s, values={"name": " "}), "can't be blank"),
        (lambda s, _: groups.group_add(s, values={"name": "x" * 256}), "longer than 255"),
        (lambda s, _: groups.group_add(s, values={"name": "Choir"}), "There is already a group Choir there"),
        (lambda s, _: groups.group_add(s, values={"name": "Other", "idnumber": "ch"}), "already has the ID number ch"),
        (lambda s, _: groups.group_add(s, values={"name": "Other", "colour": "red"}), "Groups don't have: colour"),
        (lambda s, _: groups.group_add(s, values={"name": "Other", "above": "Nowhere"}), "There is no group"),
        (lambda s, key: groups.group_change(s, group=key, values={"above": "Altos"}), "inside a group that is inside"),
        (
            lambda s, key: groups.group_change(s, group=key, values={"above": f"#{key}"}),
            "Choir can't be inside a group that is inside Choir",
        ),
        (lambda s, key: groups.group_drop(s, group=key), "Choir has members"),
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
    choir = groups.group_add(scope, values={"name": "Choir"})
    groups.group_add(scope, values={"name": "Altos", "above": "Choir"})

    with pytest.raises(PolicyError, match="Altos is inside Choir"):
        groups.group_drop(scope, group=choir)


def test_a_course_is_added_changed_and_taken_away(scope: Scope) -> None:
    art = courses.course_add(scope, values={"shortname": "ART", "name": "Art"})

    assert courses.course_show(scope, course=art) == {
        "shortname": "ART", "name": "Art", "open": "yes", "days": "0", "role": "student", "groups": [],
    }  # fmt: skip
    cells = courses.course_change(scope, course=art, values={"open": "no", "days": "90", "role": ""})
    assert cells == (Cell("open", "yes", "no"), Cell("days", "0", "90"), Cell("role", "student", ""))
    assert courses.course_drop(scope, course=art) == "ART"
    assert not Course.objects.exists()
    assert logged(scope) == [("course_added", "ART."), ("course_changed", "ART."), ("course_dropped", "ART.")]


def test_rows_of_a_file_enrol_in_a_course_and_group_that_were_added(scope: Scope) -> None:
    art = courses.course_add(scope, values={"shortname": "ART"})
    courses.course_group_add(scope, course=art, name="Drawing")
    text = f"{HEAD},course1,group1\nann,Ann,Lee,ann@x.org,ART,Drawing"

    import_apply(scope, plan=import_plan(scope, request=order(text)).plan)

    (course,) = lists.courses_list(scope)
    assert (course["people"], course["groups"]) == (1, [{"name": "Drawing", "people": 1}])


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda s, _: courses.course_add(s, values={"shortname": ""}), "can't be blank"),
        (lambda s, _: courses.course_add(s, values={"shortname": "ART"}), "There is already a course ART"),
        (
            lambda s, _: courses.course_add(s, values={"shortname": "B", "role": "creator"}),
            "“creator” isn't a role in courses",
        ),
        (lambda s, key: courses.course_change(s, course=key, values={"days": "many"}), "can't be “many”"),
        (lambda s, key: courses.course_change(s, course=key, values={"open": "perhaps"}), "can't be “perhaps”"),
        (lambda s, key: courses.course_change(s, course=key, values={"colour": "red"}), "Courses don't have: colour"),
        (lambda s, key: courses.course_group_add(s, course=key, name="Drawing"), "already has a group Drawing"),
        (lambda s, key: courses.course_drop(s, course=key), "ART has or had people enrolled"),
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

    cells = fields.field_change(
        scope, shortname="house", values={"name": "Home", "required": "yes", "options": "Elm\n"}
    )
    assert cells == (
        Cell("name", "House", "Home"), Cell("required", "no", "yes"), Cell("options", "Oak", "Oak, Elm"),
    )  # fmt: skip
    fields.field_move(scope, shortname="house", by=1)
    fields.field_move(scope, shortname="house", by=1)
    found = lists.fields_list(scope)
    assert [(each["shortname"], each["name"], each["options"]) for each in found] == [
        ("badge", "Badge", []),
        ("house", "Home", ["Oak", "Elm"]),
    ]
    assert logged(scope) == [("field_changed", "house."), ("field_changed", "house: moved down.")]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "date"}, "These can't be changed in a profile field: kind"),
        ({"name": ""}, "can't be blank"),
        ({"options": "oak"}, "no two may be the same"),
        ({"default": "Yew"}, "isn't one of the options"),
    ],
)
def test_what_a_field_cannot_become_is_refused(scope: Scope, values: dict[str, str], said: str) -> None:
    cast.profile_field(scope.organization, "house", kind="choice", options=["Oak"])

    with pytest.raises(PolicyError, match=said):
        fields.field_change(scope, shortname="house", values=values)
    with pytest.raises(NotFound):
        fields.field_change(scope, shortname="bus", values={"name": "Bus"})


def test_plans_made_before_are_stale(scope: Scope) -> None:
    key = groups.group_add(scope, values={"name": "Choir"})
    art = courses.course_add(scope, values={"shortname": "ART"})
    cast.profile_field(scope.organization, "house")
    actions: tuple[Callable[[], Any], ...] = (
        lambda: groups.group_add(scope, values={"name": "Band"}),
        lambda: groups.group_change(scope, group=key, values={"name": "Singers"}),
        lambda: groups.group_drop(scope, group=key),
        lambda: courses.course_add(scope, values={"shortname": "BIO"}),
        lambda: courses.course_change(scope, course=art, values={"open": "no"}),
        lambda: courses.course_group_add(scope, course=art, name="Drawing"),
        lambda: fields.field_change(scope, shortname="house", values={"name": "Home"}),
    )
    for number, action in enumerate(actions):
        plan = import_plan(scope, request=order(f"{HEAD}\nann{number},Ann,Lee,ann{number}@x.org")).plan
        action()
        with pytest.raises(StalePlan):
            import_apply(scope, plan=plan)
    assert not Person.objects.filter(username__startswith="ann").exists()


def test_the_pages_add_change_and_say_what_is_wrong(client: Client) -> None:
    def form(**values: str) -> dict[str, str]:
        return {**{f"was-{name}": "" for name in values}, **values}

    assert client.post("/groups/", form(name="Choir")).status_code == 302
    assert client.post("/courses/", form(shortname="ART")).status_code == 302
    assert (
        client.post("/profile-fields/", {"shortname": "house", "kind": "choice", "options": "Oak\nElm"}).status_code
        == 302
    )
    twice = [client.post("/groups/", form(name="Choir")), client.post("/courses/", form(shortname="ART"))]
    assert [answer.status_code for answer in twice] == [422, 422]
    assert 'value="Choir"' in twice[0].text
    group, course = Group.objects.get(), Course.objects.get()

    client.post(f"/groups/{group.pk}/", form(name="Singers"))
    client.post(f"/courses/{course.pk}/", form(name="Art & craft"))
    client.post(f"/courses/{course.pk}/groups/", {"group": "Drawing"})
    client.post("/profile-fields/house/", form(options="Yew"))
    assert "Singers" in client.get("/groups/").text
    assert "Art &amp; craft" in client.get("/courses/").text
    assert "Yew" in client.get("/profile-fields/").text
    refused = client.post(f"/courses/{course.pk}/drop/", follow=True)
    assert "ART has groups, so it can" in refused.text
    assert client.post(f"/groups/{group.pk}/drop/", follow=True).redirect_chain == [("/groups/", 302)]


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_who_may_not_change_them_is_offered_nothing(scope: Scope, role: str) -> None:
    here = scope.organization
    art = cast.course(here, "ART")
    client = signed_in(cast.person(here, username=role, site_role=role))

    for page in ("/courses/", f"/courses/{art.pk}/", "/profile-fields/"):
        assert 'method="post" data-once' not in client.get(page).text
    assert client.post("/courses/", {"was-shortname": "", "shortname": "BIO"}).status_code == 403
    assert client.post(f"/courses/{art.pk}/drop/").status_code == 403
    allowed = 302 if role == "manager" else 403
    assert client.post("/groups/", {"was-name": "", "name": "Choir"}).status_code == allowed
    assert Organization.objects.get().pk == here.pk
    assert Course.objects.get() == art
