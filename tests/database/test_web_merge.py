"""The page that merges two people (EN-16)."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from enlist.services.access import Scope
from enlist.services.worker import worker_run
from enlist.store.models import Import, Person
from tests.database import school as cast
from tests.database.test_web import signed_in
from tests.support.forms import Fields, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("EN-16")]

BOTH = "/merge-people/?kept=ann&other=anne"


@pytest.fixture
def scope(settings: Any) -> Scope:
    """A school with two people who are one; names of static files as they are, for nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    here = cast.organization(settings=cast.UNBRAKED)
    cast.person(here, username="ann", firstname="Ann", lastname="Lee", email="ann@x.org")
    cast.person(here, username="anne", firstname="Anne", lastname="Lee", email="anne@y.org", city="Oslo")
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_two_chosen_people_are_compared_previewed_and_merged(client: Client) -> None:
    chosen = client.post("/many-people/", {"do": "merge", "person": ["ann", "anne"]})
    sent = send(client, chosen["Location"], values={"of-firstname": "other", "of-email": "kept"})
    worker_run(lambda _: None, until_empty=True)
    page = client.get("/imports/1/preview/").text
    (shown,) = re.findall(r'name="shown" value="(\w+)"', page)
    client.post("/imports/1/apply/", {"shown": shown})
    worker_run(lambda _: None, until_empty=True)

    assert (chosen["Location"], sent["Location"]) == (BOTH, "/imports/1/preview/")
    assert "Two people will become one" in words(page)
    ann, anne = (Person.objects.get(username=name) for name in ("ann", "anne"))
    assert (ann.firstname, ann.email, ann.city, anne.state) == ("Anne", "ann@x.org", "Oslo", "inactive")
    assert "Merged into ann ." in words(client.get("/people/anne/").text)
    assert "Merge…" not in client.get("/people/anne/").text


def test_the_other_can_be_the_one_who_stays(client: Client) -> None:
    page = client.get(BOTH).text
    names = [field for form in Fields(page).forms for field in form if field.startswith("of-")]

    assert "/merge-people/?kept=anne&amp;other=ann" in page
    assert names == ["of-username", "of-firstname", "of-email"]


def test_values_are_shown_as_on_the_page_of_a_person(client: Client, scope: Scope) -> None:
    field = cast.profile_field(scope.organization, shortname="boarder", kind="boolean")
    ann, anne = (Person.objects.get(username=name) for name in ("ann", "anne"))
    for person, country, boarder in ((ann, "NO", "1"), (anne, "DE", "0")):
        person.country, person.profile = country, {str(field.pk): boarder}
        person.save()
    pages = {name: words(client.get(address).text) for name, address in (("ann", "/people/ann/"), ("both", BOTH))}

    assert "Country Norway country Germany country" in pages["both"]
    assert "Boarder yes Boarder no Boarder" in pages["both"]
    assert "Country Norway" in pages["ann"]
    assert "Boarder yes" in pages["ann"]


@pytest.mark.parametrize(
    ("address", "to", "said"),
    [
        ("/merge-people/?kept=ann&other=nobody", "/people/", "Nobody has the username “nobody”."),
        ("/merge-people/?kept=ann&other=ann", "/people/ann/", "ann can't be merged into themselves."),
        ("/merge-people/?kept=ann&other=owner", "/people/ann/", "owner belongs to the team"),
    ],
)
def test_an_impossible_merge_goes_back_with_a_message(client: Client, address: str, to: str, said: str) -> None:
    answer = client.get(address, follow=True)

    assert answer.redirect_chain == [(to, 302)]
    assert said in words(answer.content.decode())


@pytest.mark.parametrize("people", [["ann"], ["ann", "anne", "owner"]])
def test_two_people_have_to_be_chosen(client: Client, people: list[str]) -> None:
    answer = client.post("/many-people/", {"do": "merge", "person": people}, follow=True)

    assert "You can merge two people at a time" in answer.content.decode()


def test_a_manager_and_a_stranger_merge_nobody(scope: Scope) -> None:
    manager = signed_in(cast.person(scope.organization, username="mo", site_role="manager"))
    college = cast.organization("college")
    stranger = signed_in(cast.person(college, username="owner", site_role="owner"))

    told = [manager.get(BOTH).status_code, manager.post(BOTH, {"kept": "ann", "other": "anne"}).status_code]
    strange = stranger.post("/merge-people/", {"kept": "ann", "other": "anne"})

    assert (told, strange["Location"]) == ([403, 403], "/people/")
    assert "Merge…" not in manager.get("/people/ann/").text
    assert not Import.objects.exists()
