"""An import with pages, from the file to its undo: nothing is applied unseen or twice, and no input is lost."""

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter
from django.contrib.auth.hashers import check_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from enlist.formats import read
from enlist.services.access import Scope
from enlist.services.imports import download, staged_file
from enlist.services.imports.plan import imports_list
from enlist.services.people.edit import person_set
from enlist.services.retention.expiry import expire
from enlist.services.worker import worker_run
from enlist.store.models import Account, Artifact, Edit, Organization, Person, Secret
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.imports import HEAD, imported
from tests.database.test_web import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

ROSTER = f"{HEAD},city\nann,Ann,Lee,ann@x.org,Bern\nbob,Bob,Ray,bob@x.org,Bonn\ncem,Cem,,cem@x.org,Graz\n"
UPDATING = {"there": ["upload_type", "update_details"], "upload_type": "add_and_update", "update_details": "from_file"}


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    cast.role(here)
    owner = cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    imported(Scope(here, owner), f"{HEAD},city\nann,Ann,Lee,ann@x.org,Rome")
    return Scope(here, owner)


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def work() -> None:
    worker_run(lambda _: None, until_empty=True)


def sent(client: Client, text: str | bytes = ROSTER, **fields: str) -> str:
    """Hand a file in; the page about how it was read."""
    data = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("roster.csv", data)
    answer = client.post("/imports/new/", {"preset": "moodle", "key": uuid4().hex, "file": file, **fields})
    assert answer.status_code == 302, answer.text
    work()
    return str(answer.headers["Location"]).replace("next/", "source/")


def reread(client: Client, address: str, **options: str) -> str:
    """Have the file of a draft read in another way; the page about it then."""
    assert client.post(address, options).headers["Location"] == address
    work()
    return client.get(address).text


def planned(client: Client, text: str = ROSTER, **settings: str) -> str:
    """Hand a file in, to add and update people, and have it planned; the address of the import."""
    address = sent(client, text).removesuffix("source/")
    answer = client.post(f"{address}settings/", UPDATING | settings)
    assert answer.headers["Location"] == f"{address}next/?after=columns"
    work()
    return address


def shown(client: Client, address: str) -> str:
    """The fingerprint of the plan that a preview shows."""
    found = re.search(r'name="shown" value="(\w+)"', client.get(f"{address}preview/").text)
    assert found
    return found[1]


def applied(client: Client, address: str) -> None:
    answer = client.post(f"{address}apply/", {"shown": shown(client, address)})
    assert answer.headers["Location"] == address
    work()


def cities() -> dict[str, str]:
    return dict(Person.objects.filter(state="active", site_role="learner").values_list("username", "city"))


def test_it_goes_from_a_file_to_its_undo(client: Client) -> None:
    address = planned(client)
    before = client.get(f"{address}preview/").text
    untouched = cities()
    applied(client, address)
    after = client.get(address).text

    assert untouched == {"ann": "Rome"}
    assert "<del>Rome</del>" in before
    assert "<ins>Bern</ins>" in before
    assert "A new person needs a last name." in before
    assert "Import 2 people" in before
    assert cities() == {"ann": "Bern", "bob": "Bonn"}
    assert "Undo this import" in after

    undo = client.post(f"{address}undo/").headers["Location"].removesuffix("preview/")
    work()
    back = client.get(f"{undo}preview/").text
    applied(client, undo)

    assert "Undo import 2" in back
    assert "<del>Bern</del>" in back
    assert cities() == {"ann": "Rome"}


def test_it_shows_how_it_read_the_file(client: Client) -> None:
    text = ROSTER.replace(",", ";").replace("Bonn", "Größe für Österreich").replace("Bern", "Zürich an der Straße")
    page = client.get(sent(client, text.encode("windows-1252"))).text

    assert re.findall(r'figure-value[^"]*">([^<]+)<', page) == ["3", "5", "Windows-1252", "semicolon", "1"]
    assert "Größe für Österreich" in page


