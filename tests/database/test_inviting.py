"""Invitations: imports queue them, workers send them, and nobody gets another message than the first."""

import re
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from enlist.core.presets import preset
from enlist.services import worker
from enlist.services.access import Scope
from enlist.services.accounts.invitations import invitation_link, link_show, link_use
from enlist.services.accounts.passwords import passwords_settle
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people.edit import person_set
from enlist.services.people.inviting import import_invite, import_invited, people_invite
from enlist.services.people.listing import Chosen
from enlist.services.worker import worker_run
from enlist.store.accounts import mails
from enlist.store.models import Import, Mail, Organization, Person
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.imports import HEAD
from tests.support.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "https://people.example.org"
NEW = "walnut harbour"
BEN_AND_CYD = f"{HEAD}\nben,Ben,Osei,ben@x.org\ncyd,Cyd,Ito,cyd@x.org"


@pytest.fixture
def school(settings: Any) -> Scope:
    """An owner, and ann, who can't sign in yet."""
    settings.SITE_ADDRESS = SITE
    here = cast.organization(settings=cast.UNBRAKED, name="Northfield School")
    owner = cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    cast.person(here, username="ann", firstname="Ann", lastname="Lee", email="ann@x.org")
    return Scope(here, owner)


def imported(scope: Scope, text: str, *, settings: Collection[str] = ()) -> int:
    """Import a file; its number."""
    chosen = preset("moodle").configure(["upload_type=add_and_update", "update_details=from_file", *settings])
    planned = import_plan(scope, request=ImportRequest(source=text.encode(), policy=chosen, preset="moodle"))
    number = import_apply(scope, plan=import_stage(scope, planned=planned)).number
    passwords_settle(scope, number=number)
    return number


def worked() -> None:
    worker_run(lambda _: None, until_empty=True)


def due_now() -> None:
    """As if the time had passed after which a worker may take the mails."""
    Mail.objects.update(due_at=timezone.now() - timedelta(seconds=1), taken_at=None)


def mails_in(box: Postbox) -> dict[str, EmailMessage]:
    """The last mail to each person."""
    found = [message_from_bytes(each, policy=policy.default) for each in box.got]
    return {str(each["To"]): each for each in found}


