"""The list of imports: names, dates, undone imports and figures; and another file with the settings of an import."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from enlist.services.access import Scope
from enlist.services.drafts import draft
from enlist.services.drafts.next_step import draft_columns_confirm, draft_next
from enlist.store.models import Activity, Import, Person
from tests.database import school as cast
from tests.database.imports import HEAD
from tests.database.test_import_steps import CLEAN, _static, applied, client, handed_in, scope, work
from tests.database.test_web import signed_in
from tests.support.forms import send

__all__ = ["_static", "client", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

GERMAN = "Vorname,Nachname,E-Mail,Lieblingstier"
PETS = f"{GERMAN}\nIda,Möwe,ida@x.org,cat\n"


def again(client: Client, number: int, text: str, *, name: str = "next.csv") -> HttpResponse:
    """Upload another file with the settings of an import."""
    form = {"key": uuid4().hex, "file": SimpleUploadedFile(name, text.encode())}
    answer = client.post(f"/imports/{number}/again/", form)
    work()
    return answer  # type: ignore[return-value]


def pets(client: Client, scope: Scope) -> int:
    """An applied import with settings of its own."""
    number = handed_in(client, PETS)
    draft.draft_settings_set(scope, number=number, settings=("match_by=email", "username_from=%-f.%-l"))
    draft_columns_confirm(scope, number=number)
    draft.draft_plan(scope, number=number)
    work()
    applied(scope, number)
    return number


def test_an_import_gets_a_name_and_keeps_that_of_its_file(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    answer = send(client, f"/imports/{number}/rename/", values={"name": " New  Year 7 "}, follow=True)
    page = client.get("/imports/?text=year").text

    assert f"Renamed import {number}." in answer.content.decode()
    assert re.search(r">\s*New Year 7\s*</a>\s*<div[^>]*>[^<]*· roster.csv\s*</div>", page)
    assert Activity.objects.get(action="import_renamed").note == f"Import {number}: New Year 7."
    assert "renamed an import" in client.get("/activity/").text

    draft.draft_settings_set(scope, number=number, settings=("match_by=email",))
    assert Import.objects.get(number=number).note == "New Year 7"

    send(client, f"/imports/{number}/rename/", values={"name": ""})
    assert re.search(r">\s*roster.csv\s*</a>", client.get("/imports/").text)


def test_a_name_that_is_too_long_is_refused_at_its_field(client: Client) -> None:
    number = handed_in(client, CLEAN)
    page = client.post(f"/imports/{number}/rename/", {"name": "x" * 256})

    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert Import.objects.get(number=number).note == ""


def test_who_may_not_undo_an_import_of_others_renames_their_own_only(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    manager = signed_in(cast.person(scope.organization, username="mia", site_role="manager"))
    own = handed_in(manager, CLEAN.replace("ann", "eva"))

    assert manager.post(f"/imports/{number}/rename/", {"name": "mine"}).status_code == 403
    assert manager.post(f"/imports/{own}/rename/", {"name": "mine"}).status_code == 302
    assert list(Import.objects.order_by("number").values_list("note", flat=True)) == ["", "mine"]
    page = manager.get("/imports/").text
    assert [f"/imports/{each}/rename/" in page for each in (number, own)] == [False, True]


def test_another_file_gets_the_settings_the_columns_and_the_name(client: Client, scope: Scope) -> None:
    number = pets(client, scope)
    client.post(f"/imports/{number}/rename/", {"name": "Pets"})
    # A later import of such a file, with other settings, is not the one that was chosen.
    later = handed_in(client, PETS.replace("Ida", "Ole").replace("ida", "ole"))
    draft.draft_settings_set(scope, number=later, settings=("match_by=email", "username_from=%l"))
    draft.draft_plan(scope, number=later)
    work()
    applied(scope, later)
    answer = again(client, number, PETS.replace("Ida", "Uwe").replace("ida", "uwe"))
    new = Import.objects.latest("number")

    assert answer.headers["Location"] == f"/imports/{new.number}/next/"
    assert (new.note, new.file_name, new.preset) == ("Pets", "next.csv", "moodle")
    shown = draft.draft_show(scope, number=new.number)
    assert (shown.policy.username_from, shown.earlier) == ("%-f.%-l", number)
    assert draft_next(scope, number=new.number) == "preview"


def test_settings_that_are_changed_afterwards_stay_when_the_file_is_read_again(client: Client, scope: Scope) -> None:
    number = pets(client, scope)
    again(client, number, PETS.replace("Ida", "Uwe").replace("ida", "uwe"))
    new = Import.objects.latest("number").number
    draft.draft_settings_set(scope, number=new, settings=("match_by=email", "username_from=%l"))
    draft.draft_reread(scope, number=new, reading={"encoding": "utf-8"})
    work()

    assert draft.draft_show(scope, number=new).policy.username_from == "%l"


def test_a_column_that_is_new_is_asked_about(client: Client, scope: Scope) -> None:
    number = pets(client, scope)
    again(client, number, f"{GERMAN},Haus\nUwe,Lund,uwe@x.org,dog,Elm\n")
    new = Import.objects.latest("number").number
    shown = draft.draft_show(scope, number=new)

    assert {column.header: column.is_confirmed for column in shown.columns} == {
        **dict.fromkeys(GERMAN.split(","), True),
        "Haus": False,
    }
    assert draft_next(scope, number=new) == "columns"


def test_no_file_is_asked_for_again_and_nothing_is_made(client: Client) -> None:
    number = handed_in(client, CLEAN)
    page = client.post(f"/imports/{number}/again/", {"key": "k"})

    assert page.status_code == 422
    assert "No file was chosen." in page.text
    assert Import.objects.count() == 1


def test_the_same_upload_that_arrives_twice_makes_one_import(client: Client) -> None:
    number = handed_in(client, CLEAN)
    form = {"key": "once", "file": SimpleUploadedFile("next.csv", CLEAN.encode())}
    first = client.post(f"/imports/{number}/again/", form).headers["Location"]
    work()
    form["file"] = SimpleUploadedFile("next.csv", CLEAN.encode())

    assert client.post(f"/imports/{number}/again/", form).headers["Location"] == first
    assert Import.objects.count() == 2


def test_an_undo_has_no_settings_for_another_file(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    applied(scope, number)
    undo = draft.draft_undo(scope, number=number)
    work()

    assert again(client, undo, CLEAN).status_code == 409
    page = client.get("/imports/").text
    assert [f"/imports/{each}/again/" in page for each in (number, undo)] == [True, False]


def test_a_viewer_makes_no_import_of_it(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    viewer = signed_in(cast.person(scope.organization, username="vic", site_role="viewer"))

    assert "/again/" not in viewer.get("/imports/").text
    assert again(viewer, number, CLEAN).status_code == 403


def test_an_undone_import_says_by_which_and_when(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    applied(scope, number)
    undo = draft.draft_undo(scope, number=number)
    work()
    applied(scope, undo)
    page = client.get("/imports/").text

    assert re.search(rf'<a href="/imports/{undo}/">\s*Undone by import {undo}</a>\s*·\s*<time', page)
    assert page.count("Undone by import") == 1


def test_imports_are_found_by_when_they_were_made_in_the_viewers_zone(client: Client, scope: Scope) -> None:
    assert scope.actor
    Person.objects.filter(pk=scope.actor.pk).update(timezone="Pacific/Kiritimati")
    zone = ZoneInfo("Pacific/Kiritimati")
    midnight = datetime.combine(timezone.now().astimezone(zone).date(), datetime.min.time(), tzinfo=zone)
    for number, at in enumerate((midnight, midnight - timedelta(minutes=1), midnight - timedelta(days=40)), start=1):
        Import.objects.create(organization=scope.organization, number=number, preset="moodle", file_name=f"f{number}")
        Import.objects.filter(number=number).update(created_at=at.astimezone(UTC))
    found = {
        days: [f"/imports/{number}/" in client.get("/imports/", {"days": days}).text for number in (1, 2, 3)]
        for days in ("1", "7", "30", "365", "", "2", "-1", "x")
    }

    everything = [True, True, True]
    assert found == {
        "1": [True, False, False],
        "7": [True, True, False],
        "30": [True, True, False],
        **dict.fromkeys(("365", "", "2", "-1", "x"), everything),
    }


def test_figures_above_the_list_leave_out_what_was_undone(client: Client, scope: Scope) -> None:
    rows = f"{HEAD}\nann,Ann,Lee,ann@x.org\nbob,Bob,,bob@x.org\n"
    first, second = handed_in(client, rows), handed_in(client, rows.replace("ann", "eva").replace("Ann", "Eva"))
    for number in (first, second):
        applied(scope, number)
    for _ in range(3):
        handed_in(client, CLEAN)
    figures = re.compile(r'class="fig">\s*<b>([\d,]+)</b>\s*<i[^>]*></i> ([\w ]+?)\s*<')
    before = {name: count for count, name in figures.findall(client.get("/imports/").text)}
    undo = draft.draft_undo(scope, number=second)
    work()
    applied(scope, undo)
    after = {name: count for count, name in figures.findall(client.get("/imports/").text)}

    assert before == {"people created": "2", "people updated": "0", "people removed": "0", "rows not imported": "2"}
    assert after == {"person created": "1", "people updated": "0", "people removed": "0", "row not imported": "1"}