def test_it_reads_the_file_again_with_other_options(client: Client) -> None:
    address = sent(client, "a title\n" + ROSTER)
    page = reread(client, address, header="1", delimiter="semicolon")

    assert re.findall(r'figure-value[^"]*">([^<]+)<', page)[1] == "1"

    page = reread(client, address, header="2")

    assert re.findall(r'figure-value[^"]*">([^<]+)<', page)[:2] == ["3", "5"]


def test_it_shows_what_is_odd_about_a_file(client: Client) -> None:
    page = client.get(sent(client, f"Class list\n{HEAD}\nann,Ann,Lee,ann@x.org\nbob,Bob,Ray\nTotal: 2,,,\n")).text
    findings = re.findall(r"<li>(.*?)</li>", page, flags=re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in findings if "level-" in each]

    assert told == [
        "warning: This row has fewer cells than the header (3 instead of 4); the missing ones count as blank. (line 4) "
        "Check that no cell has slipped into a neighbouring column.",
        "warning: This line looks like a total or a signature; it was left out. (line 5) "
        "If it is a row, fill its other cells, or change the reading options.",
        "notice: This line stands above the header; it was left out. (line 1) "
        "If it is a row or the header, say which line names the columns.",
    ]


def test_every_line_is_read_as_a_row_if_chosen(client: Client) -> None:
    address = sent(client, f"{HEAD}\nann,Ann,Lee,ann@x.org\nTotal: 2,,,\n")
    found, every = (client.post(f"{address}look/", {"lines": lines}).text for lines in ("", "all"))

    assert [re.findall(r"<td[^>]*>([^<]+)</td>", page)[-1] for page in (found, every)] == ["ann@x.org", "Total: 2"]
    assert "looks like a total" in found
    assert "looks like a total" not in every


def test_it_names_the_columns_that_would_be_ignored(client: Client) -> None:
    ignoring = client.get(sent(client, f"{HEAD},colour,Lieblingstier\nann,Ann,Lee,ann@x.org,red,cat\n")).text
    using_all = client.get(sent(client)).text

    assert "2 columns would be ignored: colour, Lieblingstier." in ignoring
    assert "would be ignored" not in using_all


def test_another_reading_is_looked_at_and_nothing_is_kept_of_it(client: Client) -> None:
    address = sent(client, "a title\n" + ROSTER)
    answer = client.post(f"{address}look/", {"header": "0", "names": "a, b, c, d, e", "delimiter": "comma"})
    wrong = client.post(f"{address}look/", {"encoding": "klingon"})

    assert re.findall(r'scope="col">([^<]+)<', answer.text) == ["a", "b", "c", "d", "e"]
    assert "klingon" in wrong.text
    assert re.findall(r'figure-value[^"]*">([^<]+)<', client.get(address).text) == ["3", "5", "UTF-8", "comma", "2"]


def test_columns_without_headers_are_recognised_by_their_cells(client: Client) -> None:
    rows = "ann,Ann,Lee,ann@x.org\nbob,Bob,Ray,bob@x.org\ncem,Cem,Kaya,cem@x.org\n"
    address = sent(client, rows).removesuffix("source/")
    page = client.get(f"{address}columns/").text

    assert "has no column for username, and no line of it names its columns." in page
    assert re.findall(r'<option value="(\w+)" selected>', page) == ["email"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-32-le", "utf-32-be"])
def test_of_long_text_the_beginning_is_looked_at(client: Client, encoding: str) -> None:
    rows = "".join(f"p{number},Añn,Lee,p{number}@x.org\n" for number in range(30_000))
    address = sent(client, f"\ufeff{HEAD}\n{rows}".encode(encoding))
    page = client.post(f"{address}look/", {}).text

    assert "p7@x.org" in page
    assert "level-" not in page


def test_the_sheets_of_a_workbook_can_be_chosen(client: Client) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        for name in ("Staff", "Pupils, all"):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, HEAD.split(","))
            sheet.write_row(1, 0, [name, "A", "B", "c@x.org"])
    address = sent(client, book.getvalue())
    select = client.get(address).text.split('name="sheet"')[1].split("</select>")[0]
    offered = re.findall(r"<option[^>]*>([^<]+)", select)
    page = reread(client, address, sheet="Pupils, all")

    assert offered == ["Automatic", "Staff", "Pupils, all"]
    assert "<td>Pupils, all</td>" in page


