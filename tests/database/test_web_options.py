"""The page of a profile field: options renamed, cleared and removed."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from enlist.services.access import Scope
from enlist.services.worker import worker_run
from enlist.store.models import Condition, Import, Person, ProfileField
from tests.database import school as cast
from tests.database.test_web import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/profile-fields/house/"


@pytest.fixture
def scope(settings: Any) -> Scope:
    """A school with a choice that ann has made; names of static files as they are, for nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    here = cast.organization(settings=cast.UNBRAKED)
    field = cast.profile_field(here, "house", kind="choice", options=["Oak", "Elm", "Yew"])
    cast.person(here, username="ann", firstname="Ann", lastname="Lee", profile={str(field.pk): "Oak"})
    Condition.objects.create(organization=here, name="Elms", clauses='[["profile_field_house", "is", "Elm"]]')
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_an_option_is_renamed_by_way_of_the_preview_and_then_removed(client: Client) -> None:
    before = words(client.get(PAGE).text)
    answer = client.post(f"{PAGE}options/", {"do": "rename", "option": "Oak", "new": "Ash"})
    worker_run(lambda _: None, until_empty=True)
    page = client.get("/imports/1/preview/").text
    (shown,) = re.findall(r'name="shown" value="(\w+)"', page)
    client.post("/imports/1/apply/", {"shown": shown})
    worker_run(lambda _: None, until_empty=True)
    removed = client.post(f"{PAGE}options/", {"do": "remove", "option": "Oak"}, follow=True).text

    assert "Oak 1 – " in before
    assert "Elm 0 Elms" in before
    assert (answer["Location"], "1 person will be changed" in words(page)) == ("/imports/1/preview/", True)
    assert [*Person.objects.get(username="ann").profile.values()] == ["Ash"]
    assert "Removed the option “Oak”." in words(removed)
    assert ProfileField.objects.get().options == ["Elm", "Yew", "Ash"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "remove", "option": "Oak"}, "The option “Oak” is still used (people: 1)"),
        ({"do": "remove", "option": "Elm"}, "Conditions compare with the option “Elm”: Elms."),
        ({"do": "clear", "option": "Elm"}, "Conditions compare with the option “Elm”: Elms."),
        ({"do": "rename", "option": "Oak", "new": " "}, "Enter the new name of “Oak”."),
        ({"do": "rename", "option": "Oak", "new": "oak"}, "No two options may be the same"),
    ],
)
def test_an_impossible_change_says_why(client: Client, sent: dict[str, str], said: str) -> None:
    page = client.post(f"{PAGE}options/", sent, follow=True).text

    assert said in words(page)
    assert (ProfileField.objects.get().options, Import.objects.exists()) == (["Oak", "Elm", "Yew"], False)


def test_a_manager_sees_the_counts_and_changes_nothing(scope: Scope) -> None:
    manager = signed_in(cast.person(scope.organization, username="mo", site_role="manager"))
    page = manager.get(PAGE).text

    assert "Oak 1 –" in words(page)
    assert "options/" not in page
    assert manager.post(f"{PAGE}options/", {"do": "remove", "option": "Yew"}).status_code == 403
