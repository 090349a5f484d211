"""One-time passwords for people of the directory: shown once, or mailed."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connections
from django.utils import timezone

from enlist.core.errors import NotAllowed, PolicyError
from enlist.services.access import Scope
from enlist.services.people import one_time
from enlist.services.people.listing import Chosen, Wanted, person_mails
from enlist.services.people.one_time import SignInFacts, people_passwords, sign_in_facts
from enlist.services.worker import worker_run
from enlist.store.models import Account, Activity, Mail, Person
from tests.database import school as cast
from tests.database.everything import holding
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


def mailed(box: Postbox, *, label: str = "Your one-time password") -> dict[str, str]:
    """The last password that each person was mailed by now, by username."""
    worker_run(lambda _: None, until_empty=True)
    found = [(to, re.findall(rf"{label}: (\S+)", text)) for to, _, text in box.texts]
    return {to.partition("@")[0]: password for to, (password,) in found}


def signs_in(username: str, password: str) -> bool:
    return check_password(password, Account.objects.get(person__username=username).password)


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
    passwords = mailed(postbox)
    assert {name: signs_in(name, password) for name, password in passwords.items()} == {"ann": True, "bob": True}
    assert {each.sealed for each in Mail.objects.all()} == {""}
    assert [holding(password) for password in passwords.values()] == [[], []]


def test_a_newer_password_is_another_message_and_an_older_one_is_never_sent(scope: Scope, postbox: Postbox) -> None:
    people_passwords(scope, chosen=Chosen(["ann", "bob"]), mail=True)
    people_passwords(scope, chosen=Chosen(["ann"]), mail=True)
    people_passwords(scope, chosen=Chosen(["bob"]))
    postbox.start()
    first = mailed(postbox)
    people_passwords(scope, chosen=Chosen(["ann"]), mail=True)
    second = mailed(postbox)

    assert ([*first], [*second]) == (["ann"], ["ann"])
    assert (signs_in("ann", first["ann"]), signs_in("ann", second["ann"])) == (False, True)
    assert len({message for _, message, _ in postbox.texts}) == 2
    assert [each.state for each in Mail.objects.order_by("person__username")] == ["sent", "dropped"]


def test_a_server_that_is_away_or_refuses_an_address_loses_none(scope: Scope, postbox: Postbox) -> None:
    postbox.refused = {"ann": "550 no such mailbox"}
    people_passwords(scope, chosen=Chosen(["ann", "bob"]), mail=True)
    assert mailed(postbox) == {}
    assert person_mails(scope, username="bob")[0].problem == "The mail server doesn't answer; Enlist tries again."
    Mail.objects.update(due_at=timezone.now() - timedelta(seconds=1), taken_at=None)
    postbox.start()
    page = "" if not mailed(postbox) else signed_in(Person.objects.get(username="owner")).get("/people/ann/").text

    assert [to for to, *_ in postbox.texts] == ["bob@x.example"]
    shown = [(each.purpose, each.state, each.problem) for each in person_mails(scope, username="ann")]
    assert shown == [("one_time", "refused", "The mail server refused the address.")]
    assert ("Not delivered" in page, "The mail server refused the address." in page) == (True, True)


def test_the_mail_is_in_the_persons_language(scope: Scope, postbox: Postbox) -> None:
    postbox.start()
    Person.objects.filter(username="ann").update(lang="fr")
    people_passwords(scope, chosen=Chosen(["ann"]), mail=True)

    assert signs_in("ann", mailed(postbox, label="Votre mot de passe à usage unique")["ann"])


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