def test_several_pasted_blocks_are_one_table_however_they_are_read(client: Client) -> None:
    blocks = f"{HEAD}\nann,Ann,Lee,ann@x.org\n\nusername,email,firstname,lastname\nbob,bob@x.org,Bob,Ray\n"
    form = {"preset": "moodle", "key": uuid4().hex, "pasted": blocks}
    address = str(client.post("/imports/new/", form).headers["Location"]).replace("next/", "source/")
    work()
    read = client.get(address).text
    again = reread(client, address, delimiter="comma")

    for page in (read, again):
        assert re.findall(r'figure-value[^"]*">([^<]+)<', page)[:2] == ["2", "4"]
        assert "blocks" in page


def test_impossible_reading_options_are_reported_and_change_nothing(client: Client) -> None:
    address = sent(client)
    answer = client.post(address, {"header": "x"})
    unknown = client.post(address, {"encoding": "klingon"})
    page = reread(client, address, encoding="utf-16")

    assert (answer.status_code, "Enter the number of a line" in answer.text) == (422, True)
    assert (unknown.status_code, "klingon is not one of" in unknown.text) == (422, True)
    assert "isn&#x27;t utf-16" in page.split('role="alert"')[1].split("</div>")[0]
    for each in (answer, unknown):
        assert len(re.findall(r'class="field-error" id="(?:header|encoding)_error"', each.text)) == 1
        assert re.findall(r'figure-value[^"]*">([^<]+)<', each.text)[:2] == ["3", "5"]


def test_the_same_form_sent_twice_makes_one_import(client: Client, scope: Scope) -> None:
    first, again = (sent(client, key="the same") for _ in range(2))

    assert first == again
    assert len(imports_list(scope)) == 2


def test_a_plan_agreed_to_twice_is_carried_out_once(client: Client, scope: Scope) -> None:
    address = planned(client)
    fingerprint = shown(client, address)
    for _ in range(2):
        assert client.post(f"{address}apply/", {"shown": fingerprint}).status_code == 302
    work()
    late = client.post(f"{address}apply/", {"shown": fingerprint})
    work()

    assert late.status_code == 302
    assert [each.state for each in imports_list(scope)] == ["applied", "applied"]


def test_a_plan_changed_since_the_preview_is_shown_again_and_not_applied(client: Client, scope: Scope) -> None:
    address = planned(client)
    fingerprint = shown(client, address)
    person_set(scope, username="ann", values={"city": "Oslo"})
    client.post(f"{address}apply/", {"shown": fingerprint})
    work()
    answer = client.get(address, follow=True)

    assert cities() == {"ann": "Oslo"}
    assert "Check the changes again." in answer.text
    assert "<del>Oslo</del>" in answer.text
    assert client.post(f"{address}apply/", {"shown": fingerprint}).status_code == 409

    applied(client, address)

    assert cities() == {"ann": "Bern", "bob": "Bonn"}


def test_columns_can_be_mapped(client: Client) -> None:
    address = sent(client, "login,first,last,mail,where\nbob,Bob,Ray,bob@x.org,Bonn\n").removesuffix("source/")
    page = client.get(f"{address}columns/").text
    headers = ["login", "first", "last", "mail", "where"]
    meant = ["username", "firstname", "lastname", "email", "city"]
    form = {f"header-{n}": header for n, header in enumerate(headers)} | {f"field-{n}": f for n, f in enumerate(meant)}

    assert "“where” is imported as" in page
    assert client.post(f"{address}columns/", form).headers["Location"] == f"{address}next/?after=columns"

    client.post(f"{address}settings/", UPDATING)
    work()
    applied(client, address)

    assert cities()["bob"] == "Bonn"


