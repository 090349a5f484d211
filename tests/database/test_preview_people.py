"""What a preview and a result show of each person: names, overwritten edits, problems; and finding some of them."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from enlist.services.access import Scope
from enlist.services.drafts import draft
from enlist.services.people import edit
from enlist.store.models import Activity
from tests.database import school as cast
from tests.database.imports import HEAD, imported
from tests.database.test_import_steps import _static, applied, client, handed_in, scope, work
from tests.database.test_web import signed_in

__all__ = ["_static", "client", "scope"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


def entries(client: Client, address: str) -> list[str]:
    """The people of a page, each as the words of their entry."""
    table = (
        client.get(address).text.partition('<table class="table align-top people stacked">')[2].partition("</table>")[0]
    )
    return [" ".join(strip_tags(row).split()) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]]


def planned(client: Client, scope: Scope, text: str) -> str:
    """The address of the preview of a file that adds and updates people."""
    number = handed_in(client, text)
    draft.draft_settings_set(scope, number=number, settings=("upload_type=add_and_update", "update_details=from_file"))
    draft.draft_plan(scope, number=number)
    work()
    return f"/imports/{number}/preview/"


def test_people_are_shown_with_their_names(client: Client, scope: Scope) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@x.org")
    address = planned(client, scope, f"{HEAD}\nann,Anna,Lee,ann@x.org\nbob,Bob,Ray,bob@x.org\n")

    assert entries(client, address) == [
        "2 Anna Lee ann Updated first name Ann → Anna",
        "3 Bob Ray bob Created e-mail bob@x.org",
    ]


def test_an_overwritten_manual_edit_is_marked_as_long_as_it_stands(client: Client, scope: Scope) -> None:
    imported(scope, f"{HEAD},city\nann,Ann,Lee,ann@x.org,Bath\nbob,Bob,Ray,bob@x.org,Bath")
    for name in ("ann", "bob"):
        edit.person_set(scope, username=name, values={"city": "Oslo"})
    # An import overwrote this edit already.
    applied(scope, int(planned(client, scope, f"{HEAD},city\nbob,Bob,Ray,bob@x.org,Rome\n").split("/")[2]))
    address = planned(client, scope, f"{HEAD},city\nann,Ann,Lee,ann@x.org,York\nbob,Bob,Ray,bob@x.org,York\n")
    day = f"{Activity.objects.filter(action='person_changed').latest('pk').at:%Y-%m-%d}"

    ann, bob = entries(client, address)
    assert f"Overwrites an edit by owner, {day}" in ann
    assert "Overwrites" not in bob

    number = int(address.split("/")[2])
    applied(scope, number)
    edit.person_set(scope, username="ann", values={"city": "York "})
    assert "Overwrites an edit by" in entries(client, f"/imports/{number}/")[0]


def test_what_is_wrong_in_the_rows_of_a_person_stands_with_them(client: Client, scope: Scope) -> None:
    courses = ",".join(f"course{n}" for n in range(1, 6))
    address = planned(
        client, scope, f"{HEAD},{courses}\nann,Ann,Lee,ann@x.org,A1,A2,A3,A4,A5\nbob,Bob,Ray,bob@x.org,,,,,\n"
    )

    ann, bob = entries(client, address)
    assert ann.count("There is no course") == 3
    assert "2 more problems" in ann
    assert "problem" not in bob


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ROSSÉ", ["ann"]),
        ("lee", ["ann"]),
        ("bath", ["bob"]),
        ("4", ["cat"]),
        ("x.org", ["ann", "bob", "cat"]),
        ("zz", []),
    ],
)
def test_people_are_found_by_what_their_row_or_entry_says(
    client: Client, scope: Scope, text: str, found: list[str]
) -> None:
    imported(scope, f"{HEAD}\nann,Rosse,Lee,ann@x.org")
    address = planned(
        client,
        scope,
        f"{HEAD},city\nann,Rossé,Leigh,ann@x.org,York\nbob,Bob,Ray,bob@x.org,Bath\ncat,Cat,May,cat@x.org,Hull\n",
    )
    names = [entry.split()[3] for entry in entries(client, f"{address}?text={text}")]

    assert names == found
    assert ("Nobody found." in client.get(f"{address}?text={text}").text) is not bool(found)


def test_a_search_goes_on_over_pages_and_keeps_the_filter(client: Client, scope: Scope) -> None:
    rows = "".join(f"\np{n},P,Page{n},p{n}@x.org" for n in range(60))
    address = planned(client, scope, f"{HEAD}{rows}\nann,Ann,Lee,ann@x.org\n")
    page = client.get(f"{address}?text=page&show=create").text

    assert "60 people" in strip_tags(page)
    assert "?text=page&amp;show=create&amp;start=50" in page
    assert len(entries(client, f"{address}?text=page&show=create&start=50")) == 10
    assert "1 row" in strip_tags(client.get(f"{address}?text=lee&show=rows").text)


def test_nobody_of_another_organisation_is_found(client: Client, scope: Scope) -> None:
    address = planned(client, scope, f"{HEAD}\nann,Ann,Lee,ann@x.org\n")
    other = cast.organization(slug="other", settings=cast.UNBRAKED)
    stranger = cast.person(other, username="stranger", email="s@x.org", site_role="owner")

    assert signed_in(stranger).get(f"{address}?text=ann").status_code == 404
