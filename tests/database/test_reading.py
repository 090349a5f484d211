"""An upload answers at once; a worker reads the file, and the draft's page shows the progress or the error."""

import io
import time
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from enlist.core.errors import LeaseTaken, PlanError
from enlist.services.access import Scope
from enlist.services.drafts import draft, review
from enlist.services.drafts.reading import draft_file_plan, draft_file_read, draft_reading
from enlist.services.imports.background import import_cancel
from enlist.services.imports.request import ImportRequest
from enlist.services.jobs.run import Run, job_do
from enlist.services.worker import worker_run
from enlist.store.imports import records
from enlist.store.jobs import jobs
from enlist.store.models import Artifact, Edit, Import, Secret
from enlist.store.operations.models import Job
from tests.database.imports import HEAD, upload_of, uploaded
from tests.database.review import SETTINGS, _static, scope
from tests.database.test_web import signed_in

__all__ = ["_static", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

CANARY = "Palmyra-1-Palmyra"
TEXT = f"{HEAD},city,password\nann,Ann,Lee,ann@x.org,Rome,{CANARY}\nbob,Bob,Ray,bob@x.org,Bonn,{CANARY}\n"
BOOK = "roster.xlsx"
# An archive that breaks off.
DAMAGED = b"PK\x03\x04" + b"damaged" * 40


def upload(data: bytes | str = TEXT, *, name: str = "roster.csv", key: str = "k", **also: Any) -> ImportRequest:
    file = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return upload_of(file, name=name, key=key, **also)


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def last(number: int = 1) -> Job:
    return Job.objects.filter(import_number=number).latest("id")


def stopped_by(number: int, *, at: str, do: Any) -> None:
    """Do the draft's job in this process; when it tells of a phase, somebody else does this at the same time."""
    others: list[Thread] = []

    class Stopped(Run):
        def __call__(self, phase: str, done: int, total: int) -> None:
            if phase == at and not others:
                others.append(Thread(target=elsewhere))
                others[0].start()
                while others[0].is_alive() and not jobs.is_cancel_requested(self.job):
                    time.sleep(0.01)
            self.go_on(phase, done=done, total=total)

    def elsewhere() -> None:
        do()
        connections.close_all()

    work_of = draft_file_read if last(number).kind == "imports.read_file" else draft_file_plan
    job_do(last(number).pk, work=lambda run: work_of(Stopped(run.job, run.scope, run.lease)))
    others[0].join()


def test_an_upload_answers_before_its_file_is_read(client: Client, scope: Scope) -> None:
    answer = client.post("/imports/new/", {"preset": "moodle", "key": "k", "file": SimpleUploadedFile("r.csv", b"x")})
    page = client.get("/imports/1/source/").text

    assert answer.headers["Location"] == "/imports/1/next/"
    assert 'data-url="/imports/1/progress/"' in page
    assert "Waiting to start" in page
    for step in ("next", "columns", "settings", "review", "preview"):
        assert client.get(f"/imports/1/{step}/", follow=True).status_code == 200
    with pytest.raises(PlanError, match="The file of import 1 isn't read yet"):
        draft.draft_show(scope, number=1)


def test_what_waits_to_be_read_is_sealed_and_its_rows_have_no_password(scope: Scope) -> None:
    draft.draft_new(scope, request=upload())
    waiting = [bytes(data) for data in Artifact.objects.values_list("data", flat=True)]
    work()
    read = [bytes(data) for data in Artifact.objects.values_list("data", flat=True)]

    assert (len(waiting), len(read), Secret.objects.count()) == (1, 2, 2)
    assert all(CANARY.encode() not in data for data in (*waiting, *read))
    assert b"ann@x.org" not in waiting[0]


def test_the_page_shows_that_no_worker_is_running(client: Client, scope: Scope) -> None:
    number = draft.draft_new(scope, request=upload())
    soon = client.get(f"/imports/{number}/source/").text
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=10))
    late = client.get(f"/imports/{number}/progress/").text
    with jobs.lease(jobs.new(scope, kind="keeping.expire")[0]) as lease:
        lease.take()
        busy = client.get(f"/imports/{number}/progress/").text

    assert ["No worker is running" in page for page in (soon, late, busy)] == [False, True, False]


