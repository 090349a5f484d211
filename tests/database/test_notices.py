"""Notices: people see the result of their background import on a page, or get a mail after they have left."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.db import connections
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enlist.core.errors import PolicyError
from enlist.services.access import Scope
from enlist.services.imports import notices, plan
from enlist.services.imports.notices import Notice
from enlist.services.imports.plan import imports_list
from enlist.services.imports.summary import Looked
from enlist.store.models import Import, Mail
from enlist.store.operations.models import Job
from tests.database import school as cast
from tests.database.imports import HEAD
from tests.database.test_web import signed_in
from tests.database.test_web_import import _static, applied, client, planned, scope, work
from tests.support.postbox import Postbox

__all__ = ["_static", "client", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

NOTICES = Mail.objects.filter(purpose="notice")
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


def mailed(box: Postbox) -> list[tuple[str, str]]:
    """Recipient and subject of each notice by now; the import invites people, too."""
    Mail.objects.filter(state="due").update(due_at=timezone.now() - timedelta(seconds=1), taken_at=None)
    work()
    subjects = [" ".join(str(message_from_bytes(each)["Subject"]).split()) for each in box.got]
    return [(to, subject) for (to, *_), subject in zip(box.texts, subjects, strict=True) if to == "owner@x.org"]


def test_a_person_who_left_gets_one_mail(client: Client, scope: Scope, postbox: Postbox) -> None:
    postbox.start()
    applied(client, planned(client))
    assert mailed(postbox) == [], "they may still be there"

    left()
    assert [mailed(postbox) for _ in range(2)] == [[("owner@x.org", f"School: {DONE}")]] * 2
    (text,) = [text for to, _, text in postbox.texts if to == "owner@x.org"]
    assert (DONE in text, "/imports/2/" in text, "x.org" in text) == (True, True, False)
    assert notices.notices_list(scope) == [Notice(2, "roster.csv", "done", DONE)], "the page says it still"


def test_nobody_is_written_to_who_saw_it_or_has_no_address(client: Client, scope: Scope, postbox: Postbox) -> None:
    postbox.start()
    address = planned(client)
    applied(client, address)
    left()
    client.get(address)
    assert mailed(postbox) == []

    Job.objects.update(seen=False)
    assert scope.actor
    scope.actor.email = ""
    scope.actor.save()
    assert (mailed(postbox), NOTICES.count()) == ([], 0)


def test_who_sees_it_before_the_mail_is_sent_gets_none(client: Client, postbox: Postbox) -> None:
    address = planned(client)
    applied(client, address)
    left()
    assert mailed(postbox) == []
    client.get(address)
    postbox.start()

    assert mailed(postbox) == []
    assert [each.state for each in NOTICES.all()] == ["dropped"]


def test_results_are_mailed_one_after_the_other_once_the_server_takes_them(client: Client, postbox: Postbox) -> None:
    applied(client, planned(client))
    applied(client, planned(client, f"{HEAD}\ndee,Dee,Day,dee@x.org\n"))
    left()
    assert mailed(postbox) == []
    postbox.start()
    postbox.refused = {"owner": "451 later"}
    assert mailed(postbox) == []
    postbox.refused = {}
    for _ in range(4):
        mailed(postbox)

    assert [subject.split(",")[0] for _, subject in mailed(postbox)] == ["School: Import 2", "School: Import 3"]
    assert len({message for to, message, _ in postbox.texts if to == "owner@x.org"}) == 2


def test_an_address_that_nobody_takes_is_tried_once_and_an_old_notice_no_more(
    client: Client, scope: Scope, postbox: Postbox
) -> None:
    applied(client, planned(client))
    left()
    Job.objects.update(ended_at=F("ended_at") - timedelta(days=4))
    postbox.start()
    postbox.refused = {"owner": "550 no such mailbox"}
    assert (mailed(postbox), "owner@x.org" in postbox.asked) == ([], False)
    Job.objects.update(ended_at=F("ended_at") + timedelta(days=4))

    assert [mailed(postbox) for _ in range(2)] == [[], []]
    assert (postbox.asked.count("owner@x.org"), len(notices.notices_list(scope))) == (1, 1)


@pytest.mark.usefixtures("scope")
def test_of_several_workers_one_queues_the_mail(client: Client, postbox: Postbox) -> None:
    applied(client, planned(client))
    left()
    postbox.start()

    def queued(_: int) -> None:
        try:
            notices.notices_queue()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(queued, range(8)))

    assert [each.edition for each in NOTICES.all()] == [1]
    assert len(mailed(postbox)) == 1


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