def body(mail: EmailMessage, *, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def token_in(mail: EmailMessage) -> str:
    (token,) = set(re.findall(rf"{SITE}/choose-password/([\w-]{{32}})/", body(mail)))
    return str(token)


def states() -> dict[str, tuple[str, str]]:
    found = Mail.objects.values_list("person__username", "state", "problem")
    return {username: (state, problem) for username, state, problem in found}


@pytest.mark.spec("TM-08", "TM-21", "TM-23", "IC-11")
def test_new_people_without_a_password_are_invited_and_nobody_else(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    text = f"{HEAD},password\nann,Anna,Lee,ann@x.org,\nben,Ben,Osei,ben@x.org,\ncyd,Cyd,Ito,cyd@x.org,Walnut-harbour-7"
    imported(school, text)
    assert states() == {"ben": ("due", "")}
    worked()
    ((to, mail),) = mails_in(postbox).items()
    token = token_in(mail)
    done = Client().post(f"/choose-password/{token}/", {"new": NEW, "again": NEW})

    assert (to, mail["Subject"]) == ("ben@x.org", "Your account at Northfield School")
    assert body(mail) == (
        "Hello Ben Osei,\n\nYou have an account at Northfield School. Choose a password to sign in.\n\n"
        f"Your username: ben\n\nChoose a password:\n{SITE}/choose-password/{token}/\n\n"
        "The link works once, for 14 days.\nIf you don't know Northfield School, ignore this mail.\n"
    )
    assert f'href="{SITE}/choose-password/{token}/"' in body(mail, kind="html")
    assert done.status_code == 302
    assert (states(), holding(token)) == ({"ben": ("sent", "")}, [])


@pytest.mark.parametrize(
    ("invite", "expected"), [("never", []), ("when_no_password", ["ben", "cyd"]), ("always", ["ben", "cyd"])]
)
def test_an_import_invites_as_its_settings_say(
    invite: str, expected: list[str], school: Scope, postbox: Postbox
) -> None:
    postbox.start()
    imported(school, BEN_AND_CYD, settings=[f"invite={invite}"])
    worked()

    assert sorted(states()) == expected
    assert sorted(mails_in(postbox)) == [f"{name}@x.org" for name in expected]


def test_without_a_mail_server_nobody_is_invited(school: Scope, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    imported(school, BEN_AND_CYD)

    assert states() == {}


def test_people_without_an_address_get_no_invitation(school: Scope, postbox: Postbox) -> None:
    imported(school, f"{HEAD}\nben,Ben,Osei,\ncyd,Cyd,Ito,cyd@x.org", settings=["missing_email=warn"])

    assert (postbox.got, states()) == ([], {"cyd": ("due", "")})


def test_people_who_sign_in_elsewhere_or_never_are_not_invited(school: Scope, postbox: Postbox) -> None:
    rows = ["ben,Ben,Osei,ben@x.org,ldap", "cyd,Cyd,Ito,cyd@x.org,manual", "dee,Dee,Lin,dee@x.org,nologin"]
    number = imported(school, "\n".join([f"{HEAD},auth", *rows, "eve,Eve,Roy,eve@x.org,"]))
    again = import_invite(school, number=number)

    assert (postbox.got, states()) == ([], {"cyd": ("due", ""), "eve": ("due", "")})
    assert (again.queued, again.left_out) == (2, 2)
    assert import_invited(school, number=number).states == {"elsewhere": 2, "queued": 2}


def test_an_undo_drops_what_was_not_sent(school: Scope, postbox: Postbox) -> None:
    number = imported(school, BEN_AND_CYD)
    import_apply(school, plan=import_undo_plan(school, number=number))
    postbox.start()
    worked()

    assert (postbox.got, states()) == ([], {"ben": ("dropped", ""), "cyd": ("dropped", "")})


def test_whoever_can_sign_in_by_now_or_is_inactive_gets_no_mail(school: Scope, postbox: Postbox) -> None:
    imported(school, BEN_AND_CYD)
    link_use(invitation_link(school, username="ben"), password=NEW)
    person_set(school, username="cyd", values={"state": "inactive"})
    postbox.start()
    worked()

    assert (postbox.asked, states()) == ([], {"ben": ("dropped", ""), "cyd": ("dropped", "")})


def test_a_refused_address_is_kept_and_delays_nobody(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    # One that no mail can be written to, one that the server rejects, and one that it puts off.
    postbox.refused["later"] = "451 try again later"
    rows = ["odd,O,Dd,o@@x.org", "no,N,O,nobody@x.org", "late,L,Ate,later@x.org", "ben,Ben,Osei,ben@x.org"]
    imported(school, "\n".join([HEAD, *rows]), settings=["malformed_email=warn"])
    worked()
    first = states()
    postbox.refused.clear()
    due_now()
    worked()

    assert first == {
        "odd": ("refused", "address_refused"),
        "no": ("refused", "address_refused"),
        "late": ("due", "mail_deferred"),
        "ben": ("sent", ""),
    }
    assert sorted(mails_in(postbox)) == ["ben@x.org", "later@x.org"]
    assert states()["late"] == ("sent", "")


def test_a_mail_server_that_is_away_loses_nothing(school: Scope, postbox: Postbox) -> None:
    imported(school, BEN_AND_CYD)
    worked()
    assert states() == {"ben": ("due", "mail_server_away"), "cyd": ("due", "mail_server_away")}
    assert set(Mail.objects.values_list("attempts", flat=True)) == {0}
    postbox.start()
    due_now()
    worked()

    assert sorted(mails_in(postbox)) == ["ben@x.org", "cyd@x.org"]
    assert len(postbox.got) == 2


def test_a_mail_that_cannot_be_written_delays_no_other(
    school: Scope, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    postbox.start()
    write = worker.WRITERS[mails.INVITATION]

    def written(mail: Mail) -> Any:
        if mail.person.username == "ben":
            raise ValueError(mail.person.email)
        return write(mail)

    monkeypatch.setitem(worker.WRITERS, mails.INVITATION, written)
    imported(school, BEN_AND_CYD)
    worked()
    found = states()
    monkeypatch.undo()
    due_now()
    worked()

    assert found == {"ben": ("due", "mail_unwritten"), "cyd": ("sent", "")}
    assert (states()["ben"], {*mails_in(postbox)}) == (("sent", ""), {"ben@x.org", "cyd@x.org"})


def test_a_mail_is_given_up_after_days_of_being_put_off(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    postbox.refused["ben"] = "451 try again later"
    imported(school, f"{HEAD}\nben,Ben,Osei,ben@x.org")
    for _ in range(24):
        worked()
        due_now()

    assert states() == {"ben": ("refused", "given_up")}
    assert len(postbox.asked) == 24


def test_a_repeated_mail_is_the_same_message(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    imported(school, f"{HEAD}\nben,Ben,Osei,ben@x.org")
    worked()
    # As if the worker had died before it noted that the mail server took it.
    Mail.objects.update(state="due")
    due_now()
    worked()
    first, second = (message_from_bytes(each, policy=policy.default) for each in postbox.got)

    assert first["Message-ID"] == second["Message-ID"]
    assert body(first) == body(second)
    assert body(first, kind="html") == body(second, kind="html")
    assert link_show(token_in(second))


def test_another_address_gets_a_link_of_its_own(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    imported(school, f"{HEAD}\nben,Ben,Osei,ben@x.org")
    worked()
    person_set(school, username="ben", values={"email": "new@x.org"})
    Mail.objects.update(state="due")
    due_now()
    worked()
    found = mails_in(postbox)
    old, new = token_in(found["ben@x.org"]), token_in(found["new@x.org"])

    assert (link_show(old), bool(link_show(new))) == (None, True)


def test_an_organisation_sends_as_many_a_second_as_it_allows(school: Scope, postbox: Postbox) -> None:
    rows = [f"p{n},P,{n},p{n}@x.org" for n in range(5)]
    imported(school, "\n".join([HEAD, *rows]))
    here = school.organization
    first = mails.take(here, at_most=50, per_second=2)
    none = mails.take(here, at_most=50, per_second=2)
    Mail.objects.filter(taken_at__isnull=False).update(taken_at=timezone.now() - timedelta(seconds=2))
    second = mails.take(here, at_most=50, per_second=2)

    assert [len(first), len(none), len(second)] == [2, 0, 2]
    assert not {each.pk for each in first} & {each.pk for each in second}
    del postbox


def test_a_mail_that_somebody_waits_for_goes_before_many_invitations(school: Scope, postbox: Postbox) -> None:
    imported(school, "\n".join([HEAD, *(f"p{n},P,{n},p{n}@x.org" for n in range(5))]))
    reset = mails.request(Person.objects.get(username="ann"), purpose=mails.RESET)
    first = mails.take(school.organization, at_most=3, per_second=1_000)

    assert (len(first), reset in first) == (3, True)
    del postbox


def test_workers_never_take_the_same_mail(school: Scope, postbox: Postbox) -> None:
    rows = [f"p{n},P,{n},p{n}@x.org" for n in range(40)]
    imported(school, "\n".join([HEAD, *rows]))

    def taken(_: int) -> list[int]:
        try:
            return [each.pk for each in mails.take(Organization.objects.get(), at_most=5, per_second=1_000)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = [pk for batch in pool.map(taken, range(8)) for pk in batch]

    assert sorted(found) == sorted(Mail.objects.values_list("pk", flat=True))
    del postbox


def test_an_invitation_is_in_the_language_of_the_person(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    rows = ["ben,Ben,Osei,ben@x.org,de_at", "cyd,Cyd,Ito,cyd@x.org,pt-BR", "dee,Dee,Lin,dee@x.org,fi"]
    imported(school, "\n".join([f"{HEAD},lang", *rows]))
    worked()
    found = mails_in(postbox)

    assert {to: str(each["Subject"]) for to, each in found.items()} == {
        "ben@x.org": "Ihr Konto bei Northfield School",
        "cyd@x.org": "A sua conta em Northfield School",
        "dee@x.org": "Your account at Northfield School",
    }
    assert '<html lang="de">' in body(found["ben@x.org"], kind="html")


def test_an_invitation_has_the_organisations_message_colour_and_reply_address(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    here = school.organization
    here.settings["invitations"] = {
        "message": "Term starts\n<b>soon</b>.",
        "reply_to": "office@x.org",
        "colour": "#225522",
    }
    here.save()
    imported(school, f"{HEAD}\nben,Ben,Osei,ben@x.org")
    worked()
    (mail,) = mails_in(postbox).values()

    assert mail["Reply-To"] == "office@x.org"
    assert "\n\nTerm starts\n<b>soon</b>.\n\n" in body(mail)
    assert "<p>Term starts<br>\n&lt;b&gt;soon&lt;/b&gt;.</p>" in body(mail, kind="html")
    assert "background:#225522" in body(mail, kind="html")


@pytest.mark.spec("WL-11")
def test_the_message_of_an_import_replaces_that_of_the_organisation(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    here = school.organization
    here.settings = {**here.settings, "invitations": {"message": "Welcome."}}
    here.save()
    imported(school, f"{HEAD}\nben,Ben,Osei,ben@x.org")
    # No preset offers the setting yet.
    Import.objects.update(policy={**Import.objects.get().policy, "message": "Bring a pen."})
    worked()
    (mail,) = mails_in(postbox).values()

    assert "\n\nBring a pen.\n\n" in body(mail)
    assert "Welcome." not in body(mail)


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "%(username)s", "<script>alert(1)</script>", "A\r\nBcc: x@evil.example", "=?utf-8?q?x?="]
)
def test_names_stay_text_in_a_mail(school: Scope, postbox: Postbox, name: str) -> None:
    """Neither templates, nor formats, nor elements, nor headers (reliability S8)."""
    postbox.start()
    Person.objects.filter(username="ann").update(firstname=name)
    Organization.objects.update(name=name)
    people_invite(school, chosen=Chosen(["ann"]))
    worked()
    ((_, mail),) = mails_in(postbox).items()
    shown = " ".join(name.split())

    assert mail["Bcc"] is None
    assert "49" not in str(mail["Subject"])
    assert shown in " ".join(body(mail).split())
    assert "<script>" not in body(mail, kind="html")
    assert mail["To"] == "ann@x.org"
