"""One-time passwords for people of the directory: shown once, or mailed."""

import logging
from email import message_from_bytes
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connections

from enlist.core.errors import NotAllowed, PolicyError
from enlist.services.access import Scope
from enlist.services.people import one_time
from enlist.services.people.listing import Chosen, Wanted
from enlist.services.people.one_time import SignInFacts, people_passwords, sign_in_facts
from enlist.store.models import Account, Activity, Person
from tests.database import school as cast
from tests.database.test_web import _static, signed_in  # noqa: F401
from tests.support.postbox import Postbox

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "operations"]),
    pytest.mark.usefixtures("_static"),
]

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"site_role": "owner"},
    "owner2": {"site_role": "owner"},
    "admin": {"site_role": "admin"},
    "admin2": {"site_role": "admin"},
    "manager": {"site_role": "manager"},
    "ann": {"email": "ann@x.example", "firstname": "Ann", "lastname": "Lee"},
    "bob": {"email": "bob@x.example"},
    "cem": {},
    "idle": {"state": "inactive"},
}


@pytest.fixture(autouse=True)
def cheap(settings: Any) -> None:
    """Hashes that take no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def scope() -> Scope:
    here = cast.organization()
    made = {name: cast.person(here, username=name, **fields) for name, fields in PEOPLE.items()}
    cast.person(cast.organization("college"), username="stranger")
    return Scope(here, made["owner"])


def acting(scope: Scope, username: str) -> Scope:
    return Scope(scope.organization, Person.objects.get(username=username))


def test_they_work_once_and_are_stored_as_hashes(scope: Scope) -> None:
    before = Account.objects.create(
        organization=scope.organization, person=Person.objects.get(username="bob"), login_key="b", password="old"
    )

    renewed = people_passwords(scope, chosen=Chosen(["ann", "bob"]))

    named = [(one.username, one.firstname, one.lastname) for one in renewed.shown]
    assert named == [("ann", "Ann", "Lee"), ("bob", "", "")]
    assert (renewed.mailed, renewed.kept) == (0, [])
    accounts = {each.person.username: each for each in Account.objects.all() if each.person}
    assert accounts["bob"].pk == before.pk
    assert [check_password(one.password, accounts[one.username].password) for one in renewed.shown] == [True, True]
    assert {each.must_change for each in accounts.values()} == {True}
    assert list(Activity.objects.values_list("action", flat=True)) == ["password_made", "password_made"]
    assert sign_in_facts(scope, username="ann") == SignInFacts(has_password=True, must_change=True)
    assert sign_in_facts(scope, username="cem") == SignInFacts()


def test_those_with_an_address_get_a_mail(scope: Scope, postbox: Postbox) -> None:
    postbox.start()

    renewed = people_passwords(scope, chosen=Chosen(["ann", "bob", "cem"]), mail=True)

    assert ([one.username for one in renewed.shown], renewed.mailed) == (["cem"], 2)
    assert [message_from_bytes(each)["To"] for each in postbox.got] == ["ann@x.example", "bob@x.example"]


def test_without_a_mail_server_they_are_shown(scope: Scope, postbox: Postbox) -> None:
    renewed = people_passwords(scope, chosen=Chosen(["ann", "bob"]), mail=True)
    postbox.start()

    assert ([one.username for one in renewed.shown], renewed.mailed, postbox.got) == (["ann", "bob"], 0, [])


@pytest.mark.parametrize(
    ("who", "kept"),
    [
        ("owner", ["idle", "owner"]),
        ("admin", ["admin", "admin2", "idle", "owner", "owner2"]),
    ],
)
def test_accounts_that_one_may_not_change_keep_theirs(scope: Scope, who: str, kept: list[str]) -> None:
    renewed = people_passwords(acting(scope, who), chosen=Chosen([*PEOPLE, "stranger"]))

    assert renewed.kept == kept
    assert {one.username for one in renewed.shown} == {*PEOPLE} - {*kept}


def test_who_joined_the_team_meanwhile_keeps_theirs(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    def hashed(password: str) -> str:
        Person.objects.filter(username="ann").update(site_role="owner")
        connections.close_all()
        return password

    monkeypatch.setattr(one_time, "make_password", hashed)

    assert people_passwords(acting(scope, "admin"), chosen=Chosen(["ann"])).kept == ["ann"]


def test_nobody_and_too_many_are_refused(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_time, "MOST", 2)
    for chosen in (Chosen(), Chosen(["nobody"] * 3), Chosen(wanted=Wanted(state="active"))):
        with pytest.raises(PolicyError):
            people_passwords(scope, chosen=chosen)

    assert not Account.objects.exists()


def test_managers_set_none(scope: Scope) -> None:
    manager = signed_in(Person.objects.get(username="manager"))

    with pytest.raises(NotAllowed):
        people_passwords(acting(scope, "manager"), chosen=Chosen(["ann"]))
    assert [manager.post("/many-people/", {"do": "passwords", "person": "ann"}).status_code] == [403]
    assert not [path for path in ("/people/", "/people/ann/") if "One-time password" in manager.get(path).text]


def test_the_page_asks_first_and_shows_them_once(scope: Scope, caplog: pytest.LogCaptureFixture) -> None:
    assert scope.actor
    client, form = signed_in(scope.actor), {"do": "passwords", "person": ["ann", "cem"], "chosen": "ticked"}
    asked = client.post("/many-people/", form)
    assert (asked.status_code, "2 people get new passwords" in asked.text) == (200, True)
    assert not Account.objects.exclude(person=scope.actor).exists()

    with caplog.at_level(logging.DEBUG):
        shown = client.post("/many-people/", {**form, "how": "show"})

    hashes = list(Account.objects.exclude(person=scope.actor).values_list("password", flat=True))
    words = shown.text.replace("<", " ").replace(">", " ").split()
    passwords = [word for word in words if len(word) == 14 and any(check_password(word, hash_) for hash_ in hashes)]
    assert (len(passwords), shown["Cache-Control"]) == (2, "no-store")
    assert not any(password in caplog.text for password in passwords)


def test_the_page_refuses_nobody(scope: Scope) -> None:
    assert scope.actor
    answer = signed_in(scope.actor).post("/many-people/", {"do": "passwords", "how": "show"}, follow=True)

    assert "You chose nobody" in answer.text