def test_generated_usernames_that_are_taken_get_numbers_by_one_click(client: Client) -> None:
    file = "firstname,lastname,email\nAl,Nn,al@x.org\nAda,Nn,ada@x.org\n"
    settings = {**UPDATING, "there": [*UPDATING["there"], "username_from"], "username_from": "%-1f%-l"}
    address = sent(client, file).removesuffix("source/")
    client.post(f"{address}settings/", settings)
    work()
    review = f"{address}review/"
    page = client.get(review).text
    assert "Number these usernames" in page
    assert 'aria-label="Instead of' not in page

    assert client.post(f"{review}setting/", {"code": "username_made_taken"}).headers["Location"] == review
    work()
    assert "Number these usernames" not in client.get(review).text
    applied(client, address)

    assert {*cities()} >= {"ann", "ann2", "ann3"}


def mapped(headers: list[str], fields: list[str]) -> dict[str, str]:
    """The form of the columns as it is sent."""
    sent = {f"header-{n}": header for n, header in enumerate(headers)}
    return sent | {f"field-{n}": field for n, field in enumerate(fields)}


@pytest.mark.spec("NE-23")
def test_a_column_can_be_mapped_to_passwords_and_is_never_shown_again(client: Client, scope: Scope) -> None:
    head = ["username", "firstname", "lastname", "email", "Geheimwort"]
    file = f"{','.join(head)}\nbob,Bob,Ray,bob@x.org,Corr3ct-Horse\n"
    address = sent(client, file).removesuffix("source/")
    columns, fields = f"{address}columns/", ["username", "firstname", "lastname", "email", "password"]
    assert "Corr3ct-Horse" in client.get(columns).text

    assert client.post(columns, mapped(head, fields)).headers["Location"] == f"{address}source/"
    work()

    assert [Secret.objects.count(), holding("Corr3ct-Horse")] == [1, []]
    reread(client, f"{address}source/", delimiter="comma")
    page = client.get(columns).text
    assert ("never shown" in page, "Corr3ct-Horse" in page) == (True, False)
    assert re.search(r'name="field-4".*?value="password" selected', page, re.DOTALL)

    client.post(f"{address}settings/", UPDATING)
    work()
    applied(client, address)
    work()
    assert check_password("Corr3ct-Horse", Account.objects.get(person__username="bob").password)
    assert holding("Corr3ct-Horse") == []


def test_a_column_mapped_to_passwords_by_mistake_can_be_taken_back(client: Client) -> None:
    head = ["username", "firstname", "lastname", "email", "where"]
    address = sent(client, f"{','.join(head)}\nbob,Bob,Ray,bob@x.org,Bonn\n").removesuffix("source/")
    fields = ["username", "firstname", "lastname", "email"]
    client.post(f"{address}columns/", mapped(head, [*fields, "password"]))
    work()
    again = client.post(f"{address}columns/", mapped(head, [*fields, ""]))
    work()

    assert again.headers["Location"] == f"{address}source/"
    assert (Secret.objects.count(), "Bonn" in client.get(f"{address}columns/").text) == (0, True)


def test_only_one_column_is_mapped_to_passwords_and_only_if_passwords_come_from_the_file(client: Client) -> None:
    address = sent(client).removesuffix("source/")
    head = ["username", "firstname", "lastname", "email", "city"]
    two = client.post(f"{address}columns/", mapped(head, ["username", "firstname", "password", "email", "password"]))
    assert (two.status_code, "Only one column can hold the passwords." in two.text) == (422, True)

    client.post(f"{address}settings/", {"there": ["passwords"], "passwords": ["activation_link"]})
    work()
    page = client.get(f"{address}columns/").text
    assert 'value="password"' not in page
    refused = client.post(
        f"{address}columns/", mapped(head, ["username", "firstname", "lastname", "email", "password"])
    )
    assert refused.status_code == 422
    assert "It holds passwords, which this import doesn" in refused.text
    assert Secret.objects.count() == 0


