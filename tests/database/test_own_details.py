"""People change their own details, as far as they aren't locked."""

import pytest

from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.services.access import MACHINE, Scope
from enlist.services.people.edit import OWN_SLUGS, own_details_set
from enlist.store import activity
from enlist.store.models import Person
from enlist.store.people import people
from tests.database import school as cast
from tests.database.test_web import _static, signed_in  # noqa: F401
from tests.support.forms import Fields, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


@pytest.fixture
def me() -> Scope:
    """ann, a learner; the organisation has an open, a locked and a required profile field."""
    here = cast.organization()
    cast.profile_field(here, "nick")
    house = cast.profile_field(here, "house", locked=True)
    shirt = cast.profile_field(here, "shirt", required=True)
    cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    profile = {str(house.pk): "Oak", str(shirt.pk): "M"}
    ann = cast.person(here, username="ann", email="ann@x.org", firstname="Ann", lastname="Lee", profile=profile)
    return Scope(here, ann)


def ann() -> Person:
    return Person.objects.get(username="ann")


def test_people_change_their_own_details_like_a_row_of_a_file(me: Scope) -> None:
    client = signed_in(ann())
    page = client.get("/my-details/edit/").text
    values = {"firstname": " Anna ", "city": "Oslo", "timezone": "Europe/Oslo", "profile_field_nick": "Annie"}
    saved = send(client, "/my-details/edit/", values=values, follow=True).content.decode()

    names = {each.removeprefix("initial-") for each in Fields(page).names} - {"", "csrfmiddlewaretoken"}
    assert names == {*OWN_SLUGS, "profile_field_nick", "profile_field_shirt"}
    assert "Saved." in saved
    found = ann()
    assert (found.firstname, found.city, found.timezone, found.firstname_key) == ("Anna", "Oslo", "Europe/Oslo", "anna")
    assert people.profile(found) == {"house": "Oak", "shirt": "M", "nick": "Annie"}
    [logged] = activity.latest(me)
    assert (logged.action, logged.by, logged.person, logged.fields) == (
        "person_changed", me.actor, found.pk, ["firstname", "city", "timezone", "profile_field_nick"],
    )  # fmt: skip


@pytest.mark.parametrize("slug", ["username", "email", "idnumber", "department", "state", "profile_field_house", "x"])
def test_locked_fields_are_refused_whatever_the_page_sends(slug: str, me: Scope) -> None:
    with pytest.raises(NotAllowed, match=f"You can't change the field {slug} yourself"):
        own_details_set(me, values={"city": "Oslo", slug: "b"})
    client = signed_in(ann())
    [form] = Fields(client.get("/my-details/edit/").text).forms
    sent = client.post("/my-details/edit/", {**form, slug: "b", f"initial-{slug}": "a"})

    assert sent.status_code == 302
    assert (ann().city, ann().username, ann().state, activity.latest(me)) == ("", "ann", "active", [])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lastname": ""}, "This field is required."),
        ({"profile_field_shirt": ""}, "This field is required."),
        ({"lastname": "L" * 101}, "longer than"),
        ({"url": "nowhere"}, "nowhere"),
    ],
)
def test_values_that_a_file_could_not_have_are_refused_at_their_field(
    values: dict[str, str], said: str, me: Scope
) -> None:
    answer = send(signed_in(ann()), "/my-details/edit/", values=values)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert activity.latest(me) == []
    with pytest.raises(PolicyError):
        own_details_set(me, values=values)


def test_nobody_changes_the_details_of_others(me: Scope) -> None:
    college = cast.organization("college")
    stan = cast.person(college, username="stan")
    cast.person(me.organization, username="idle", state="inactive")

    for actor in (MACHINE, stan, Person.objects.get(username="idle")):
        with pytest.raises(NotFound):
            own_details_set(Scope(me.organization, actor), values={"city": "Oslo"})
    assert set(Person.objects.values_list("city", flat=True)) == {""}
