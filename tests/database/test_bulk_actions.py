"""Bulk actions are imports: previewed, subject to limits, and undoable."""

import io
import re
import zipfile
from typing import Any

import polars as pl
import pytest
from django.test import Client

from enlist.core.errors import NotFound, PolicyError
from enlist.formats import read
from enlist.services.access import Scope
from enlist.services.imports.plan import import_apply, import_plan, import_show, import_undo_plan
from enlist.services.people import bulk
from enlist.services.people.bulk import BulkAction
from enlist.services.people.listing import Chosen, Wanted
from enlist.store import activity
from enlist.store.models import Enrolment, Group, GroupMembership, Import, Person, Role
from tests.database import school as cast
from tests.database.test_web import signed_in
from tests.database.test_web_import import applied, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    """Five learners, of whom one is inactive and one is called as no import would call them; a group and a course."""
    here = cast.organization(settings=cast.UNBRAKED)
    cast.course(here, "ART", default_role=cast.role(here))
    cast.role(here, "teacher")
    Group.objects.create(organization=here, name="Year = 7")
    for name in ("ann", "bob", "=Cem Ü", "dan"):
        cast.person(here, username=name, email=f"{len(name)}{name[0]}@x.org", city="Rome", department="Biology")
    cast.person(here, username="eve", state="inactive")
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def states() -> dict[str, str]:
    return dict(Person.objects.order_by("username").values_list("username", "state"))


def done(scope: Scope, action: BulkAction, chosen: Chosen) -> int:
    """What is done to many, applied; the number of its import."""
    planned = import_plan(scope, request=bulk.many_request(scope, action=action, chosen=chosen))
    return import_apply(scope, plan=bulk.many_stage(scope, action=action, planned=planned)).number


def test_those_who_are_ticked_are_deactivated_and_it_is_taken_back(client: Client, scope: Scope) -> None:
    before = states()
    sent = {"do": "deactivate", "chosen": "ticked", "person": ["ann", "=Cem Ü", "ann"], "key": "k"}
    address = client.post("/many-people/", sent).headers["Location"].removesuffix("preview/")
    work()
    page = client.get(f"{address}preview/").text
    untouched = states()
    applied(client, address)

    assert "2 people will lose access." in page
    assert "Deactivate 2 people" in page
    assert untouched == before
    assert states() == {**before, "ann": "inactive", "=Cem Ü": "inactive"}
    (logged,) = activity.latest(scope)
    assert (logged.action, logged.note, logged.by) == ("many_changed", "Deactivate people: import 1.", scope.actor)

    import_apply(scope, plan=import_undo_plan(scope, number=1))
    assert states() == before


def test_only_the_bulk_action_changes_them(scope: Scope) -> None:
    told = ("username", "email", "city", "department", "site_role", "source")
    before = list(Person.objects.order_by("pk").values_list(*told))

    done(scope, BulkAction("deactivate"), Chosen(wanted=Wanted(role="learner")))

    assert list(Person.objects.order_by("pk").values_list(*told)) == before
    assert set(states().values()) == {"active", "inactive"}
    assert [name for name, state in states().items() if state == "active"] == ["owner"]


def test_everybody_who_is_like_that_is_added_to_a_group(client: Client) -> None:
    group = Group.objects.get()
    sent = {"do": "join", "chosen": "all", "query": "state=active&role=learner", "to_group": f"#{group.pk}"}
    address = client.post("/many-people/", sent).headers["Location"].removesuffix("preview/")
    work()
    page = client.get(f"{address}preview/").text
    applied(client, address)

    assert "Add people to Year = 7" in page
    assert "4 people will join the group." in page
    members = GroupMembership.objects.order_by("person__username").values_list("person__username", flat=True)
    assert list(members) == ["=Cem Ü", "ann", "bob", "dan"]


@pytest.mark.parametrize(("role", "given"), [("", "student"), ("teacher", "teacher"), ("3", "3")])
@pytest.mark.parametrize("shortname", ["ART", "2027"])
def test_they_are_enrolled_as_the_course_says_or_otherwise(scope: Scope, shortname: str, role: str, given: str) -> None:
    cast.role(scope.organization, "3")
    cast.course(scope.organization, "2027", default_role=Role.objects.get(shortname="student"))

    done(scope, BulkAction("enrol", course=shortname, role=role), Chosen(["ann", "bob", "nobody"]))

    found = Enrolment.objects.order_by("person__username")
    assert list(found.values_list("person__username", "course__shortname", "role__shortname")) == [
        ("ann", shortname, given),
        ("bob", shortname, given),
    ]


def test_the_inactive_are_made_active_again(scope: Scope) -> None:
    done(scope, BulkAction("reactivate"), Chosen(wanted=Wanted(state="inactive")))

    assert set(states().values()) == {"active"}