def test_two_columns_of_one_meaning_are_refused_and_stay_on_the_page(client: Client) -> None:
    address = sent(client).removesuffix("source/")
    form = {"header-0": "username", "field-0": "username", "header-4": "city", "field-4": "username"}
    answer = client.post(f"{address}columns/", form)

    assert answer.status_code == 422
    assert "both mean username" in answer.text
    assert re.findall(r'class="field-error" id="(\S+)_error"', answer.text) == ["id_field-4"]
    assert re.search(r'name="field-4".*?value="username" selected', answer.text, re.DOTALL)


@pytest.mark.parametrize(
    ("sent_", "field"),
    [
        ({"there": ["match_by"]}, "match_by"),
        ({"there": ["upload_type"], "upload_type": "sing"}, "upload_type"),
        ({"there": ["type_roles"], "type_roles": "student"}, "type_roles"),
    ],
)
def test_an_impossible_setting_is_refused_at_its_field(client: Client, sent_: dict[str, Any], field: str) -> None:
    address = sent(client).removesuffix("source/")
    answer = client.post(f"{address}settings/", sent_)
    checked = client.post(f"{address}settings/check/", sent_).text

    assert answer.status_code == 422
    assert re.findall(r'class="field-error" id="(\S+)_error"', answer.text) == [field]
    assert "alert-danger" in checked
    assert "Saved" not in checked


def test_contradictory_settings_are_reported_and_not_saved(client: Client) -> None:
    address = sent(client).removesuffix("source/")
    wrong = {**UPDATING, "upload_type": "add_new"}
    answer = client.post(f"{address}settings/", wrong)

    assert answer.status_code == 422
    assert "update_details" in answer.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a picture, not a table"),
        ("header.csv", HEAD.encode(), "has a header but no rows"),
    ],
)
def test_a_file_without_a_table_is_reported_on_its_page(client: Client, name: str, data: bytes, said: str) -> None:
    form = {"preset": "moodle", "key": "k", "file": SimpleUploadedFile(name, data)}
    address = str(client.post("/imports/new/", form).headers["Location"])
    work()
    page = client.get(address, follow=True).text

    assert said in page.split('role="alert"')[1].split("</div>")[0]
    assert "Nothing is imported. Change the reading options, or upload another file." in page
    assert not Artifact.objects.filter(of_import__number=2).exclude(kind="source").exists()


def test_rows_can_be_pasted(client: Client) -> None:
    pasted = ROSTER.replace(",", "\t")
    answer = client.post("/imports/new/", {"preset": "moodle", "key": "k", "pasted": pasted})

    assert answer.status_code == 302
    work()
    assert "tab" in client.get("/imports/2/source/").text


def test_a_template_reads_as_its_preset_wants(client: Client) -> None:
    book = client.get("/imports/template/moodle.xlsx")
    answer = client.post(
        "/imports/new/", {"preset": "moodle", "key": "k", "file": SimpleUploadedFile("t.xlsx", book.content)}
    )

    work()
    assert answer.status_code == 302
    assert "mnovak" in client.get("/imports/2/source/").text


def test_no_password_is_ever_shown_and_none_is_left_behind(client: Client) -> None:
    canary = "Canary-31-pass"
    text = f"{HEAD},password\ncanary,Ca,Nary,canary@x.org,{canary}\n"
    address = planned(client, text)
    pages = [client.get(f"{address}{page}/").text for page in ("source", "columns", "settings", "preview")]
    kept = [bytes(data) for data in Artifact.objects.values_list("data", flat=True)]
    applied(client, address)

    assert all(canary not in page for page in (*pages, client.get(address).text))
    assert all(canary.encode() not in data for data in kept)
    assert not Secret.objects.exists()
    assert not Artifact.objects.filter(kind="source").exists()
    assert Client().post("/sign-in/", {"name": "canary", "password": canary}).url == "/my-courses/"  # type: ignore[attr-defined]


