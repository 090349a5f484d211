"""A new address of one's own counts once a link that was mailed to it is opened and confirmed, by its owner."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enlist.services.access import Scope
from enlist.services.accounts.invitations import invitation_link, link_show
from enlist.services.people.edit import own_details_set, person_set
from enlist.services.people.erase import person_delete
from enlist.services.people.listing import Chosen
from enlist.services.people.one_time import people_passwords
from enlist.services.worker import worker_run
from enlist.store import activity
from enlist.store.models import Account, AccountToken, Mail, Person
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.test_web import PASSWORD, _static, account, signed_in  # noqa: F401
from tests.support.postbox import Postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

SITE = "https://people.example.org"
OVER = "This link doesn’t work"


@pytest.fixture
def school(settings: Any, postbox: Postbox) -> Scope:
    """An owner, ann, a learner who signs in, and ben, whose address is his; mails are accepted."""
    settings.SITE_ADDRESS = SITE
    postbox.start()
    here = cast.organization()
    owner = cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    cast.person(here, username="ann", email="ann@x.org", firstname="Ann", lastname="Lee")
    cast.person(here, username="ben", email="ben@x.org")
    return Scope(here, owner)


def ann() -> Person:
    return Person.objects.get(username="ann")


@pytest.fixture
def client(school: Scope) -> Client:
    """Ann, signed in."""
    del school
    return signed_in(ann())


def asked(client: Client, email: str, *, current: str = PASSWORD) -> Any:
    return client.post("/my-details/address/", {"email": email, "current": current})


def mailed(box: Postbox) -> list[tuple[str, str]]:
    """The recipient and text of each mail that workers send by now."""
    worker_run(lambda _: None, until_empty=True)
    return [(to, text) for to, _, text in box.texts]


def path_of(box: Postbox) -> str:
    """The path of the link in the last mail."""
    (path,) = re.findall(rf"{SITE}(/my-details/confirm/[\w-]{{32}}/)", mailed(box)[-1][1])
    return str(path)


def test_a_new_address_counts_after_its_link_is_confirmed_and_the_old_one_gets_a_notice(
    school: Scope, client: Client, postbox: Postbox
) -> None:
    told = client.get(asked(client, " Anna@y.org ").headers["Location"]).text
    path = path_of(postbox)
    opened, before = client.get(path), (ann().email, client.get("/my-details/").text)
    confirmed = client.post(path, follow=True).text
    (to_new, link), (to_old, notice) = mailed(postbox)

    assert "If nobody else uses Anna@y.org, it gets a link now." in told
    assert ("Anna@y.org" in opened.text, before[0], "Anna@y.org" in before[1]) == (True, "ann@x.org", True)
    assert "Your e-mail address is Anna@y.org now." in confirmed
    assert (ann().email, ann().email_key) == ("Anna@y.org", "anna@y.org")
    assert (to_new, "Your username: ann" in link, to_old) == ("Anna@y.org", True, "ann@x.org")
    assert ("another e-mail address now" in notice, "y.org" in notice) == (True, False)
    [logged] = activity.latest(school, limit=1)
    assert (logged.action, logged.by, logged.fields) == ("person_changed", ann(), ["email"])
    assert [client.get(path).status_code, client.post(path).status_code] == [410, 410]
    assert (holding(path.split("/")[3]), AccountToken.objects.count()) == ([], 0)


def test_the_link_is_for_its_owner_who_has_signed_in(client: Client, postbox: Postbox) -> None:
    asked(client, "new@y.org")
    path, ben = path_of(postbox), signed_in(Person.objects.get(username="ben"))
    out, other = Client().post(path), ben.post(path)

    assert (out.status_code, out.headers["Location"]) == (302, f"/sign-in/?next={path}")
    assert (other.status_code, OVER in other.text, ann().email) == (410, True, "ann@x.org")
    assert client.post(path).status_code == 302
    assert ann().email == "new@y.org"


def test_links_of_one_purpose_do_nothing_for_another(school: Scope, client: Client, postbox: Postbox) -> None:
    asked(client, "new@y.org")
    token = path_of(postbox).split("/")[3]
    chosen = Client().post(f"/choose-password/{token}/", {"new": "walnut harbour", "again": "walnut harbour"})
    activation = invitation_link(school, username="ben")
    confirmed = signed_in(Person.objects.get(username="ben")).post(f"/my-details/confirm/{activation}/")

    assert (link_show(token), chosen.status_code, confirmed.status_code) == (None, 410, 410)
    assert Person.objects.get(username="ben").email == "ben@x.org"


def on_and_off(scope: Scope) -> None:
    for state in ("inactive", "active"):
        person_set(scope, username="ann", values={"state": state})


ENDS: dict[str, Callable[[Scope], object]] = {
    "deactivated and back": on_and_off,
    "another address": lambda scope: person_set(scope, username="ann", values={"email": "other@x.org"}),
    "a new password": lambda scope: people_passwords(scope, chosen=Chosen(["ann"])),
    "72 hours": lambda _: AccountToken.objects.update(created_at=timezone.now() - timedelta(hours=72)),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("is_sent", [True, False])
def test_a_void_link_changes_nothing_and_is_not_sent(
    end: str, is_sent: bool, school: Scope, client: Client, postbox: Postbox
) -> None:
    asked(client, "new@y.org")
    path = path_of(postbox) if is_sent else ""
    ENDS[end](school)
    Account.objects.update(must_change=False)

    if is_sent:
        answer = signed_in_again(ann()).post(path)
        assert (answer.status_code, OVER in answer.text) == (410, True)
    elif end != "72 hours":
        assert mailed(postbox) == []
    assert ann().email in ("ann@x.org", "other@x.org")


def signed_in_again(person: Person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def test_a_newer_request_replaces_the_link(client: Client, postbox: Postbox) -> None:
    asked(client, "one@y.org")
    first = path_of(postbox)
    asked(client, "two@y.org")
    second = path_of(postbox)

    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 302
    assert ann().email == "two@y.org"
    assert [to for to, _ in mailed(postbox)] == ["one@y.org", "two@y.org", "ann@x.org"]


def test_the_answer_is_the_same_for_an_address_of_somebody_else(
    school: Scope, client: Client, postbox: Postbox
) -> None:
    del school
    answers = [client.get(asked(client, email).headers["Location"]).text for email in ("ben@x.org", "ann@x.org")]

    assert ["it gets a link now." in answer for answer in answers] == [True, True]
    assert ["ben</" in answer or "“ben”" in answer for answer in answers] == [False, False]
    assert (mailed(postbox), Mail.objects.count()) == ([], 0)


def test_an_address_that_somebody_got_meanwhile_is_refused_without_a_name(client: Client, postbox: Postbox) -> None:
    asked(client, "new@y.org")
    path = path_of(postbox)
    cast.person(ann().organization, username="secret.name", email="new@y.org")
    page = client.post(path, follow=True).text

    assert ("Somebody else has “new@y.org” already." in page, "secret.name" in page) == (True, False)
    assert ann().email == "ann@x.org"


@pytest.mark.parametrize(
    ("email", "current", "said"),
    [
        ("new@y.org", "wrong", "The current password is wrong."),
        ("new@@y.org", PASSWORD, "new@@y.org"),
        ("", PASSWORD, "This field is required."),
    ],
)
def test_a_wrong_password_or_address_mails_nothing(
    email: str, current: str, said: str, client: Client, postbox: Postbox
) -> None:
    answer = asked(client, email, current=current)

    assert (answer.status_code, said in answer.text, PASSWORD in answer.text) == (422, True, False)
    assert (mailed(postbox), AccountToken.objects.count()) == ([], 0)


def test_three_requests_are_answered_then_one_an_hour(client: Client, postbox: Postbox) -> None:
    answers = [asked(client, f"n{number}@y.org").status_code for number in range(4)]

    assert answers == [302, 302, 302, 429]
    assert len(mailed(postbox)) == 1


def test_without_a_mail_server_the_form_says_so(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    answer = asked(client, "new@y.org")

    assert (answer.status_code, "can&#x27;t send mails" in answer.text) == (422, True)
    assert AccountToken.objects.count() == 0


def test_an_erased_person_leaves_no_address_behind(school: Scope, client: Client, postbox: Postbox) -> None:
    asked(client, "unique.new@y.org")
    assert client.post(path_of(postbox)).status_code == 302
    person_set(school, username="ann", values={"state": "inactive"})
    person_delete(school, username="ann", confirm="ann")

    assert holding("unique.new@y.org") == []


def test_a_unique_value_of_somebody_else_is_refused_without_their_name(school: Scope) -> None:
    field = cast.profile_field(school.organization, "badge", unique=True)
    person_set(school, username="ben", values={"profile_field_badge": "7"})
    page = signed_in(ann()).post(
        "/my-details/edit/",
        {"firstname": "Ann", "lastname": "Lee", "profile_field_badge": "7", "initial-profile_field_badge": ""},
    )

    assert (page.status_code, "Somebody else has “7” already." in page.text) == (422, True)
    assert "“ben”" not in page.text
    assert str(field.pk) not in ann().profile
    own_details_set(Scope(school.organization, ann()), values={"profile_field_badge": "8"})
    assert ann().profile[str(field.pk)] == "8"
