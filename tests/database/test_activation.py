"""Activation links: they work once, for the right person, for a limited time, and appear nowhere."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from enlist.cli import invitations as commands
from enlist.cli.session import Session
from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.services.access import Scope
from enlist.services.accounts.invitations import address_of, invitation_link, link_show, link_use
from enlist.services.imports.plan import import_apply, import_undo_plan
from enlist.services.people.cards import cards_make
from enlist.services.people.edit import person_set
from enlist.services.people.erase import person_delete
from enlist.services.people.listing import Chosen, person_list
from enlist.services.people.one_time import people_passwords
from enlist.services.retention.expiry import retention_change
from enlist.store import activity
from enlist.store.models import Account, AccountToken, Person
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.imports import HEAD, imported
from tests.database.test_web import _static, signed_in  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

NEW = "walnut harbour"
OVER = "This link doesn’t work"


@pytest.fixture
def school() -> Scope:
    """An owner, and ann, who was created by import 1."""
    here = cast.organization(settings=cast.UNBRAKED)
    owner = cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    imported(Scope(here, owner), f"{HEAD}\nann,Ann,Lee,ann@x.org")
    return Scope(here, owner)


def path(token: str) -> str:
    return reverse("choose-password", kwargs={"token": token})


def chosen(token: str, *, new: str = NEW, client: Client | None = None) -> Any:
    return (client or Client()).post(path(token), {"new": new, "again": new})


@pytest.mark.spec("IC-11", "TM-09")
def test_a_link_is_opened_any_number_of_times_and_used_once(school: Scope) -> None:
    token, client = invitation_link(school, username="ann"), Client()
    pages = [Client().get(path(token)) for _ in range(3)]
    done = chosen(token, client=client)
    again = [Client().get(path(token)), chosen(token, new="another harbour")]

    assert [page.status_code for page in pages] == [200] * 3
    assert "Ann Lee" in pages[0].text
    assert "<bdi>ann</bdi>" in pages[0].text
    assert (done.status_code, done.headers["Location"]) == (302, "/my-courses/")
    assert client.get("/my-courses/").status_code == 200
    assert [(page.status_code, OVER in page.text) for page in again] == [(410, True)] * 2
    assert Account.objects.get(person__username="ann").check_password(NEW)
    assert [each.action for each in activity.latest(school, limit=2)] == ["account_activated", "link_made"]


def undone(scope: Scope) -> None:
    import_apply(scope, plan=import_undo_plan(scope, number=1))


def on_and_off(scope: Scope) -> None:
    for state in ("inactive", "active"):
        person_set(scope, username="ann", values={"state": state})


def to_and_fro(scope: Scope) -> None:
    for email in ("anna@x.org", "ann@x.org"):
        person_set(scope, username="ann", values={"email": email})


def erased(scope: Scope) -> None:
    person_set(scope, username="ann", values={"state": "inactive"})
    person_delete(scope, username="ann", confirm="ann")


def aged(scope: Scope) -> None:
    retention_change(scope, links=3)
    AccountToken.objects.update(created_at=timezone.now() - timedelta(days=3))


ENDS: dict[str, Callable[[Scope], object]] = {
    "replaced": lambda scope: invitation_link(scope, username="ann"),
    "expired": aged,
    "address changed": lambda scope: person_set(scope, username="ann", values={"email": "anna@x.org"}),
    "address changed and back": to_and_fro,
    "address changed by an import": lambda scope: imported(scope, "username,email\nann,anna@x.org"),
    "deactivated": lambda scope: person_set(scope, username="ann", values={"state": "inactive"}),
    "deactivated and back": on_and_off,
    "import undone": undone,
    "erased": erased,
    "one-time password": lambda scope: people_passwords(scope, chosen=Chosen(["ann"])),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_void_link_opens_nothing_and_says_only_that(end: str, school: Scope) -> None:
    token = invitation_link(school, username="ann")
    assert link_show(token) is not None
    ENDS[end](school)
    had = list(Account.objects.values_list("password", flat=True))
    answers = [Client().get(path(token)), chosen(token), Client().get(path("A" * 32)), chosen("never made")]

    assert [answer.status_code for answer in answers] == [410] * 4
    texts = {re.sub(r'value="\w{64}"', "", answer.text) for answer in answers}
    assert len(texts) == 1
    assert list(Account.objects.values_list("password", flat=True)) == had
    with pytest.raises(PolicyError, match="This link doesn't work"):
        link_use(token, password=NEW)


def test_a_link_lasts_as_long_as_the_organisation_says(school: Scope) -> None:
    token = invitation_link(school, username="ann")
    AccountToken.objects.update(created_at=timezone.now() - timedelta(days=13, hours=23))

    assert link_show(token) is not None
    AccountToken.objects.update(created_at=timezone.now() - timedelta(days=14))
    assert link_show(token) is None


def test_of_fifty_uses_at_once_one_succeeds(school: Scope, settings: Any) -> None:
    # A hash that takes no time lets all of them come to the link at once.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    token, start = invitation_link(school, username="ann"), Barrier(50)

    def used(number: int) -> str:
        try:
            start.wait()
            link_use(token, password=f"walnut harbour {number}")
        except PolicyError as error:
            return error.code
        finally:
            connections.close_all()
        return str(number)

    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(used, range(50)))

    (won,) = set(told) - {"link_over"}
    assert told.count("link_over") == 49
    assert Account.objects.get().check_password(f"walnut harbour {won}")


WAYS: dict[str, Callable[[Scope], str]] = {
    "link": lambda scope: invitation_link(scope, username="ann"),
    "cards": lambda scope: "".join(card.token for card in cards_make(scope, chosen=Chosen(["ann"])).cards),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_link_made_while_somebody_activates_replaces_no_password(way: str, school: Scope, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    start = Barrier(2)

    def done(work: Callable[[], object]) -> str:
        try:
            start.wait()
            return str(work())
        except PolicyError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(30):
            Account.objects.all().delete()
            token = invitation_link(school, username="ann")
            used = pool.submit(done, lambda token=token: link_use(token, password=NEW))  # type: ignore[misc]
            made = pool.submit(done, lambda: WAYS[way](school)).result()
            if used.result() != "link_over":
                assert link_show(made) is None
                assert done_alone(made) == "link_over"
                assert Account.objects.get().check_password(NEW)


def done_alone(token: str) -> str:
    with pytest.raises(PolicyError) as error:
        link_use(token, password="another harbour")
    return error.value.code


@pytest.mark.parametrize(
    ("role", "new", "said"),
    [
        ("learner", "walnuts", "at least 8 characters"),
        ("learner", "walnut8b", ""),
        ("admin", "walnut8b", "at least 12 characters"),
        ("admin", "walnut harbour", ""),
        ("learner", "password123", "too common"),
        ("learner", "ann@x.org", "too similar"),
    ],
)
def test_the_rules_of_passwords_are_length_by_role_and_no_common_ones(
    role: str, new: str, said: str, school: Scope
) -> None:
    Person.objects.filter(username="ann").update(site_role=role)
    answer = chosen(invitation_link(school, username="ann"), new=new)

    assert (answer.status_code, said in answer.text) == (422 if said else 302, True)
    assert AccountToken.objects.exists() is bool(said)
    assert f'value="{new}"' not in answer.text


def test_links_are_only_for_people_who_cannot_sign_in_yet(school: Scope) -> None:
    admin = Scope(school.organization, cast.person(school.organization, username="adm", site_role="admin"))
    cast.person(school.organization, username="idle", state="inactive")
    link_use(invitation_link(school, username="ann"), password=NEW)

    with pytest.raises(PolicyError, match="ann has a password already"):
        invitation_link(school, username="ann")
    with pytest.raises(PolicyError, match="idle isn't active"):
        invitation_link(school, username="idle")
    with pytest.raises(NotAllowed, match="owner is in the team"):
        invitation_link(admin, username="owner")
    college = cast.organization("college")
    stranger = Scope(college, cast.person(college, username="stan", site_role="owner"))
    with pytest.raises(NotFound):
        invitation_link(stranger, username="ann")


def test_the_page_of_a_person_makes_a_link_and_shows_it_once(school: Scope) -> None:
    assert school.actor
    owner, manager = (
        signed_in(school.actor),
        signed_in(cast.person(school.organization, username="max", site_role="manager")),
    )
    before = owner.get("/people/ann/").text
    page = owner.post("/people/ann/link/").text
    (address,) = re.findall(r"http://testserver(/choose-password/[\w-]+/)", page)
    after = owner.get("/people/ann/").text

    assert ("/people/ann/link/" in before, "works until" in before) == (True, False)
    assert ("/people/ann/link/" in after, "works until" in after) == (True, True)
    assert address not in after
    assert "/people/ann/link/" not in manager.get("/people/ann/").text
    refused = manager.post("/people/ann/link/")
    assert (refused.status_code, "choose-password" in refused.text) == (403, False)
    assert Client().post(address, {"new": NEW, "again": NEW}).status_code == 302
    assert "/people/ann/link/" not in owner.get("/people/ann/").text


def test_the_command_prints_a_link(school: Scope, settings: Any) -> None:
    settings.SITE_ADDRESS = "https://people.example.org"
    typed = CliRunner().invoke(commands.app, ["link", "ann"], obj=Session())
    token = typed.output.strip().removeprefix("https://people.example.org/choose-password/").removesuffix("/")

    assert typed.output.strip() == address_of(token)
    assert path(token) == f"/choose-password/{token}/"
    assert link_show(token) is not None


def test_a_token_is_in_no_table_file_log_or_header(school: Scope, caplog: pytest.LogCaptureFixture) -> None:
    assert school.actor
    owner = signed_in(school.actor)
    with caplog.at_level("DEBUG"):
        page = owner.post("/people/ann/link/").text
        (token,) = re.findall(r"/choose-password/([\w-]+)/", page)
        made = holding(token)
        opened, done = Client().get(path(token)), chosen(token)
        chosen(token)

    assert len(token) == 32
    assert (made, holding(token), holding(NEW)) == ([], [], [])
    told = "".join(
        f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name != "django.db.backends"
    )
    assert (token in told, NEW in told) == (False, False)
    assert token not in str(done.headers)
    assert opened.headers["Referrer-Policy"] == "same-origin"
    assert "choose-password/<str:token>/" in told


def test_people_who_cannot_sign_in_yet_are_shown_as_not_yet_activated(school: Scope) -> None:
    assert school.actor
    owner = signed_in(school.actor)
    cast.person(school.organization, username="idle", state="inactive")
    found = {each.username: each.status for each in person_list(school).people}
    pages = [owner.get(address).text for address in ("/people/?state=not_activated", "/people/ann/")]
    link_use(invitation_link(school, username="ann"), password=NEW)
    after = [owner.get(address).text for address in ("/people/?state=not_activated", "/people/ann/")]

    assert found == {"ann": "not_activated", "idle": "inactive", "owner": "active"}
    assert ["Not yet activated" in page and "Ann" in page for page in pages] == [True, True]
    assert ["Ann" in page for page in after] == [False, True]
    assert "Not yet activated" not in after[1]