def test_what_is_over_the_limits_waits_and_is_approved_by_its_number(client: Client, scope: Scope) -> None:
    names = [f"p{n}" for n in range(30)]
    imported(scope, HEAD + "".join(f"\n{name},P,Q,{name}@x.org" for name in names))
    Organization.objects.update(settings={})
    text = "username,suspended" + "".join(f"\n{name},1" for name in names[:25])
    address = planned(client, text, upload_type="update")
    before = client.get(f"{address}preview/").text
    applied(client, address)
    first = client.get(address).text

    assert "25 deactivated" in before
    assert 'href="/imports/4/"' in first
    assert Person.objects.filter(state="inactive").count() == 0

    awaiting = str(re.search(r'name="shown" value="(\w+)"', client.get("/imports/4/").text)[1])  # type: ignore[index]
    wrong = client.post("/imports/4/approve/", {"people": "24", "shown": awaiting}, follow=True).text
    assert "You confirmed 24, but import" in wrong
    assert "Review it again, then type that number." in wrong
    assert "in digits. Nothing was applied." in client.post("/imports/4/approve/", {"people": "all"}, follow=True).text
    assert Person.objects.filter(state="inactive").count() == 0

    for other in ({}, {"shown": "0" * 64}):
        unseen = client.post("/imports/4/approve/", {"people": "25", **other}, follow=True).text
        assert "was planned again since you looked at it. Nothing was applied" in unseen
    assert Person.objects.filter(state="inactive").count() == 0

    working = client.post("/imports/4/approve/", {"people": "25", "shown": awaiting}, follow=True).text
    assert (Person.objects.filter(state="inactive").count(), "Waiting to start" in working) == (0, True)
    work()
    assert "Imported" in client.get("/imports/4/").text
    assert Person.objects.filter(state="inactive").count() == 25


def test_rows_are_downloaded_with_their_status(client: Client) -> None:
    address = planned(client)
    applied(client, address)
    rows = client.get(f"{address}rows.csv")
    problems = client.get(f"{address}problems.xlsx")

    assert rows.getvalue().decode().splitlines()[1:] == [
        "2,updated,ann,Ann,Lee,ann@x.org,Bern",
        "3,created,bob,Bob,Ray,bob@x.org,Bonn",
        "4,failed,cem,Cem,,cem@x.org,Graz",
    ]
    assert rows.headers["Content-Disposition"] == 'attachment; filename="import-2-rows.csv"'
    assert problems.getvalue()[:2] == b"PK"


def test_a_download_of_many_chunks_is_that_of_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = planned(client)
    monkeypatch.setattr(staged_file, "_CHUNK", 2)
    second = planned(client)
    found = {
        (address, name): client.get(f"{address}{name}").getvalue()
        for address in (first, second)
        for name in ("rows.csv", "problems.csv", "rows.xlsx", "problems.xlsx")
    }

    # Of many chunks nobody knows at the beginning whether formulas are guarded in them.
    assert found[second, "rows.csv"] == b"\n".join(
        line + (b",enlist_guard" if number == 0 else b",") if line else line
        for number, line in enumerate(found[first, "rows.csv"].split(b"\n"))
    )
    assert found[second, "problems.csv"] == found[first, "problems.csv"]
    assert found[first, "problems.csv"].decode().splitlines()[1:] == [
        '4,"lastname: A new person needs a last name. Fill it, or exclude the row.",cem,Cem,,cem@x.org,Graz'
    ]
    for name in ("rows.xlsx", "problems.xlsx"):
        one, many = (read(io.BytesIO(found[address, name]), name=name) for address in (first, second))
        assert (many.frame.rows(), many.headers) == (one.frame.rows(), one.headers)


