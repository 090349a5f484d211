"""The template has what the organisation has, and can be imported as it is and filled in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from enlist.core.presets import PRESETS, preset
from enlist.services.access import MACHINE, Scope
from enlist.services.drafts.next_step import draft_next
from enlist.services.setup.template import template_of
from enlist.store.models import Group, Import
from tests.database import school as cast
from tests.database.test_import_steps import _static, client, scope, work
from tests.database.test_web import signed_in

__all__ = ["_static", "client", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

OWN = ("cohort1", "profile_field_house", "profile_field_clubs", "profile_field_born", "profile_field_locker")
HOUSES = [f"A house with the long name {number}" for number in range(40)]


@pytest.fixture
def school(scope: Scope) -> Scope:
    """An organisation with a course, a role, a group and profile fields."""
    here = scope.organization
    cast.course(here, "ART-7", default_role=cast.role(here))
    Group.objects.create(organization=here, name="Year 7", idnumber="=Y7")
    Group.objects.create(organization=here, name="Without an ID number")
    cast.profile_field(here, "house", kind="choice", options=HOUSES, required=True)
    cast.profile_field(here, "clubs", kind="choices", options=["Chess", "Choir"])
    cast.profile_field(here, "born", kind="date")
    cast.profile_field(here, "locker", unique=True)
    return scope


def opened(client: Client, name: str = "moodle") -> Workbook:
    return load_workbook(io.BytesIO(client.get(f"/imports/template/{name}.xlsx").content))


def handed_in(client: Client, book: Workbook, *, name: str = "moodle") -> int:
    """Upload a workbook; the number of its import."""
    stream = io.BytesIO()
    book.save(stream)
    file = SimpleUploadedFile("filled.xlsx", stream.getvalue())
    assert client.post("/imports/new/", {"preset": name, "key": "k", "file": file}).status_code == 302
    work()
    return Import.objects.latest("number").number


def offered(book: Workbook) -> dict[str, list[str]]:
    """By header, the values that its column offers."""
    found = {}
    for each in book["people"].data_validations.dataValidation:
        values = book["values"][each.formula1.partition("!")[2].replace("$", "")]
        values = values if isinstance(values, tuple) else ((values,),)
        header = book["people"].cell(row=1, column=next(iter(each.sqref.ranges)).min_col).value
        found[header] = [cell.value for (cell,) in values]
    return found


def test_it_has_the_columns_and_the_values_of_the_organisation(school: Scope, client: Client) -> None:
    book = opened(client)
    headers = [cell.value for cell in book["people"][1]]

    assert headers == [*preset("moodle").columns, *OWN]
    assert offered(book) == {
        "course1": ["ART-7"],
        "role1": ["student"],
        "cohort1": ["=Y7"],
        "profile_field_house": HOUSES,
    }
    assert book["values"].sheet_state == "hidden"
    # What is typed stays as it is typed, also where there is no example.
    widths = [each for each in book["people"].column_dimensions.values() if each.number_format == "@"]
    assert [n for each in widths for n in range(each.min, each.max + 1)] == [*range(1, len(headers) + 1)]
    assert {cell.data_type for row in book["people"] for cell in row if cell.value} == {"s"}


@pytest.mark.parametrize("name", PRESETS)
def test_its_examples_are_imported_as_they_are(school: Scope, client: Client, name: str) -> None:
    number = handed_in(client, opened(client, name), name=name)
    made = Import.objects.get(number=number)

    assert made.figures["statuses"] == {"created": 3}
    assert made.figures["verbs"].get("enrol", 0) == (3 if "course1" in PRESETS[name].columns else 0)
    # The sheet with the values isn't read, which is said.
    assert (made.figures["flags"], draft_next(school, number=number)) == ({"sheet_chosen": 1}, "preview")


def test_it_is_imported_filled_in(school: Scope, client: Client) -> None:
    book = opened(client)
    sheet = book["people"]
    sheet.delete_rows(2, 3)
    typed = ["0042", "Ida", "Möwe", "ida@x.org", "007", "", "", "", "ART-7", "student", "", "=Y7", HOUSES[3]]
    sheet.append(typed)
    sheet.cell(row=2, column=typed.index("=Y7") + 1).data_type = "s"
    number = handed_in(client, book)
    page = client.get(f"/imports/{number}/preview/").text

    assert Import.objects.get(number=number).figures["statuses"] == {"created": 1}
    assert [word in page for word in ("0042", "007", HOUSES[3], "Year 7")] == [True] * 4


def test_an_organisation_without_anything_gets_examples_without_courses(scope: Scope, client: Client) -> None:
    number = handed_in(client, opened(client))

    assert opened(client).sheetnames == ["people"]
    assert Import.objects.get(number=number).figures["statuses"] == {"created": 3}


def test_it_has_nothing_of_another_organisation(school: Scope) -> None:
    college = cast.organization("college")
    stranger = signed_in(cast.person(college, username="stan", site_role="owner"))

    assert [cell.value for cell in opened(stranger)["people"][1]] == [*preset("moodle").columns]
    assert template_of(Scope(college, MACHINE), preset=preset("moodle")).choices == {}
