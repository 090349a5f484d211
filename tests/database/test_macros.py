"""Workbooks with macros in the browser: accepted if the import's options allow it, and checked again with others."""

import io
import zipfile
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enlist.core.policy import Macros
from enlist.core.presets import preset
from enlist.services.access import Scope
from enlist.services.drafts.draft import draft_show
from enlist.services.worker import worker_run
from tests.database.review import ROSTER, _static, scope
from tests.database.test_web import signed_in
from tests.support.workbooks import made

__all__ = ["_static", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

ROWS = (("username", "firstname", "lastname", "email"), ("ann", "Ann", "Lee", "ann@x.org"))
REFUSED = "roster.xlsm has macros, which this import doesn't accept."


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def with_macros() -> bytes:
    """A workbook with a part that holds macros."""
    stream = io.BytesIO(made(ROWS))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return stream.getvalue()


def sent(client: Client, *, name: str, data: bytes, **fields: str) -> Any:
    """The answer to a file that is handed in, when a worker has read it."""
    form = {"preset": "moodle", "file": SimpleUploadedFile(name, data), **fields}
    answer = client.post("/imports/new/", form)
    worker_run(lambda _: None, until_empty=True)
    return answer


def test_a_workbook_with_macros_is_accepted_if_the_person_agrees(client: Client, scope: Scope) -> None:
    sent(client, name="roster.xlsm", data=with_macros())
    refused = unescape(client.get("/imports/1/source/").text)
    let_in = sent(client, name="roster.xlsm", data=with_macros(), macros="let_in")
    draft = draft_show(scope, number=2)

    assert (REFUSED in refused, let_in.headers["Location"]) == (True, "/imports/2/next/")
    assert (draft.policy.macros, draft.first.row(0)[1:]) == (Macros.LET_IN, ("ann", "Ann", "Lee", "ann@x.org"))


def test_a_workbook_that_was_refused_for_its_macros_is_let_in_where_it_is_read_again(
    client: Client, scope: Scope
) -> None:
    sent(client, name="roster.xlsm", data=with_macros())
    client.post("/imports/1/source/", {"macros": "let_in"})
    worker_run(lambda _: None, until_empty=True)

    assert draft_show(scope, number=1).policy.macros is Macros.LET_IN


def test_other_settings_judge_a_workbook_with_macros_again(client: Client, scope: Scope) -> None:
    sent(client, name="roster.xlsm", data=with_macros(), macros="let_in")
    page = client.get("/imports/1/settings/").text
    form = {"there": ["macros", "upload_type"], "upload_type": "update"}
    refused = client.post("/imports/1/settings/", {**form, "macros": "refuse"})

    assert 'name="macros"' in page
    assert (refused.status_code, REFUSED in unescape(refused.text)) == (422, True)
    assert draft_show(scope, number=1).policy == preset("moodle").configure(["macros=let_in"])
    assert client.post("/imports/1/settings/", {**form, "macros": "let_in"}).status_code == 302
    assert draft_show(scope, number=1).policy.existing_people == "update"


def test_macros_are_asked_about_where_the_file_is_a_workbook_only(client: Client) -> None:
    sent(client, name="roster.csv", data=ROSTER.encode())

    assert 'name="macros"' not in client.get("/imports/1/settings/").text
    form = {"there": ["upload_type"], "upload_type": "update"}
    assert client.post("/imports/1/settings/", form).status_code == 302