def test_more_rows_than_a_workbook_should_hold_are_left_to_csv(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = planned(client)
    monkeypatch.setattr(download, "MOST_IN_WORKBOOK", 2)
    answer = client.get(f"{address}rows.xlsx")

    assert (answer.status_code, "hold 3 rows" in answer.text) == (409, True)
    assert client.get(f"{address}rows.csv").status_code == 200


def test_tiles_show_the_people_and_rows_they_count(client: Client) -> None:
    address = planned(client)
    new, failed = (client.get(f"{address}preview/?show={kind}").text for kind in ("create", "failed"))

    assert "bob@x.org" in new
    assert "ann" not in new.split("<tbody>")[1].split("</tbody>")[0]
    assert "cem@x.org" in failed
    assert "bob@x.org" not in failed.split("<tbody>")[1].split("</tbody>")[0]


def test_a_plan_without_changes_shows_whether_errors_are_the_reason(client: Client) -> None:
    failing = client.get(f"{planned(client, f'{HEAD}' + chr(10) + 'zed,Zed,,z@x.org')}preview/").text
    idle = client.get(f"{planned(client, 'username,city' + chr(10) + 'ann,Rome', upload_type='update')}preview/").text

    assert "Nothing would change: 1 row has errors." in failing
    assert "row with errors" in failing
    assert "Correct rows" in failing
    assert "Everything matches this file or is excluded." in idle
    assert "Correct rows" not in idle


def test_rows_of_one_person_are_not_counted_as_people(client: Client) -> None:
    text = "username,firstname,lastname,email,city\nzed,Zed,Zum,z@x.org,Graz\nzed,Zed,Zum,z@x.org,Linz"
    page = client.get(f"{planned(client, text)}preview/").text

    assert "1 person will be created" in page
    assert "Import 1 person" in page


def test_every_row_has_its_status_and_its_reason(client: Client) -> None:
    address = planned(client)
    applied(client, address)
    body = client.get(f"{address}?show=rows").text.split("<tbody>")[1].split("</tbody>")[0]

    assert re.findall(r'class="row-status row-status-(\w+)"', body) == ["updated", "created", "failed"]
    assert "A new person needs a last name." in body


def test_an_undo_shows_what_it_keeps_and_why(client: Client, scope: Scope) -> None:
    address = planned(client)
    applied(client, address)
    person_set(scope, username="ann", values={"city": "Oslo"})
    undo = client.post(f"{address}undo/").headers["Location"]
    work()
    page = client.get(undo).text

    assert "What can't be undone" in page
    assert "ann: city was changed since the import and is kept." in page
    assert "rows of the file" not in page


def test_a_draft_that_is_discarded_leaves_nothing_behind(client: Client, scope: Scope) -> None:
    address = planned(client)
    client.post(f"{address}cancel/")

    assert next(each.state for each in imports_list(scope)) == "cancelled"
    assert not Artifact.objects.exclude(of_import__number=1).exists()
    assert cities() == {"ann": "Rome"}


def test_nobody_works_on_the_draft_of_an_owner_without_the_right(client: Client, scope: Scope) -> None:
    address = planned(client)
    manager = signed_in(cast.person(scope.organization, username="meg", site_role="manager"))
    viewer = signed_in(cast.person(scope.organization, username="vic", site_role="viewer"))

    assert manager.post(f"{address}apply/", {"shown": shown(client, address)}).status_code == 403
    assert manager.get(f"{address}settings/").status_code == 403
    assert viewer.get("/imports/new/").status_code == 403
    assert viewer.post(f"{address}cancel/").status_code == 403


def test_the_file_is_kept_sealed(client: Client) -> None:
    sent(client)
    kept = [bytes(data) for data in Artifact.objects.filter(kind="source").values_list("data", flat=True)]

    assert len(kept) == 1
    assert b"ann@x.org" not in kept[0]
    assert io.BytesIO(kept[0]).read()


def test_what_is_kept_of_a_draft_goes_when_its_time_is_over(client: Client, scope: Scope) -> None:
    number = int(planned(client).split("/")[2])
    client.post(
        f"/imports/{number}/review/edit/",
        '{"do": "cells", "cells": [[0, "city", "Basel"]]}',
        content_type="application/json",
    )
    expire(scope, now=timezone.now() + timedelta(days=31))

    assert set(Artifact.objects.values_list("kind", flat=True)) == {"plan"}
    assert not Edit.objects.exists()
    answer = client.get(f"/imports/{number}/source/")
    assert (answer.status_code, "kept any more" in answer.text) == (409, True)
