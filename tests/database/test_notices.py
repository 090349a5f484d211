"""Notices: people see the result of their background import on a page, or get a mail after they have left."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core import mail
from django.db import connections
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enlist.core.errors import PolicyError
from enlist.services.access import Scope
from enlist.services.imports import notices, plan
from enlist.services.imports.notices import Mailed, Notice
from enlist.services.imports.plan import imports_list
from enlist.services.imports.summary import Looked
from enlist.store.models import Import
from enlist.store.operations.models import Job
from tests.database import school as cast
from tests.database.imports import HEAD
from tests.database.test_web import signed_in
from tests.database.test_web_import import _static, applied, client, planned, scope, work
from tests.support.postbox import Postbox

__all__ = ["_static", "client", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

DONE = "Import 2, roster.csv, is done: 1 created, 1 updated, 1 failed."


def left() -> None:
    """Everybody left the pages they were at a while ago."""
    Job.objects.update(ended_at=F("ended_at") - timedelta(minutes=3))


def test_a_result_is_shown_on_every_page_until_it_is_seen(client: Client, scope: Scope) -> None:
    address = planned(client)
    assert notices.notices_list(scope) == [], "nobody waits for a preview"
    applied(client, address)

    assert notices.notices_list(scope) == [Notice(2, "roster.csv", "done", DONE)]
    assert DONE in client.get("/people/").text
    assert DONE in client.get("/notices/").text
    other = signed_in(cast.person(scope.organization, username="amy", site_role="admin"))
    assert DONE not in other.get("/people/").text

    assert other.post("/imports/2/seen/").status_code == 204
    assert client.post("/imports/2/seen/").status_code == 204
    assert notices.notices_list(scope) == []


def test_a_page_that_asks_again_costs_three_queries(client: Client) -> None:
    client.get("/notices/")
    with (
        CaptureQueriesContext(connections["default"]) as directory,
        CaptureQueriesContext(connections["operations"]) as rest,
    ):
        answer = client.get("/notices/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert [each["sql"].partition(" ")[0] for each in (*directory, *rest)] == ["SELECT"] * 3


def test_viewing_an_import_marks_its_notice_as_seen(client: Client, scope: Scope) -> None:
    address = planned(client)
    applied(client, address)

    assert "data-seen" not in client.get(address).text
    assert notices.notices_list(scope) == []


def test_failed_and_repeated_plans_are_reported(client: Client, scope: Scope) -> None:
    address = planned(client)
    applied(client, address)
    Job.objects.filter(kind="imports.carry_out").update(state="failed", error={"code": "disk_full", "fields": {}})
    failed = notices.notices_list(scope)
    Job.objects.filter(kind="imports.carry_out").update(state="done", result={"planned_again": True})
    again = notices.notices_list(scope)
    Job.objects.filter(kind="imports.carry_out").update(state="done", result={"waiting": 3})

    assert [(each.how, each.sentence) for each in (*failed, *again, *notices.notices_list(scope))] == [
        ("failed", "Import 2, roster.csv, failed: The disk for temporary files is full. Nothing was applied."),
        (
            "stale",
            "Import 2, roster.csv, wasn’t applied: people, courses or the import itself changed. Review it again.",
        ),
        ("awaiting", f"{DONE} Part of it needs approval: import 3."),
    ]


def test_a_person_who_left_gets_one_mail(client: Client, scope: Scope) -> None:
    applied(client, planned(client))
    assert notices.notices_mail() == Mailed(0), "they may still be there"

    left()
    assert [notices.notices_mail() for _ in range(2)] == [Mailed(1), Mailed(0)]
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["owner@x.org"], f"School: {DONE}")
    assert DONE in sent.body
    assert "x.org" not in sent.body
    assert notices.notices_list(scope) == [Notice(2, "roster.csv", "done", DONE)], "the page says it still"


def test_nobody_is_written_to_who_saw_it_or_has_no_address(client: Client, scope: Scope) -> None:
    address = planned(client)
    applied(client, address)
    left()
    client.get(address)
    assert notices.notices_mail() == Mailed(0)

    Job.objects.update(seen=False)
    assert scope.actor
    scope.actor.email = ""
    scope.actor.save()
    assert (notices.notices_mail(), mail.outbox) == (Mailed(0), [])


def test_a_mail_server_that_is_away_delays_the_mail_and_hinders_no_work(
    client: Client, scope: Scope, postbox: Postbox
) -> None:
    applied(client, planned(client))
    left()

    assert notices.notices_mail() == Mailed(0, waiting=1)
    work()
    postbox.start()
    assert [notices.notices_mail() for _ in range(2)] == [Mailed(1), Mailed(0)]

    (sent,) = map(message_from_bytes, postbox.got)
    assert (sent["To"], " ".join(sent["Subject"].split())) == ("owner@x.org", f"School: {DONE}")
    assert len(notices.notices_list(scope)) == 1


@pytest.mark.usefixtures("scope")
def test_a_mail_that_a_server_does_not_take_now_is_sent_once_it_does(client: Client, postbox: Postbox) -> None:
    applied(client, planned(client))
    applied(client, planned(client, f"{HEAD}\ndee,Dee,Day,dee@x.org\n"))
    left()
    postbox.start()
    postbox.answers = ["451 later"]
    first = notices.notices_mail()
    postbox.refused = {"owner": "450 who are you"}
    second = notices.notices_mail()
    postbox.refused = {}

    assert (first, second) == (Mailed(1, waiting=1), Mailed(0, waiting=1))
    assert [notices.notices_mail() for _ in range(2)] == [Mailed(1), Mailed(0)]
    assert [message_from_bytes(each)["Subject"].split(",")[0] for each in postbox.got] == [
        "School: Import 3",
        "School: Import 2",
    ]


def test_an_address_that_nobody_takes_is_tried_once_and_an_old_notice_no_more(
    client: Client, scope: Scope, postbox: Postbox
) -> None:
    applied(client, planned(client))
    left()
    Job.objects.update(ended_at=F("ended_at") - timedelta(days=4))
    postbox.start()
    postbox.refused = {"owner": "550 no such mailbox"}
    assert (notices.notices_mail(), postbox.asked) == (Mailed(0), [])
    Job.objects.update(ended_at=F("ended_at") + timedelta(days=4))

    assert [notices.notices_mail() for _ in range(2)] == [Mailed(0), Mailed(0)]
    assert (postbox.asked, len(notices.notices_list(scope))) == (["owner@x.org"], 1)


def test_of_several_workers_one_sends_the_mail(client: Client, postbox: Postbox) -> None:
    applied(client, planned(client))
    left()
    postbox.start()

    def mailed(_: int) -> Mailed:
        try:
            return notices.notices_mail()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(mailed, range(8)))

    assert sorted(each.sent for each in done) == [0] * 7 + [1]
    assert len(postbox.got) == 1


@pytest.mark.parametrize(
    ("looked", "numbers"),
    [
        (Looked(), [4, 3, 2, 1]),
        (Looked(text="roster"), [4, 3, 2]),
        (Looked(text="3"), [3]),
        (Looked(text="nothing"), []),
        (Looked(state="applied"), [2, 1]),
        (Looked(state="ready"), [3]),
        (Looked(state="at_work"), [4]),
        (Looked(state="draft"), []),
        (Looked(preset="easycampus"), []),
        (Looked(preset="moodle", by="owner"), [4, 3, 2, 1]),
        (Looked(by="amy"), []),
    ],
)
def test_imports_are_found_by_what_holds_of_them(
    client: Client, scope: Scope, looked: Looked, numbers: list[int]
) -> None:
    applied(client, planned(client))
    planned(client)
    address = planned(client, f"{HEAD}\ndee,Dee,Day,dee@x.org\n")
    client.post(f"{address}settings/", {"there": ["upload_type"], "upload_type": "add_new"})

    assert [each.number for each in imports_list(scope, looked=looked)] == numbers
    query = {name: value for name, value in vars(looked).items() if value}
    assert [f'href="/imports/{number}/"' in client.get("/imports/", query).text for number in numbers] == [True] * len(
        numbers
    )


def test_older_imports_are_on_the_next_page(client: Client, scope: Scope) -> None:
    first = Import.objects.get()
    for number in range(2, 62):
        Import.objects.create(organization=first.organization, number=number, preset="moodle", file_name=f"f{number}")
    page = client.get("/imports/?preset=moodle").text

    assert "before=12" in page
    assert [bool(re.search(rf">\s*f{number}\s*<", page)) for number in (61, 12, 11)] == [True, True, False]
    assert re.search(r">\s*f11\s*<", client.get("/imports/?preset=moodle&before=12").text)
    assert plan.importers_list(scope) == ["owner"]
    with pytest.raises(PolicyError, match="Imports can't be filtered by the state “glub”"):
        imports_list(scope, looked=Looked(state="glub"))
