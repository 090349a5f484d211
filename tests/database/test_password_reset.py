"""Forgotten passwords: a link by mail for people with an account, the same answer for everybody."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enlist.services.access import Scope
from enlist.services.accounts.invitations import invitation_link, link_show, link_use
from enlist.services.accounts.password_reset import password_requests_queue
from enlist.services.people.edit import person_set
from enlist.services.people.listing import person_mails
from enlist.services.worker import worker_run
from enlist.store import activity
from enlist.store.models import Account, AccountToken, Mail, Person
from enlist.store.operations.models import FailedAttempts, PasswordRequest
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.test_web import PASSWORD, _static, account  # noqa: F401
from tests.support.postbox import Postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

NEW = "walnut harbour"
SITE = "https://people.example.org"


@pytest.fixture
def school(settings: Any) -> Scope:
    """An owner; ann, who has a password; ben and cyd, who don't; dan, who is inactive; two who share an address."""
    settings.SITE_ADDRESS = SITE
    here = cast.organization()
    owner = cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    for name, state in (("ann", "active"), ("dan", "inactive")):
        account(cast.person(here, username=name, email=f"{name}@x.org", state=state))
    for name in ("ben", "cyd"):
        cast.person(here, username=name, email=f"{name}@x.org")
    for name in ("eve", "eva"):
        account(cast.person(here, username=name, email="both@x.org", email_claim=None))
    college = cast.organization("college")
    account(cast.person(college, username="stan", email="stan@x.org"))
    return Scope(here, owner)


def asked(name: str, *, network: str = "10.0.0.1") -> tuple[int, str]:
    """The answer to somebody who forgot a password, without what is new in every answer."""
    browser = Client(REMOTE_ADDR=network)
    page = browser.post("/forgot-password/", {"organization": "school", "name": name})
    return page.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.text)


def mailed(box: Postbox) -> list[tuple[str, str, str]]:
    """To, Message-ID and token of each mail that workers send by now."""
    worker_run(lambda _: None, until_empty=True)
    found = [re.findall(rf"{SITE}/choose-password/([\w-]{{32}})/", text) for *_, text in box.texts]
    return [(to, message, token) for (to, message, _), (token,) in zip(box.texts, found, strict=True)]


def due_now() -> None:
    """As if the time had passed after which a worker may take the mails."""
    Mail.objects.update(due_at=timezone.now() - timedelta(seconds=1), taken_at=None)


@pytest.mark.parametrize("name", ["ann", "ANN@x.org"])
def test_a_person_gets_a_link_and_chooses_a_new_password(name: str, school: Scope, postbox: Postbox) -> None:
    postbox.start()
    elsewhere, browser = Client(), Client()
    sign_in = {"organization": "school", "name": "ann", "password": PASSWORD}
    assert elsewhere.post("/sign-in/", sign_in).status_code == 302
    assert asked(name)[0] == 200
    ((to, _, token),) = mailed(postbox)
    opened = browser.get(f"/choose-password/{token}/")
    done = browser.post(f"/choose-password/{token}/", {"new": NEW, "again": NEW})

    assert (to, opened.status_code, "Choose a new password" in opened.text) == ("ann@x.org", 200, True)
    assert (done.status_code, browser.get("/my-courses/").status_code) == (302, 200)
    assert elsewhere.get("/my-courses/").status_code == 302
    assert Account.objects.get(person__username="ann").check_password(NEW)
    assert [each.action for each in activity.latest(school, limit=1)] == ["password_reset"]
    assert Client().get(f"/choose-password/{token}/").status_code == 410
    assert (holding(token), PasswordRequest.objects.count()) == ([], 0)


def test_the_answer_and_its_work_are_the_same_for_everybody(school: Scope) -> None:
    invitation_link(school, username="cyd")
    answers, work = set(), set()
    names = (
        "ann",
        "ann@x.org",
        "ben",
        "ben@x.org",
        "cyd",
        "dan",
        "dan@x.org",
        "both@x.org",
        "stan",
        "nobody",
        "n@x.org",
    )
    for number, name in enumerate(names):
        with (
            CaptureQueriesContext(connections["default"]) as directory,
            CaptureQueriesContext(connections["operations"]) as rest,
        ):
            answers.add(asked(name, network=f"10.0.0.{number}"))
        queries = {id(each): each["sql"].split()[0] for each in (*directory, *rest)}
        work.add((("@" in name), *sorted(Counter(queries.values()).items())))

    assert len(answers) == 1
    assert len(work) == 2, "an address takes one more query than a username, for everybody"


