"""An upload leads to the first step with something to decide, with the choices of the last such import."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enlist.cli.imports.reading import ImportOptions
from enlist.core.errors import PolicyError
from enlist.core.policy import Policy
from enlist.services.access import Scope
from enlist.services.drafts import draft
from enlist.services.drafts.next_step import draft_columns_confirm, draft_next
from enlist.services.drafts.settings_trial import settings_effects
from enlist.services.jobs.run import KIND, PLANNING
from enlist.services.setup.saved_presets import SavedPreset, preset_named, preset_remove, preset_save, presets_saved
from enlist.services.worker import worker_run
from enlist.store.imports import artifacts, records
from enlist.store.jobs import jobs
from enlist.store.models import Organization, Person
from enlist.store.operations.models import Job
from tests.database import school as cast
from tests.database.imports import HEAD, imported
from tests.database.test_web import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

CLEAN = f"{HEAD}\nann,Ann,Lee,ann@x.org\nbob,Bob,Ray,bob@x.org\n"
LEAVERS = [f"p{n}" for n in range(25)]


@pytest.fixture
def _static(settings: Any) -> None:
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    return Scope(here, cast.person(here, username="owner", email="owner@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


def handed_in(client: Client, text: str, *, preset: str = "moodle") -> int:
    """Upload a file as the page's script does; the number of its import."""
    form = {"preset": preset, "key": uuid4().hex, "file": SimpleUploadedFile("roster.csv", text.encode())}
    answer = client.post("/imports/new/", form, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    work()
    return int(re.search(r"\d+", answer.json()["next"])[0])  # type: ignore[index]


def applied(scope: Scope, number: int) -> None:
    plan = artifacts.plan_of(records.get(scope, number=number))
    draft.draft_apply(scope, number=number, shown=plan.fingerprint)
    work()


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (CLEAN, "preview"),
        (CLEAN.replace("email", "email,Lieblingstier").replace(".org", ".org,cat"), "columns"),
        (CLEAN.replace("username,", "").replace("ann,Ann", "Ann").replace("bob,Bob", "Bob"), "columns"),
        (CLEAN.replace("Ray", ""), "review"),
        (f"{CLEAN}owner,Own,Er,owner@x.org\n", "columns"),
    ],
)
def test_an_upload_leads_to_the_first_step_with_something_to_decide(
    client: Client, scope: Scope, text: str, step: str
) -> None:
    number = handed_in(client, text)

    assert draft_next(scope, number=number) == step
    assert client.get(f"/imports/{number}/next/").headers["Location"] == f"/imports/{number}/{step}/"
    assert records.get(scope, number=number).state in ("planned", "staged")


def test_what_was_checked_is_not_asked_again_and_keeps_the_plan(client: Client, scope: Scope) -> None:
    number = handed_in(client, f"{CLEAN}owner,Own,Er,owner@x.org\n")
    plan = records.get(scope, number=number).plan_head
    draft_columns_confirm(scope, number=number)

    assert draft_next(scope, number=number) == "preview"
    assert records.get(scope, number=number).plan_head == plan


def test_the_next_file_of_this_kind_gets_the_choices_of_the_last_import(client: Client, scope: Scope) -> None:
    head = "Vorname,Nachname,E-Mail,Lieblingstier"
    number = handed_in(client, f"{head}\nIda,Möwe,ida@x.org,cat\n")
    draft.draft_settings_set(scope, number=number, settings=("match_by=email", "username_from=%-f.%-l"))
    draft_columns_confirm(scope, number=number)
    draft.draft_plan(scope, number=number)
    work()
    applied(scope, number)
    later = handed_in(client, f"{head}\nOle,Lund,ole@x.org,dog\n")
    other = handed_in(client, f"{head},Ort\nUwe,Lund,uwe@x.org,dog,Bonn\n")

    assert draft_next(scope, number=later) == "preview"
    assert draft.draft_show(scope, number=later).earlier == number
    assert draft.draft_show(scope, number=later).policy.username_from == "%-f.%-l"
    assert draft_next(scope, number=other) == "columns"
    assert draft.draft_show(scope, number=other).earlier is None


