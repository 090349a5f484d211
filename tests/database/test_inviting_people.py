"""Invite people later: one, some, or all of an import; their state, resending, preview and test."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner, Result

from enlist.cli import invitations as commands
from enlist.cli.session import Session
from enlist.core.errors import EnlistError, NotAllowed, PolicyError
from enlist.services.access import Scope
from enlist.services.accounts.invitations import link_show, link_use
from enlist.services.people.edit import person_set
from enlist.services.people.erase import person_delete
from enlist.services.people.inviting import (
    Invited,
    import_invite,
    import_invited,
    invitation_show,
    invitation_test,
    invitations_list,
    people_invite,
)
from enlist.services.people.listing import Chosen, Wanted
from enlist.store import activity
from enlist.store.models import AccountToken, Import, Mail, Person
from tests.database import school as cast
from tests.database.imports import HEAD
from tests.database.test_inviting import NEW, body, imported, mails_in, school, states, token_in, worked  # noqa: F401
from tests.database.test_web import signed_in
from tests.database.test_web_import import _static  # noqa: F401
from tests.support.postbox import Postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

PEOPLE = "ben,Ben,Osei,ben@x.org\ncyd,Cyd,Ito,cyd@x.org\ndee,Dee,Lin,\nno,N,O,nobody@x.org"


@pytest.fixture
def later(school: Scope, postbox: Postbox) -> Scope:  # noqa: F811
    """Import 1 created ben, cyd, dee without an address, and no, whose address is refused; it invited nobody."""
    postbox.start()
    imported(school, f"{HEAD}\n{PEOPLE}", settings=["invite=never", "missing_email=warn"])
    return school


@pytest.fixture
def client(later: Scope) -> Client:
    assert later.actor
    return signed_in(later.actor)


def typed(*words: str) -> Result:
    return CliRunner().invoke(commands.app, words, obj=Session())


def shown(scope: Scope) -> dict[str, str]:
    return {each.username: each.state for each in invitations_list(scope, number=1)}


@pytest.mark.spec("TM-22", "WL-26")
def test_an_import_is_invited_later_and_each_person_shows_the_state(later: Scope, postbox: Postbox) -> None:
    before = shown(later)
    done = import_invite(later, number=1)
    queued = shown(later)
    worked()
    sent = mails_in(postbox)
    link_use(token_in(sent["ben@x.org"]), password=NEW)
    after, counts = shown(later), import_invited(later, number=1)

    assert before == {"ben": "not_sent", "cyd": "not_sent", "dee": "no_address", "no": "not_sent"}
    assert done == Invited(queued=3, left_out=1)
    assert queued == {"ben": "queued", "cyd": "queued", "dee": "no_address", "no": "queued"}
    assert after == {"ben": "used", "cyd": "sent", "dee": "no_address", "no": "refused"}
    assert (counts.states, counts.new, counts.inactive) == (
        {"used": 1, "sent": 1, "no_address": 1, "refused": 1}, 1, 0,
    )  # fmt: skip
    assert invitation_show(later, username="no").problem == "The mail server refused the address."
    assert [(each.action, each.note) for each in activity.latest(later)][-1] == ("invited", "3 people of import 1.")


def test_resending_makes_another_message_and_voids_the_first_link(later: Scope, postbox: Postbox) -> None:
    chosen = Chosen(["ben"])
    people_invite(later, chosen=chosen)
    worked()
    first = mails_in(postbox)["ben@x.org"]
    nobody = people_invite(later, chosen=chosen)
    people_invite(later, chosen=chosen, again=True)
    worked()
    second = mails_in(postbox)["ben@x.org"]

    assert nobody == Invited(queued=0, left_out=1)
    assert first["Message-ID"] != second["Message-ID"]
    assert (link_show(token_in(first)), bool(link_show(token_in(second)))) == (None, True)


def test_people_whose_link_expired_are_invited_again(later: Scope) -> None:
    people_invite(later, chosen=Chosen(["ben"]))
    worked()
    AccountToken.objects.update(created_at=timezone.now() - timedelta(days=15))

    assert shown(later)["ben"] == "expired"
    assert people_invite(later, chosen=Chosen(["ben"])).queued == 1


def test_everybody_who_matches_is_invited_but_not_who_signs_in_or_ranks_above(later: Scope) -> None:
    people_invite(later, chosen=Chosen(["ben"]))
    worked()
    here = later.organization
    cast.person(here, username="boss", email="boss@x.org", site_role="owner")
    cast.person(here, username="gone", email="gone@x.org", state="inactive")
    admin = cast.person(here, username="admin", email="admin@x.org", site_role="admin")
    people_invite(Scope(here, admin), chosen=Chosen(wanted=Wanted()))

    assert {name for name, (state, _) in states().items() if state == "due"} == {"ann", "cyd", "no"}


def test_a_manager_invites_the_people_of_own_imports_only(later: Scope) -> None:
    manager = cast.person(later.organization, username="meg", email="meg@x.org", site_role="manager")
    scope = Scope(later.organization, manager)
    with pytest.raises(NotAllowed):
        import_invite(scope, number=1)
    with pytest.raises(NotAllowed):
        people_invite(scope, chosen=Chosen(["ben"]))
    Import.objects.filter(number=1).update(started_by=manager)

    assert import_invite(scope, number=1).queued == 3


def test_without_a_mail_server_nobody_can_be_invited(later: Scope, client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    with pytest.raises(PolicyError) as refused:
        people_invite(later, chosen=Chosen(["ben"]))
    page = client.post("/many-people/", {"do": "invite", "person": "ben"}).text

    assert refused.value.code == "no_mail_server"
    assert "No mail server is set up, so nobody can be invited by e-mail." in page
    assert "Send invitations" not in page


@pytest.mark.spec("TM-27")
def test_the_page_shows_the_mail_of_a_real_person_and_sends_a_test(client: Client, postbox: Postbox) -> None:
    page = client.post("/imports/1/invite/").text
    tested = client.post("/imports/1/invite/", {"how": "test"}, follow=True).text
    (test,) = mails_in(postbox).items()

    assert "3 people get an invitation" in page
    assert "Without an e-mail address: 1." in page
    assert "<p>Hello Ben Osei,</p>" in page
    assert "You will soon get an e-mail from enlist@localhost with the subject" in page
    assert "Sent a test to owner@x.org." in tested
    assert test[0] == "owner@x.org"
    assert "Hello Ben Osei," in body(test[1])
    assert "/choose-password/example/" in body(test[1])
    assert not AccountToken.objects.exists()


def test_pages_invite_one_some_or_all_of_an_import(client: Client, later: Scope) -> None:
    one = client.post("/many-people/", {"do": "invite", "person": "ben", "how": "send"})
    worked()
    person = client.get("/people/ben/").text
    everybody = client.post("/imports/1/invite/", {"how": "send"}, follow=True).text
    worked()
    listed, result = client.get("/people/?import=1").text, client.get("/imports/1/").text

    assert one.headers["Location"] == "/people/ben/"
    assert re.search(r"<dt>Invitation</dt>\s*<dd>\s*Invited, ", person)
    assert "Invite again…" in person
    assert "2 invitations will be sent." in everybody
    assert listed.count("invited</div>") == 2
    assert listed.count("not delivered</div>") == 1
    assert "Not delivered: 1" in result
    assert "Invited: 2" in result
    assert "The mail server refused the address." in client.get("/people/no/").text
    assert shown(later)["cyd"] == "sent"


def test_the_bulk_menu_offers_to_invite_those_who_may(client: Client, later: Scope) -> None:
    viewer = signed_in(cast.person(later.organization, username="vic", email="vic@x.org", site_role="viewer"))

    assert 'value="invite"' in client.get("/people/").text
    assert 'value="invite"' not in viewer.get("/people/").text
    assert viewer.post("/many-people/", {"do": "invite", "person": "ben"}).status_code == 403


@pytest.mark.usefixtures("later")
def test_commands_send_list_resend_and_preview(postbox: Postbox) -> None:
    sent = typed("send", "--import", "1")
    worked()
    again = typed("resend", "ben")
    listed = json.loads(typed("list", "--json").stdout)
    refused = json.loads(typed("list", "--import", "1", "--state", "refused", "--json").stdout)
    preview, html = typed("preview", "ben").stdout, typed("preview", "ben", "--html").stdout
    unclear = typed("send", "ben", "--import", "1")

    assert "Invitations queued: 3.\n" in sent.output
    assert "Not invited: 1." in sent.output
    assert again.output == "Invitations queued: 1.\n"
    assert {each["username"]: each["state"] for each in listed} == {"ben": "queued", "cyd": "sent", "no": "refused"}
    assert [(each["username"], each["problem"]) for each in refused] == [("no", "The mail server refused the address.")]
    assert preview.startswith("Subject: Your account at Northfield School\n\nHello Ben Osei,\n")
    assert html.startswith("<!doctype html>")
    assert isinstance(unclear.exception, EnlistError)
    assert unclear.exception.code == "people_not_chosen_clearly"
    assert len(postbox.got) == 2


def test_an_erased_person_leaves_no_invitation(later: Scope) -> None:
    import_invite(later, number=1)
    person_set(later, username="ben", values={"state": "inactive"})
    person_delete(later, username="ben", confirm="ben")

    assert sorted(Mail.objects.values_list("person__username", flat=True)) == ["cyd", "no"]


def test_a_test_needs_an_address_of_ones_own(later: Scope) -> None:
    Person.objects.filter(username="owner").update(email="")
    assert later.actor
    later.actor.refresh_from_db()
    with pytest.raises(PolicyError) as refused:
        invitation_test(later, username="ben")

    assert refused.value.code == "own_address_refused"
