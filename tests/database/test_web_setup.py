"""The pages for courses, groups, profile fields and the team."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enlist.core.setup_kinds import COURSES, GROUPS
from enlist.services.access import MACHINE, Scope
from enlist.services.setup.lists import imports_by_day
from enlist.services.setup.records import record_list
from enlist.store import activity
from enlist.store.engine import engine
from enlist.store.models import Course, Group, GroupMembership, Import, Person
from enlist.store.setup import lists
from enlist.store.setup.lists import CourseGroupSummary, CourseSummary, GroupSummary
from tests.database import school as cast
from tests.database.imports import HEAD, imported
from tests.database.test_web import signed_in
from tests.support.forms import Fields, send

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

    assert record_list(scope, kind=COURSES) == [
        CourseSummary(
            art.pk, "ART", "Art", open=True, duration=0, people=3, groups=(CourseGroupSummary("Set A", people=1),)
        ),
        CourseSummary(maths.pk, "MATHS", "", open=True, duration=0, people=0, groups=()),
    ]
    assert record_list(scope, kind=GROUPS) == [
        GroupSummary(year.pk, "Year 7", idnumber="y7", kind="import", above="", people=1)
    ]


def test_imports_are_counted_by_day_and_the_days_between_are_there(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@x.org\nbob,Bob,,bob@x.org")
    Import.objects.update(applied_at=datetime(2026, 3, 30, 9, tzinfo=UTC))
    told = imports_by_day(scope, days=3, now=datetime(2026, 3, 31, 12, tzinfo=UTC))

    assert [(f"{day:%m-%d}", dict(statuses)) for day, statuses in told] == [
        ("03-29", {}),
        ("03-30", {"created": 1, "failed": 1}),
        ("03-31", {}),
    ]


def test_activity_is_shown_a_page_at_a_time(scope: Scope, client: Client) -> None:
    for number in range(150):
        activity.log(scope, action="group_added", note=f"Group {number}.")
    first = client.get("/activity/").text
    older = client.get("/activity/" + re.findall(r'href="(\?before=\d+)"', first)[0]).text

    told = [re.findall(r"Group (\d+)\.", page) for page in (first, older)]
    assert [int(number) for page in told for number in page] == [*range(149, -1, -1)]
    assert len(told[0]) == 100
    assert "?before=" not in older


def test_roles_in_the_team_are_changed_by_those_above(scope: Scope, client: Client) -> None:
    cast.person(scope.organization, username="meg")
    number = len(Fields(client.get("/team/").text).forms) - 1
    send(client, "/team/", values={"username": "meg", "role": "manager"}, number=number)
    assert Person.objects.get(username="meg").site_role == "manager"

    last = client.post("/team/", {"row": "owner", "role": "viewer"})
    missing = client.post("/team/", {"username": "nobody", "role": "viewer"})
    assert (last.status_code, missing.status_code) == (422, 422)
    assert re.search(r'id="id_owner_role_error">.*owner is the last owner\.', last.text, re.DOTALL)
    assert re.search(r'id="id_username_error">.*Nobody has the username “nobody”\.', missing.text, re.DOTALL)

    client.post("/team/", {"row": "meg", "role": ""})
    assert Person.objects.get(username="meg").site_role == "learner"


def test_a_colleague_is_added_by_name_and_address(scope: Scope, client: Client) -> None:
    form = {"firstname": "Gül", "lastname": "Güneş", "email": "gül.güneş@x.org", "role": "manager"}
    added = client.post("/team/", form)
    again = client.post("/team/", {**form, "role": "admin"})
    wrong = client.post("/team/", {**form, "email": "nonsense"})

    (password,) = re.findall(r'class="secret">(\w{14})<', added.text)
    made = Person.objects.get(username="gul.gunes")
    assert (made.firstname, made.email, made.site_role) == ("Gül", form["email"], "admin")
    assert (made.account.must_change, made.account.check_password(password)) == (True, True)
    assert ("They keep the password they have." in again.text, password in again.text) == (True, False)
    assert (wrong.status_code, Person.objects.filter(lastname="Güneş").count()) == (422, 1)


def test_times_are_those_of_the_persons_zone(scope: Scope, client: Client) -> None:
    assert scope.actor
    Person.objects.filter(pk=scope.actor.pk).update(created_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    shown = {}
    for zone in ("", "Asia/Tbilisi", "Nowhere/Land", "../etc/passwd"):
        Person.objects.filter(pk=scope.actor.pk).update(timezone=zone)
        shown[zone] = re.findall(r'title="(\d+ \w+ 2026, \d\d:\d\d [^"]+)"', client.get("/people/").text)[-1]

    utc = "31 Jan 2026, 23:30 UTC"
    assert shown == {"": utc, "Asia/Tbilisi": "1 Feb 2026, 03:30 +04", "Nowhere/Land": utc, "../etc/passwd": utc}


def test_limits_are_said_with_an_example(client: Client) -> None:
    assert re.search(
        r"Of your \d+ people, more than \d+ deactivated need approval\.", client.get("/organization/").text
    )


def sent(client: Client, form: dict[str, str], *, follow: bool = False) -> HttpResponse:
    """Send the form of a part of the organisation."""
    number = ["name", "addresses", "limits", "active", "retention"].index(form["part"])
    return send(client, "/organization/", values=form, number=number, follow=follow)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"part": "name", "name": " Hill  School "}, "Hill School"),
        ({"part": "addresses", "shared": "yes"}, "Several people may have one e-mail address"),
        ({"part": "limits", "update-share": "12,5 %", "update-number": "30"}, 'name="update-share" value="12.5"'),
        ({"part": "retention", "files": "7", "plans": "70"}, 'name="plans" value="70"'),
    ],
)
def test_what_holds_for_the_organisation_is_changed_part_by_part(
    form: dict[str, str], told: str, scope: Scope, client: Client
) -> None:
    before = client.get("/organization/").text
    after = sent(client, form, follow=True).content.decode()

    assert told not in before
    assert told in after
    assert len(activity.latest(scope)) == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"part": "name", "name": " "}, "This field is required."),
        ({"part": "limits", "update-share": "much", "update-number": "1"}, "Enter a number."),
        ({"part": "limits", "update-share": "101", "update-number": "1"}, "less than or equal to 100"),
        ({"part": "limits", "update-share": "5", "update-number": "-1"}, "greater than or equal to 0"),
        ({"part": "retention", "files": "0", "plans": "70"}, "1 to 3,650 days"),
        ({"part": "retention", "files": "soon", "plans": "70"}, "Enter a whole number."),
    ],
)
def test_what_the_organisation_cannot_be_is_refused(
    form: dict[str, str], said: str, scope: Scope, client: Client
) -> None:
    answer = sent(client, form)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert activity.latest(scope) == []


def test_an_administrator_changes_limits_and_nothing_else_of_the_organisation(scope: Scope) -> None:
    admin = signed_in(cast.person(scope.organization, username="adm", site_role="admin"))
    page = admin.get("/organization/").text

    assert re.findall(r'name="part" value="(\w+)"', page) == ["limits", "active"]
    assert 'name="files"' not in page
    form = {"part": "limits", "update-share": "5", "update-number": "9"}
    assert send(admin, "/organization/", values=form).status_code == 302
    assert "something that doesn&#x27;t exist." in admin.post("/organization/", {"part": "weather"}).text
    for part in ("name", "addresses", "retention", "terms", "invitations"):
        form = {
            "part": part,
            "name": "Mine",
            "shared": "yes",
            "files": "1",
            "plans": "1",
            "links": "1",
            "terms": "None.",
            "per_second": "5",
        }
        assert admin.post("/organization/", form).status_code == 403


def test_presets_and_their_settings_are_shown(client: Client) -> None:
    assert "Upload users" in client.get("/presets/").text
    page = client.get("/presets/moodle/").text
    assert "<dt>Details of existing people</dt>" in page
    assert "<code>update_details</code>" in page
    assert "no detail changes" in page
    assert client.get("/presets/nothing/").status_code == 404


def test_nobody_is_led_where_they_may_not_go(scope: Scope, client: Client) -> None:
    viewer = signed_in(cast.person(scope.organization, username="vic", site_role="viewer"))
    menus = [re.findall(r'<nav class="side.*?</nav>', each.get("/roles/").text, re.DOTALL) for each in (client, viewer)]
    places = [list(dict.fromkeys(re.findall(r'href="([^"]+)"', menu))) for (menu,) in menus]

    assert [place for place in places[0] if place not in places[1]] == ["/team/"]
    assert [viewer.get(place).status_code for place in places[1]] == [200] * len(places[1])
    assert viewer.get("/team/").status_code == 403
    assert viewer.post("/team/", {"username": "vic", "role": "owner"}).status_code == 403
    assert Person.objects.get(username="vic").site_role == "viewer"


def test_the_people_of_courses_and_groups_are_counted_from_indexes_alone() -> None:
    here = cast.organization("counted")
    cast.fill(here, people=300)
    cast.fill_courses(here)
    someone, algebra = Person.objects.filter(organization=here).first(), Course.objects.get(organization=here)
    assert someone
    cast.enrolment(someone, course=algebra, role=cast.role(here, "teacher"))
    scope, is_sqlite = Scope(here, MACHINE), connection.vendor == "sqlite"
    with CaptureQueriesContext(connection) as asked:
        course, group = lists.courses(scope)[0], lists.groups(scope)[0]
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if is_sqlite else "VACUUM ANALYZE")
    with transaction.atomic(), connection.cursor() as cursor:
        engine().prefer_index_only_scans()
        for each in asked.captured_queries:
            if "people_count" in each["sql"]:
                cursor.execute(f"{'EXPLAIN QUERY PLAN' if is_sqlite else 'EXPLAIN'} {each['sql']}")
                plans.append(" ".join(str(row[-1]) for row in cursor.fetchall()))

    assert (course.people, course.groups, group.people) == (300, (CourseGroupSummary("A", people=300),), 300)
    indexes = ["enrolment_course", "course_group_members", "group_members"]
    how = "INDEX" if is_sqlite else "Index Only Scan using"
    assert [f"{how} {index}" in plan for index, plan in zip(indexes, plans, strict=True)] == [True] * 3
