"""A draft is the old one or the new one: whatever the database refuses half-way, nothing is lost."""

import io
from dataclasses import replace
from typing import Any

import pytest
from django.db.utils import Error

from enlist.core.errors import DatabaseProblem, PolicyError
from enlist.services.access import Scope
from enlist.services.drafts import draft, review
from enlist.services.drafts.reading import draft_file_read
from enlist.services.drafts.uploaded_file import reading_options
from enlist.services.imports import background, plan, staged_file
from enlist.services.imports.approval import import_approve
from enlist.services.imports.plan import import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.staged_file import file_of
from enlist.services.jobs.queue import jobs_list
from enlist.services.jobs.run import job_do
from enlist.services.worker import worker_run
from enlist.store.imports import edits, records
from enlist.store.jobs import jobs
from enlist.store.models import Artifact, Edit, Import, RememberedHeader, Secret, Step
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.imports import HEAD, order, upload_of, uploaded
from tests.database.refusals import refusing
from tests.database.review import SETTINGS
from tests.database.test_change_limits import imported as leaving
from tests.database.test_change_limits import listing, school_of
from tests.support.binary_workbooks import made, text
from tests.support.workbooks import packed_anew, unpacked

pytestmark = pytest.mark.django_db(transaction=True)

LINES = [f"u{n},U,V{n},u{n}@x.org,pass-word-{n}" for n in range(5)]
TEXT = "\n".join((f"{HEAD},password", *LINES, "")).encode()
# As each is written: the rows, what was odd about them, the passwords, how the file was read.
REFUSED = {
    "rows": ("store_artifact", "NEW.kind = 'staged' AND NEW.part = 1"),
    "passwords": ("store_secret", "NEW.line = 4"),
    "reading": ("store_import", "NEW.sha256 <> '' AND NEW.\"order\" {has} '%\"lines\"%'"),
}


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of five rows has three chunks."""
    monkeypatch.setattr(staged_file, "_CHUNK", 2)


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


@pytest.fixture
def number(scope: Scope) -> int:
    """A draft of which a cell was edited."""
    made = uploaded(scope, request=upload())
    draft.draft_settings_set(scope, number=made, settings=(*SETTINGS, "passwords=column"))
    review.cells_set(scope, number=made, cells=[(1, "lastname", "Kaya")])
    return made


def upload(data: bytes = TEXT) -> ImportRequest:
    return upload_of(io.BytesIO(data), name="roster.csv", key="k")


def where(name: str) -> dict[str, Any]:
    from django.db import connection

    table, condition = REFUSED[name]
    has = "LIKE" if connection.vendor == "sqlite" else "::text LIKE"
    return {"table": table, "where": condition.replace("{has}", has)}


def everything() -> dict[str, Any]:
    """All that is kept of drafts, but when they changed and how they stand."""
    return {
        "imports": list(
            Import.objects.order_by("number").values("number", "sha256", "policy", "order", "note", "moves")
        ),
        "artifacts": list(Artifact.objects.order_by("pk").values("pk", "kind", "part", "name", "fingerprint")),
        "secrets": list(Secret.objects.order_by("line").values("line", "sealed")),
        "edits": list(Edit.objects.order_by("pk").values("pk", "row", "column", "new")),
        "steps": list(Step.objects.order_by("pk").values("pk", "state")),
    }


@pytest.mark.parametrize("name", REFUSED)
def test_a_draft_that_is_read_again_stays_as_it_was_where_that_is_refused(name: str, scope: Scope, number: int) -> None:
    before, table = everything(), file_of(records.get(scope, number=number))
    draft.draft_reread(scope, number=number, reading={"lines": "all"})
    with pytest.raises(DatabaseProblem), refusing(**where(name)):
        read_now(scope, number)
    assert everything() == before
    assert file_of(records.get(scope, number=number)).frame.equals(table.frame)

    read_now(scope, number)
    assert draft.draft_show(scope, number=number).reading == {"lines": "all"}
    assert (Secret.objects.count(), Edit.objects.count()) == (5, 0)


def read_now(scope: Scope, number: int) -> None:
    """Have this process read the file of a draft, as a worker does."""
    job = jobs.of_import(scope, number=number)
    assert job
    job_do(job.pk, work=draft_file_read)


def test_of_an_upload_that_is_refused_nothing_is_kept(scope: Scope) -> None:
    with pytest.raises(Error), refusing("store_artifact", where="NEW.kind = 'source'"):
        draft.draft_new(scope, request=upload())
    assert all(found == [] for found in everything().values())
    assert draft.draft_show(scope, number=uploaded(scope, request=upload())).rows == 5


@pytest.mark.parametrize("name", ["rows", "passwords"])
def test_a_file_whose_rows_are_refused_half_way_is_read_by_the_next_attempt(name: str, scope: Scope) -> None:
    number = draft.draft_new(scope, request=upload())
    before = everything()
    with pytest.raises(DatabaseProblem), refusing(**where(name)):
        read_now(scope, number)
    assert (everything(), before["secrets"]) == (before, [])
    read_now(scope, number)
    assert (draft.draft_show(scope, number=number).rows, Secret.objects.count()) == (5, 5)


@pytest.mark.parametrize("name", ["rows", "passwords"])
def test_what_an_import_with_the_same_key_kept_stays_until_the_new_file_is_there(name: str, scope: Scope) -> None:
    roster = order(TEXT.decode(), settings=["passwords=column"])
    planned = import_plan(scope, request=replace(roster, key="autumn"))
    import_stage(scope, planned=planned)
    before = everything()
    with pytest.raises(Error), refusing(**where(name)):
        import_stage(scope, planned=planned)
    assert everything() == before
    with pytest.raises(Error), refusing(**where(name)):
        background.import_hand_over(scope, request=replace(roster, key="autumn"))
    assert everything() == before
    assert jobs_list(scope) == []
    assert background.import_hand_over(scope, request=replace(roster, key="autumn")).number == 1


def test_mapped_columns_are_kept_completely_or_not_at_all(scope: Scope, number: int) -> None:
    draft.draft_columns_set(scope, number=number, columns={"firstname": "city"})
    before = everything()
    with pytest.raises(Error), refusing("store_import", where=where_left_out()):
        draft.draft_columns_set(scope, number=number, columns={"firstname": "", "lastname": "city"})
    assert everything() == before
    with pytest.raises(Error), refusing("store_import", where=where_left_out()):
        draft.draft_settings_set(scope, number=number, settings=SETTINGS, used={"firstname": False})
    assert everything() == before


def where_left_out() -> str:
    """Of which a column is left out, and which nobody says of them."""
    from django.db import connection

    text = "" if connection.vendor == "sqlite" else "::text"
    return f"NEW.policy{text} LIKE '%columns_left_out\": [\"firstname%'"


def test_what_waits_can_still_be_approved_where_storing_its_new_plan_was_refused() -> None:
    scope = school_of(40)
    done = leaving(scope, *listing(range(30)))
    assert done.waiting
    before = everything()
    with pytest.raises(Error), refusing("store_artifact", where="NEW.kind = 'plan'"):
        import_approve(scope, number=done.waiting, confirm=done.waiting_people)
    assert (everything(), records.get(scope, number=done.waiting).state) == (before, "awaiting")
    import_approve(scope, number=done.waiting, confirm=done.waiting_people)
    assert records.get(scope, number=done.waiting).state == "applied"


def test_a_plan_of_the_file_as_it_was_read_before_is_no_plan_of_the_draft(
    scope: Scope, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*args: Any, **named: Any) -> Any:
        monkeypatch.undo()
        records.reread(records.get(scope, number=number), sha256="")
        edits.forget(records.get(scope, number=number))
        return plan.planned_keep(*args, **named)

    monkeypatch.setattr(background, "planned_keep", meanwhile)
    draft.draft_plan(scope, number=number)
    worker_run(lambda _: None, until_empty=True)
    assert records.get(scope, number=number).state == "staged"
    error = jobs_list(scope)[0].error
    assert error
    assert error.code == "import_file_changed"


@pytest.mark.parametrize("reading", [{"sheet": "a\0b"}, {"sheet": "a\ud800b"}, {"names": ["username", "\0"]}])
def test_a_draft_is_not_read_by_what_no_database_keeps(reading: dict[str, Any], scope: Scope, number: int) -> None:
    before = everything()
    with pytest.raises(PolicyError, match="can't be stored"):
        draft.draft_reread(scope, number=number, reading=reading)
    with pytest.raises(PolicyError, match="can't be stored"):
        uploaded(scope, request=replace(upload(), key="other", reading=reading_options(reading)))
    assert everything() == before


@pytest.mark.parametrize("key", ["a\0b", "".join(map(str, range(3_000)))])
def test_a_key_that_no_database_keeps_is_refused_by_name(key: str, scope: Scope) -> None:
    with pytest.raises(PolicyError, match="It must have 255 characters at most"):
        uploaded(scope, request=replace(upload(), key=key))
    with pytest.raises(PolicyError, match="It must have 255 characters at most"):
        background.import_hand_over(scope, request=replace(order(TEXT.decode()), key=key))
    assert all(found == [] for found in everything().values())


def test_a_column_mapped_to_passwords_with_the_upload_is_encrypted_at_once(scope: Scope) -> None:
    request = upload(f"{HEAD},Kuerzel\nann,Ann,Lee,ann@x.org,Corr3ct-Horse\n".encode())
    made = uploaded(scope, request=replace(request, columns={"Kuerzel": "password"}))

    secret = [column for column in draft.draft_show(scope, number=made).columns if column.is_secret]
    assert [(column.header, column.is_chosen, column.samples) for column in secret] == [("Kuerzel", True, ())]
    assert Secret.objects.count() == 1
    assert holding("Corr3ct-Horse") == []


def test_a_header_too_long_for_an_index_is_reported_and_not_remembered(scope: Scope) -> None:
    long = "".join(map(str, range(3_000)))
    made = uploaded(scope, request=upload(f"{HEAD},{long}\nann,Ann,Lee,ann@x.org,Rome\n".encode()))
    draft.draft_columns_set(
        scope, number=made, columns={long: "city", "firstname": "lastname", "lastname": "firstname"}
    )
    assert records.get(scope, number=made).order["columns"][long] == "city"
    assert set(RememberedHeader.objects.values_list("key", flat=True)) == {"firstname", "lastname"}


def test_a_workbook_whose_sheets_and_cells_no_database_keeps_is_taken_in_without_them(scope: Scope) -> None:
    rows = [[text("username"), text("city")], [text("ann"), text("Ro\0me")], [text("bob"), text("Bern")]]
    parts = unpacked(made(rows))
    parts["xl/workbook.bin"] = parts["xl/workbook.bin"].replace(
        "people".encode("utf-16-le"), "pe\0ple".encode("utf-16-le")
    )
    number = uploaded(scope, request=upload(packed_anew(parts)))
    shown = draft.draft_show(scope, number=number)
    assert (shown.source.sheet, [group.code for group in shown.flags]) == ("peple", ["nul_byte"])
    draft.draft_reread(scope, number=number, reading={"sheet": "peple"})
    read_now(scope, number)
    assert draft.draft_show(scope, number=number).rows == 2
