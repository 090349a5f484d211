"""Manual changes of one person: added like a row of a file, deactivated, reactivated, permanently deleted."""

import re
from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import NotAllowed, PolicyError
from enlist.services.access import Scope, scope_of
from enlist.services.people.edit import person_add
from enlist.services.people.erase import person_delete
from enlist.services.people.history import person_history
from enlist.services.people.listing import person_show
from enlist.store import activity
from enlist.store.models import Account, Person
from tests.database import school as cast
from tests.database.test_web import signed_in
from tests.support.forms import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

NAMES = {"firstname": "Ann", "lastname": "Lee", "email": "ann@x.org"}


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization()
    cast.role(here)
    cast.profile_field(here, "house", kind="choice", options=["Oak", "Elm"], default="Oak")
    cast.profile_field(here, "badge", unique=True)
    cast.person(here, username="bob", email="bob@x.org")
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def test_a_person_is_added_as_a_row_of_a_file_would_be(scope: Scope) -> None:
    person_add(scope, username="ann", values={**NAMES, "country": "Germany", "profile_field_badge": "7"})

    shown = person_show(scope, username="ann")
    assert {slug: value for slug, value in shown.fields.items() if value} == {
        "username": "ann",
        **NAMES,
        "country": "DE",
    }
    assert (shown.site_role, shown.state, shown.source) == ("learner", "active", "manual")
    assert (shown.profile, shown.courses, shown.groups) == ({"house": "Oak", "badge": "7"}, [], [])
    (action,) = person_history(scope, username="ann")
    assert (action.what, action.by) == ("person_added", "owner")
    assert {cell.field: cell.new for cell in action.cells}["email"] == "ann@x.org"
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("username", "values", "said"),
    [
        ("", NAMES, "username can't be blank"),
        ("ann", {**NAMES, "lastname": " "}, "lastname can't be blank"),
        ("ann", {**NAMES, "email": ""}, "email can't be blank"),
        ("ann", {**NAMES, "email": "nonsense"}, "email"),
        ("BOB", NAMES, "BOB"),
        ("ann", {**NAMES, "email": "BOB@x.org"}, "already belongs to bob"),
        ("ann", {**NAMES, "country": "Atlantis"}, "country"),
        ("ann", {**NAMES, "profile_field_house": "Yew"}, "house"),
        ("ann", {**NAMES, "shoe": "42"}, "“shoe” isn't a field that you can edit"),
        ("ann", {**NAMES, "profile_field_badge": "1"}, "already belongs to cem"),
    ],
)
def test_what_no_row_could_be_is_refused(scope: Scope, username: str, values: dict[str, str], said: str) -> None:
    person_add(scope, username="cem", values={**NAMES, "email": "c@x.org", "profile_field_badge": "1"})
    before = Person.objects.count()

    with pytest.raises(PolicyError, match=said):
        person_add(scope, username=username, values=values)

    assert (Person.objects.count(), len(activity.latest(scope))) == (before, 1)


def test_a_field_that_everybody_needs_is_asked_for(scope: Scope) -> None:
    cast.profile_field(scope.organization, "bus", required=True)

    with pytest.raises(PolicyError, match="profile_field_bus can't be blank"):
        person_add(scope, username="ann", values=NAMES)


def test_a_parent_is_added_manually(scope: Scope) -> None:
    person_add(scope, username="mia", values=NAMES, role="parent")

    assert Person.objects.get(username="mia").site_role == "parent"


@pytest.mark.parametrize("role", ["manager", "owner", "king"])
def test_nobody_is_added_into_the_team(scope: Scope, role: str) -> None:
    with pytest.raises(PolicyError, match="People can't be added with the role"):
        person_add(scope, username="ann", values=NAMES, role=role)


def test_the_page_adds_and_keeps_what_was_typed(client: Client) -> None:
    values = {**NAMES, "username": "ann", "role": "instructor"}
    wrong = send(client, "/add-person/", values={**values, "email": "nonsense"})
    done = send(client, "/add-person/", values=values)

    assert (wrong.status_code, 'value="nonsense"' in wrong.content.decode()) == (422, True)
    assert (done.status_code, done.headers["Location"]) == (302, "/people/ann/")
    assert Person.objects.get(username="ann").site_role == "instructor"


KINDS = {
    "start": ("date", "2026-09-01"),
    "photos": ("boolean", "1"),
    "form": ("choice", "Oak"),
    "clubs": ("choices", "Chess;Choir"),
    "born_in": ("country", "DE"),
    "zone": ("time_zone", "Europe/Berlin"),
    "score": ("number", "12.5"),
    "second": ("email", "ann2@x.org"),
}
OPTIONS = {"form": ["Oak", "Elm"], "clubs": ["Chess", "Choir", "Dance"]}


@pytest.fixture
def kinds(scope: Scope) -> None:
    for position, (shortname, (kind, _value)) in enumerate(KINDS.items()):
        cast.profile_field(
            scope.organization, shortname, kind=kind, position=position, options=OPTIONS.get(shortname, [])
        )