def test_only_people_with_a_password_or_an_earlier_link_get_a_mail(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    invitation_link(school, username="cyd")
    AccountToken.objects.update(created_at=timezone.now() - timedelta(days=20))
    for name in ("ann", "ben", "cyd", "dan", "both@x.org", "stan", "nobody"):
        asked(name)

    assert [to for to, *_ in mailed(postbox)] == ["ann@x.org", "cyd@x.org"]
    shown = [link_show(token) for *_, token in mailed(postbox)]
    assert [each and (each.username, each.is_reset) for each in shown] == [("ann", True), ("cyd", False)]


def test_a_new_link_replaces_the_old_one_and_lasts_72_hours(school: Scope, postbox: Postbox) -> None:
    del school
    postbox.start()
    for _ in range(2):
        asked("ann")
        mailed(postbox)
    first, second = (token for *_, token in mailed(postbox))
    assert (link_show(first), link_show(second) is not None) == (None, True)
    AccountToken.objects.update(created_at=timezone.now() - timedelta(hours=72))

    assert link_show(second) is None


def test_another_address_makes_a_link_void_before_and_after_the_mail(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    asked("ann")
    ((_, _, token),) = mailed(postbox)
    person_set(school, username="ann", values={"email": "anna@x.org"})

    assert link_show(token) is None
    postbox.answers.append("451 later")
    asked("ann", network="10.0.0.2")
    mailed(postbox)
    person_set(school, username="ann", values={"email": "ann@x.org"})
    due_now()
    assert len(mailed(postbox)) == 1
    assert Mail.objects.get().state == "dropped"


def test_three_requests_are_answered_from_one_place_and_for_one_mailbox(school: Scope, postbox: Postbox) -> None:
    del school
    postbox.start()
    assert [asked("ann")[0] for _ in range(4)] == [200, 200, 200, 429]
    assert [asked("nobody")[0] for _ in range(4)] == [200, 200, 200, 429]
    # By another name, and from another network: nobody else can keep ann from asking, but her mailbox isn't filled.
    assert [asked(name, network="10.0.0.2")[0] for name in ("ann", "ann@x.org")] == [200, 200]

    assert len(mailed(postbox)) == 1, "of those that wait, the last one counts"
    assert [asked("ann", network=f"10.0.0.{number}")[0] for number in (3, 4)] == [200, 200]
    assert len(mailed(postbox)) == 1
    assert not PasswordRequest.objects.exists()
    kept = "".join(str(vars(each)) for each in FailedAttempts.objects.all())
    assert [word for word in ("ann", "10.0.0.1") if word in kept] == []


def test_a_mail_that_fails_is_sent_again_unchanged(school: Scope, postbox: Postbox) -> None:
    del school
    asked("ann")
    # The server is down, and people see no difference.
    assert mailed(postbox) == []
    assert asked("nobody")[0] == asked("ben")[0] == 200
    kept = AccountToken.objects.get().hash
    postbox.start()
    for answer in ("451 later", "250 OK"):
        due_now()
        postbox.answers = [answer] if answer.startswith("4") else []
        worker_run(lambda _: None, until_empty=True)
    # As if the worker had died before it noted that the mail server took it.
    Mail.objects.update(state="due")
    due_now()
    first, second = mailed(postbox)

    assert first == second
    assert AccountToken.objects.get().hash == kept
    assert link_show(first[2]) is not None


def test_several_workers_queue_one_mail(school: Scope, postbox: Postbox) -> None:
    del school
    postbox.start()
    asked("ann")

    def worked(_: int) -> None:
        try:
            password_requests_queue()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worked, range(4)))
    assert Mail.objects.get().edition == 1
    assert len(mailed(postbox)) == 1


def test_a_request_whose_worker_died_before_it_was_forgotten_gets_no_second_mail(
    school: Scope, postbox: Postbox
) -> None:
    del school
    postbox.start()
    asked("ann")
    request = PasswordRequest.objects.get()
    ((_, _, token),) = mailed(postbox)
    link_use(token, password=NEW)
    request.save(force_insert=True)

    assert len(mailed(postbox)) == 1
    assert (link_show(token), PasswordRequest.objects.count()) == (None, 0)


def test_the_mail_is_in_the_persons_language(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    here = school.organization
    here.settings = {**here.settings, "invitations": {"reply_to": "office@x.org"}}
    here.save()
    Person.objects.filter(username="ann").update(lang="de_at")
    asked("ann")
    ((_, _, token),) = mailed(postbox)
    (mail,) = [message_from_bytes(each) for each in postbox.got]

    assert (mail["Subject"], mail["Reply-To"]) == ("Neues Passwort bei School", "office@x.org")
    assert f"Neues Passwort wählen:\n{SITE}/choose-password/{token}/\n" in postbox.texts[0][2].replace("\r", "")
    assert person_mails(school, username="ann")[0].state == "sent"


def test_old_requests_are_forgotten(school: Scope, postbox: Postbox) -> None:
    del school
    postbox.start()
    asked("ann")
    PasswordRequest.objects.update(created_at=timezone.now() - timedelta(days=2))

    assert (mailed(postbox), PasswordRequest.objects.count()) == ([], 0)