def test_a_form_that_is_sent_twice_is_one_import(client: Client) -> None:
    sent = {"do": "deactivate", "person": ["ann"], "key": "once"}
    first = client.post("/many-people/", sent).headers["Location"]
    work()
    second = client.post("/many-people/", sent).headers["Location"]

    assert first == second
    assert Import.objects.get().state == "planned"


def test_what_is_over_the_limits_waits(scope: Scope) -> None:
    scope.organization.settings = {}
    scope.organization.save()
    planned = import_plan(
        scope,
        request=bulk.many_request(scope, action=BulkAction("deactivate"), chosen=Chosen(wanted=Wanted(role="learner"))),
    )

    assert planned.plan.is_empty
    assert planned.awaiting
    assert planned.awaiting.head.awaiting == {"deactivate": 4}


@pytest.mark.parametrize(
    ("action", "chosen", "error"),
    [
        (BulkAction("deactivate"), Chosen(), PolicyError),
        (BulkAction("deactivate"), Chosen(wanted=Wanted(prefix="zz")), PolicyError),
        (BulkAction("bless"), Chosen(["ann"]), PolicyError),
        (BulkAction("join", group="Year 8"), Chosen(["ann"]), NotFound),
        (BulkAction("enrol", course="MUSIC"), Chosen(["ann"]), NotFound),
    ],
)
def test_what_cannot_be_done_is_refused(
    scope: Scope, action: BulkAction, chosen: Chosen, error: type[Exception]
) -> None:
    with pytest.raises(error):
        bulk.many_draft(scope, action=action, chosen=chosen, key="k")

    assert not Import.objects.exists()


def test_a_failed_action_shows_why_and_keeps_the_list(client: Client) -> None:
    answer = client.post("/many-people/", {"do": "deactivate", "query": "state=active"}, follow=True)

    assert answer.redirect_chain == [("/people/?state=active", 302)]
    assert "You chose nobody, so nothing was done." in answer.text


@pytest.mark.parametrize(
    ("query", "field"),
    [("import=x", "import"), ("import=0", "import"), ("state=gone", "state"), ("by=age", "by"), ("role=king", "role")],
)
def test_a_wrong_filter_is_refused_at_its_field_and_nobody_is_listed_or_changed(
    client: Client, query: str, field: str
) -> None:
    page = client.get(f"/people/?{query}")
    answer = client.post("/many-people/", {"do": "deactivate", "chosen": "all", "query": query}, follow=True)

    assert page.status_code == 422
    assert re.findall(r'class="field-error" id="(\w+)_error"', page.text) == [field]
    assert "/people/ann/" not in page.text
    assert answer.redirect_chain == [(f"/people/?{query}", 302)]
    assert not Import.objects.exists()


def test_people_of_another_organisation_are_not_reached(scope: Scope) -> None:
    college = cast.organization("college", settings=cast.UNBRAKED)
    cast.person(college, username="stan")

    number = done(scope, BulkAction("deactivate"), Chosen(["stan"]))

    assert Person.objects.get(username="stan").state == "active"
    assert import_show(scope, number=number)[0].rows == {"skipped": 1}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_those_who_are_chosen_are_taken_away_as_a_file_without_formulas(client: Client, kind: str) -> None:
    answer = client.post("/many-people/", {"do": f"export-{kind}", "person": ["=Cem Ü", "owner"]})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="people.{kind}"'

    if kind == "csv":
        rows = pl.read_csv(io.BytesIO(answer.content))
        assert rows["username"].to_list() == ["'=Cem Ü", "owner"]
    else:
        assert read(answer.content, name="people.xlsx").frame["username"].to_list() == ["=Cem Ü", "owner"]
        sheet = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet


def test_all_of_a_list_are_taken_away(client: Client) -> None:
    answer = client.post("/many-people/", {"do": "export-csv", "chosen": "all", "query": "state=inactive"})

    assert pl.read_csv(io.BytesIO(answer.content))["username"].to_list() == ["eve"]


def test_more_than_a_page_can_give_is_refused_with_a_way_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enlist.web.pages.people.bulk._MAX_EXPORT", 3)
    answer = client.post("/many-people/", {"do": "export-csv", "chosen": "all", "query": "state=active"}, follow=True)

    assert "5 people are too many for one download. The limit is 3." in answer.text
    assert "Choose fewer people." in answer.text


def test_who_only_looks_takes_away_and_changes_nothing(scope: Scope) -> None:
    viewer = signed_in(cast.person(scope.organization, username="vic", site_role="viewer"))
    page = viewer.get("/people/").text

    assert viewer.post("/many-people/", {"do": "deactivate", "person": ["ann"]}).status_code == 403
    assert viewer.post("/many-people/", {"do": "export-csv", "person": ["ann"]}).status_code == 200
    assert re.findall(r'name="do"\s+value="([\w-]+)"', page) == ["export-xlsx", "export-csv"]
    assert not Import.objects.exists()