def profile(**values: Any) -> dict[str, Any]:
    return {f"profile_field_{name}": value for name, value in values.items()}


@pytest.mark.usefixtures("kinds")
def test_each_kind_of_field_has_its_input_and_comes_back_as_it_was(client: Client) -> None:
    values = {name: value for name, (_kind, value) in KINDS.items()} | {"clubs": ["Chess", "Choir"]}
    send(client, "/add-person/", values={**NAMES, "username": "ann", "country": "FR", **profile(**values)})
    ann = Person.objects.get(username="ann")
    page = client.get("/people/ann/edit/").text

    assert ann.country == "FR"
    assert 'type="date" name="profile_field_start" value="2026-09-01"' in page
    for name, value in (("photos", "1"), ("form", "Oak"), ("born_in", "DE"), ("zone", "Europe/Berlin")):
        (select,) = re.findall(rf'<select name="profile_field_{name}".*?</select>', page, re.DOTALL)
        assert re.findall(r'value="([^"]*)" selected', select) == [value]
    assert '<option value="DE" selected>Germany</option>' in page
    assert len(re.findall(r'type="checkbox" name="profile_field_clubs"[^>]*checked', page)) == 2
    assert 'inputmode="email"' in page
    # Who changes nothing changes nothing.
    assert "Changed 0 values." in send(client, "/people/ann/edit/", values={}, follow=True).content.decode()


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        (profile(start="2026-02-31"), "profile_field_start", "Enter a valid date"),
        (profile(form="Ash"), "profile_field_form", "Ash is not one of the available choices"),
        (profile(score="much"), "profile_field_score", "much"),
        ({"email": "nonsense"}, "email", "nonsense"),
        ({"username": "owner"}, "username", "already belongs to owner"),
        ({"lastname": ""}, "lastname", "This field is required."),
        ({"country": "ZZ"}, "country", "ZZ is not one of the available choices"),
    ],
)
def test_an_error_is_shown_at_the_field_of_a_person(
    client: Client, values: dict[str, Any], field: str, said: str
) -> None:
    answer = send(client, "/add-person/", values={**NAMES, "username": "ann", "city": "Bern", **values})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert re.findall(r'<div class="field-error" id="id_(\w+)_error">', page) == [field]
    assert f'aria-describedby="id_{field}_error"' in page
    assert said in page
    assert 'name="city" value="Bern"' in page
    assert not Person.objects.filter(username="ann").exists()


def test_a_person_is_turned_off_and_on_and_it_is_logged(client: Client, scope: Scope) -> None:
    page = client.get("/people/bob/").text
    off = client.post("/people/bob/state/", {"state": "inactive"}, follow=True).text
    on = client.post("/people/bob/state/", {"state": "active"}, follow=True).text

    assert "They keep their courses and groups" in page
    assert "Delete for good" not in page
    assert "bob can no longer sign in." in off
    assert "Delete for good" in off
    assert "bob can sign in again." in on
    assert [(each.action, each.cells) for each in activity.latest(scope)] == [
        ("person_changed", [["state", "inactive", "active"]]),
        ("person_changed", [["state", "active", "inactive"]]),
    ]


@pytest.mark.spec("NE-10")
def test_only_somebody_inactive_is_deleted_for_good_by_their_name(client: Client, scope: Scope) -> None:
    def delete(confirm: str) -> str:
        return client.post("/people/bob/delete/", {"confirm": confirm}, follow=True).text

    active = delete("bob")
    client.post("/people/bob/state/", {"state": "inactive"})
    wrong = delete("bobby")
    there = Person.objects.filter(username="bob").exists()
    gone = delete("bob")

    assert "bob is active, so they can" in active
    assert "the username. Nobody was erased." in wrong
    assert there
    assert "Erased bob." in gone
    assert not Person.objects.filter(username="bob").exists()
    assert activity.latest(scope)[0].action == "person_erased"


def test_nobody_is_deleted_by_who_ranks_below(scope: Scope) -> None:
    here = scope.organization
    cast.person(here, username="second", email="2@x.org", site_role="owner", state="inactive")
    cast.person(here, username="adm", email="a@x.org", site_role="admin")

    with pytest.raises(NotAllowed, match="second has a higher role than you"):
        person_delete(scope_of(here.slug, acting="adm"), username="second", confirm="second")


@pytest.mark.parametrize(("role", "shown"), [("manager", True), ("viewer", False)])
def test_who_may_not_is_offered_nothing(scope: Scope, role: str, shown: bool) -> None:
    Person.objects.filter(username="bob").update(state="inactive")
    client = signed_in(cast.person(scope.organization, username=role, site_role=role))
    page = client.get("/people/bob/").text

    assert ("Reactivate" in page) is shown
    assert "Delete for good" not in page
    assert client.post("/people/bob/delete/", {"confirm": "bob"}).status_code == 403
    assert client.get("/add-person/").status_code == (200 if shown else 403)
