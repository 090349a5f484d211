"""The first run: a one-time address, the first owner, the demo school or an own file."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import connections
from django.test import Client

from enlist.core.errors import PolicyError
from enlist.services.access import MACHINE, Scope
from enlist.services.setup import first_run
from enlist.services.setup.first_run import Checklist, set_up, set_up_token_new
from enlist.store.models import Account, Organization, Person
from enlist.store.secrets import set_up_token
from tests.database import school as cast
from tests.database.test_web import _static  # noqa: F401
from tests.support.forms import Fields

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "operations"]),
    pytest.mark.usefixtures("_static"),
]

PASSWORD = "plum tractor sings"
OWNER = {"firstname": "Tamar", "lastname": "Beridze", "email": "Tamar.Beridze@x.example"}
SENT = {"organization": "Northfield School", **OWNER, "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """A folder of the site's own."""
    settings.HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


def token() -> str:
    made = set_up_token_new()
    assert made
    return made


def test_the_address_sets_up_an_organisation_and_its_owner_once(home: Path) -> None:
    address = f"/set-up/{token()}/"
    client = Client()
    (form,) = Fields(client.get(address).text).forms
    assert form.keys() >= SENT.keys()

    done = client.post(address, SENT, follow=True)

    assert done.redirect_chain == [("/imports/", 302)]
    assert "What else to set up" in done.text
    owner = Person.objects.get()
    assert (owner.username, owner.site_role, owner.email) == ("tamar.beridze", "owner", OWNER["email"])
    assert Organization.objects.get().name == "Northfield School"
    assert authenticate(None, login_key=f"{owner.organization_id}:tamar.beridze", password=PASSWORD)
    assert not Account.objects.get().must_change
    again = Client().get(address)
    assert (again.status_code, "It was used already" in again.text) == (200, True)
    assert "It was used already" in Client().post(address, SENT).text
    assert set_up_token_new() is None
    assert not list(home.glob("set_up_token*"))


def test_only_a_hash_of_the_token_is_stored(home: Path) -> None:
    made = token()

    assert made not in (home / "set_up_token").read_text("ascii")
    assert (home / "set_up_token").stat().st_mode & 0o077 == 0


def test_after_an_hour_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    old = token()
    later = time.time() + set_up_token.SECONDS
    monkeypatch.setattr(time, "time", lambda: later)

    assert "older" in Client().get(f"/set-up/{old}/").text
    with pytest.raises(PolicyError):
        set_up(old, organization="X", owner=OWNER, password=PASSWORD)
    assert not Person.objects.exists()


def test_a_new_address_replaces_the_old_one() -> None:
    old, new = token(), token()

    assert [first_run.set_up_state(each) for each in (old, new, "nonsense")] == ["unknown", "valid", "unknown"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "password1234", "again": "password1234"}, "too common"),
        ({"password": "short", "again": "short"}, "at least 12"),
        ({"again": "something else entirely"}, "The passwords differ."),
        ({"organization": " "}, "required"),
        ({"email": "no address"}, "“no address”"),
    ],
)
def test_wrong_values_are_marked_and_the_address_still_works(wrong: dict[str, str], said: str) -> None:
    address = f"/set-up/{token()}/"

    refused = Client().post(address, {**SENT, **wrong})

    assert (refused.status_code, said in refused.text) == (422, True)
    assert not Person.objects.exists()
    assert Client().post(address, SENT).status_code == 302


def test_of_two_set_ups_at_once_one_wins() -> None:
    made = token()

    def one(name: str) -> str:
        try:
            set_up(made, organization=name, owner={**OWNER, "email": f"{name}@x.example"}, password=PASSWORD)
        except PolicyError as error:
            return error.code
        finally:
            connections.close_all()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(one, ["a", "b"]))

    assert results == ["set_up_over", "won"]
    assert Person.objects.count() == Organization.objects.count() == 1


def test_an_organisation_that_exists_gets_an_owner() -> None:
    here = cast.organization()
    cast.person(here, username="tamar.beridze", site_role="owner")

    set_up(token(), organization="Renamed", owner=OWNER, password=PASSWORD)

    assert Organization.objects.get().name == "Renamed"
    assert sorted(Person.objects.values_list("username", flat=True)) == ["tamar.beridze", "tamar.beridze2"]


def test_demo_data_come_beside_the_owner_once() -> None:
    set_up(token(), organization="Northfield", owner=OWNER, password=PASSWORD)
    scope = Scope(Organization.objects.get(), MACHINE)
    bare = first_run.checklist(scope)

    # Somebody of the demo school has the owner's username.
    assert first_run.demo_add(scope) == 399
    assert first_run.demo_add(scope) == 0
    assert bare == Checklist(mail=False, fields=False, courses=False, team=False)
    assert first_run.checklist(scope) == Checklist(mail=False, fields=True, courses=True, team=True)