def test_a_damaged_file_is_explained_and_another_takes_its_place(client: Client, scope: Scope) -> None:
    number = uploaded(scope, request=upload(DAMAGED, name=BOOK))
    page = client.get(f"/imports/{number}/source/").text
    alert = page.split('role="alert"')[1].split("</div>")[0]

    assert f"{BOOK} is cut off or damaged" in alert
    assert 'href="/imports/new/"' in page
    assert 'name="encoding"' in page
    assert client.get(f"/imports/{number}/columns/").headers["Location"] == f"/imports/{number}/source/"

    assert uploaded(scope, request=upload()) == number
    assert draft.draft_show(scope, number=number).rows == 2
    assert records.get(scope, number=number).file_name == "roster.csv"


def test_a_file_that_could_not_be_read_is_read_with_other_options(client: Client, scope: Scope) -> None:
    number = uploaded(scope, request=upload("a title;\n" + TEXT.replace(",", ";"), reading={"encoding": "klingon"}))
    assert "klingon" in client.get(f"/imports/{number}/source/").text

    client.post(f"/imports/{number}/source/", {"header": "2"})
    work()

    assert draft.draft_show(scope, number=number).reading == {"header": 2}


def test_a_reading_that_fails_leaves_a_draft_as_it_was(scope: Scope) -> None:
    number = uploaded(scope, request=upload())
    review.cells_set(scope, number=number, cells=[(0, "city", "Bern")])
    draft.draft_reread(scope, number=number, reading={"encoding": "klingon"})
    with pytest.raises(LeaseTaken, match="is being read"):
        review.cells_set(scope, number=number, cells=[(0, "city", "Graz")])
    work()
    reading = draft_reading(scope, number=number)

    assert (reading.is_read, reading.options) == (True, {"encoding": "klingon"})
    assert reading.failure
    assert "klingon" in reading.failure.message
    assert draft.draft_show(scope, number=number).first.row(0)[5] == "Bern"
    assert Edit.objects.count() == 1


def test_reading_again_is_stopped_alone(client: Client, scope: Scope) -> None:
    number = uploaded(scope, request=upload())
    draft.draft_reread(scope, number=number, reading={"header": 2})
    answer = client.post(f"/imports/{number}/cancel/")
    work()

    assert answer.headers["Location"] == f"/imports/{number}/source/"
    assert (last().state, draft.draft_show(scope, number=number).rows) == ("cancelled", 2)


@pytest.mark.parametrize("at", ["reading", "saving"])
def test_an_import_that_is_discarded_while_it_is_read_keeps_nothing(client: Client, scope: Scope, at: str) -> None:
    number = draft.draft_new(scope, request=upload())
    stopped_by(number, at=at, do=lambda: client.post(f"/imports/{number}/cancel/"))

    assert (records.get(scope, number=number).state, last().state) == ("cancelled", "cancelled")
    assert (Artifact.objects.count(), Secret.objects.count()) == (0, 0)


def test_what_is_changed_while_it_is_planned_is_planned_as_it_is_then(scope: Scope) -> None:
    """Nobody waits for the worker to stop: what it planned of the old settings is not kept."""
    number = uploaded(scope, request=upload())
    draft.draft_settings_set(scope, number=number, settings=SETTINGS)
    draft.draft_plan(scope, number=number)

    def change() -> None:
        review.cells_set(scope, number=number, cells=[(0, "username", "zoe")])
        draft.draft_plan(scope, number=number)

    stopped_by(number, at="saving", do=change)
    assert Import.objects.get().state == "staged"
    work()

    assert [job.state for job in Job.objects.filter(kind="imports.make_plan").order_by("id")] == ["cancelled", "done"]
    people = records.get(scope, number=number)
    assert (people.state, people.figures["verbs"]["create"]) == ("planned", 2)
    assert "zoe" in str(draft.draft_show(scope, number=number).first.rows())


def test_an_import_is_cancelled_at_once_while_it_is_planned(scope: Scope) -> None:
    number = uploaded(scope, request=upload())
    draft.draft_settings_set(scope, number=number, settings=SETTINGS)
    draft.draft_plan(scope, number=number)
    said: list[str] = []
    stopped_by(number, at="saving", do=lambda: said.append(import_cancel(scope, number=number, patience=0)))

    assert (said, last().state) == (["cancelled"], "cancelled")
    assert (records.get(scope, number=number).state, Artifact.objects.count()) == ("cancelled", 0)