def test_a_plan_is_made_after_a_change_while_another_is_being_made(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    draft.draft_settings_set(scope, number=number, settings=("match_by=email",))
    job, _new = jobs.put(scope, kind=PLANNING, import_number=number)
    Job.objects.filter(pk=job.pk).update(state="running")
    draft.draft_settings_set(scope, number=number, settings=("match_by=username",))
    draft.draft_plan(scope, number=number)
    job.refresh_from_db()

    assert (job.cancel, jobs.current_kind(job)) == (True, PLANNING)


def test_effects_count_the_rows_of_existing_people_by_each_key(client: Client, scope: Scope) -> None:
    imported(scope, f"{HEAD},idnumber\nann,Ann,Lee,ann@x.org,N1\nbob,Bob,Ray,bob@x.org,N2")
    number = handed_in(client, f"{HEAD},idnumber\nANN,Ann,Lee,new@x.org,N2\ncem,Cem,Kaya,BOB@X.ORG,\n")
    effects = settings_effects(scope, draft=draft.draft_show(scope, number=number))

    assert dict(effects.matches) == {"username": 1, "email": 1, "idnumber": 1}
    assert (effects.rows, effects.is_whole) == (2, True)
    assert "1 of 2 rows match" in client.get(f"/imports/{number}/columns/").text


def test_who_may_approve_does_so_with_the_import(client: Client, scope: Scope) -> None:
    imported(scope, HEAD + "".join(f"\n{name},P,Q,{name}@x.org" for name in LEAVERS))
    Organization.objects.update(settings={})
    number = handed_in(client, "username,suspended" + "".join(f"\n{name},1" for name in LEAVERS))
    draft.draft_settings_set(scope, number=number, settings=("upload_type=update",))
    draft.draft_plan(scope, number=number)
    work()
    page = client.get(f"/imports/{number}/preview/").text
    shown = str(re.search(r'name="shown" value="(\w+)"', page)[1])  # type: ignore[index]
    wrong = client.post(f"/imports/{number}/apply/", {"shown": shown, "with": "approval", "people": "24"}, follow=True)

    assert "Type 25 to approve" in page
    assert "You confirmed 24, but import" in wrong.text
    assert not Person.objects.filter(state="inactive").exists()

    client.post(f"/imports/{number}/apply/", {"shown": shown, "with": "approval", "people": "25"})
    work()
    assert Person.objects.filter(state="inactive").count() == len(LEAVERS)

    # As if the worker had applied the import, and not yet started the approved part.
    applying = Job.objects.filter(import_number=number, kind=KIND)
    applying.update(state="running")
    assert "<job-progress" in client.get(f"/imports/{number}/").text
    applying.update(state="done")
    assert "<job-progress" not in client.get(f"/imports/{number}/").text


def test_a_preview_says_what_is_not_imported_and_leads_to_its_fix(client: Client, scope: Scope) -> None:
    number = handed_in(client, f"{HEAD},course1\nann,Ann,,ann@x.org,\nbob,Bob,Ray,bob@x.org,NOPE\nowner,O,E,o@x.org,\n")
    page = client.get(f"/imports/{number}/preview/").text
    reasons = re.findall(r'href="(/imports/\d+/review/\?[^"]+)"', page)

    assert "1 person will be created" in page
    assert "2 rows and 1 value won&#x27;t be imported" in page
    assert "row for an existing person" in page
    assert [each.partition("?")[2].split("&")[0] for each in reasons] == [
        "code=lastname_missing",
        "code=course_unknown",
    ]


def test_people_that_an_import_created_have_links_until_it_is_undone(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    assert 'href="/people/ann/"' not in client.get(f"/imports/{number}/preview/").text
    applied(scope, number)
    assert 'href="/people/ann/"' in client.get(f"/imports/{number}/").text

    undo = draft.draft_undo(scope, number=number)
    work()
    applied(scope, undo)
    assert 'href="/people/ann/"' not in client.get(f"/imports/{number}/").text


def test_settings_saved_under_a_name_are_chosen_by_it_and_drafts_outlive_it(client: Client, scope: Scope) -> None:
    number = handed_in(client, CLEAN)
    draft.draft_settings_set(scope, number=number, settings=("upload_type=update", "update_details=from_file"))
    answer = client.post(f"/imports/{number}/settings/save/", {"name": "Weekly list"}, follow=True)
    assert "Saved the preset" in answer.text
    assert "Weekly list" in client.get("/imports/new/").text
    again = handed_in(client, CLEAN.replace("ann", "eva"), preset="Weekly list")
    assert draft.draft_show(scope, number=again).policy.existing_people == "update"

    client.post("/imports/presets/remove/", {"name": "Weekly list"})
    form = {"preset": "Weekly list", "key": "k", "file": SimpleUploadedFile("r.csv", CLEAN.encode())}
    refused = client.post("/imports/new/", form, headers={"accept": "application/json"})

    assert presets_saved(scope) == []
    assert (refused.status_code, refused.json()["said"][:39]) == (422, "There is no preset “Weekly list”. Prese")
    assert client.get(f"/imports/{again}/columns/").status_code == 200


@pytest.mark.parametrize("name", ["", "moodle", "x" * 101])
def test_an_invalid_name_of_a_preset_is_refused(scope: Scope, name: str) -> None:
    moodle = preset_named(scope, name="moodle").preset
    with pytest.raises(PolicyError):
        preset_save(scope, saved=SavedPreset(name, moodle, {}))
    assert preset_named(scope, name="moodle").preset.policy.limits == Policy().limits
    preset_save(scope, saved=SavedPreset("Other", moodle, {}))
    preset_remove(scope, name="Other")


def test_a_command_takes_the_settings_and_columns_of_a_saved_preset(scope: Scope) -> None:
    moodle = preset_named(scope, name="moodle").preset
    weekly = replace(moodle, policy=moodle.policy.replace(existing_people="update", update_details="from_file"))
    preset_save(scope, saved=SavedPreset("Weekly list", weekly, {"Who": "username"}))
    asked = ImportOptions(preset="Weekly list", settings=["update_details=fill_missing"], mapped=["Mail=email"])
    request = asked.request(Path("list.csv"), scope=scope)

    assert (request.preset, request.policy.existing_people, request.policy.update_details) == (
        "moodle", "update", "fill_missing",
    )  # fmt: skip
    assert request.columns == {"Who": "username", "Mail": "email"}
    with pytest.raises(PolicyError, match="There is no preset “Daily list”"):
        ImportOptions(preset="Daily list").request(Path("list.csv"), scope=scope)
