"""Columns of dates in the grid: the whole column decides the order of day and month, also after edits."""

import io
import json

import pytest

from enlist.services.access import Scope
from enlist.services.drafts import date_order, draft, review
from enlist.services.drafts.header import header_rename
from enlist.services.imports.preview import Wanted
from tests.database import school as cast
from tests.database.imports import HEAD, upload_of, uploaded
from tests.database.review import SETTINGS, plan, scope
from tests.database.test_web import signed_in

__all__ = ["scope"]

pytestmark = pytest.mark.django_db(transaction=True)

DATES = ("3/4/2027", "5/6/2027", "17/8/2027")
COLUMN = "profile_field_hired"


@pytest.fixture
def number(scope: Scope) -> int:
    """A draft whose third row alone tells that its dates begin with the day."""
    cast.profile_field(scope.organization, "hired", kind="date")
    lines = [f"u{n},U,V{n},u{n}@x.org,{date}" for n, date in enumerate(DATES)]
    text = "\n".join((f"{HEAD},{COLUMN}", *lines, ""))
    made = uploaded(scope, request=upload_of(io.BytesIO(text.encode()), name="d.csv", key="d"))
    draft.draft_settings_set(scope, number=made, settings=SETTINGS)
    plan(scope, made)
    return made


def codes(scope: Scope, number: int, *, row: int) -> list[str]:
    """What is wrong with a row that is looked at on a page of its own."""
    page = review.review_page(scope, number=number, wanted=Wanted(), start=row, limit=1).page
    return [flag.code for flag in page.rows[0].flags]


def test_a_row_is_checked_with_the_order_of_the_whole_column(scope: Scope, number: int) -> None:
    review.cells_set(scope, number=number, cells=[(0, COLUMN, "4/5/2027")])
    assert codes(scope, number, row=0) == []
    review.cells_set(scope, number=number, cells=[(0, COLUMN, "5/17/2027")])
    assert codes(scope, number, row=1) == ["date_unclear"]
    review.edit_undo(scope, number=number)
    assert (codes(scope, number, row=0), codes(scope, number, row=1)) == ([], [])


def test_the_order_follows_every_step_in_its_column(scope: Scope, number: int) -> None:
    def order() -> dict[str, str]:
        return date_order.dates_orders(scope, number=number)

    assert order() == {COLUMN: "day_first"}
    review.cells_set(scope, number=number, cells=[(2, COLUMN, "7/8/2027")])
    assert order() == {COLUMN: "unclear"}
    review.cells_set(scope, number=number, cells=[(0, COLUMN, "3/14/2027")])
    assert order() == {COLUMN: "month_first"}
    review.edit_undo(scope, number=number)
    review.edit_undo(scope, number=number)
    assert order() == {COLUMN: "day_first"}

    header_rename(scope, number=number, header=COLUMN, name="Hired")
    assert order() == {"Hired": "day_first"}
    draft.draft_settings_set(scope, number=number, settings=(*SETTINGS, "date_order=month_first"))
    assert order() == {}, "nothing hangs on the cells"


def test_an_edit_that_changes_the_order_reports_it(scope: Scope, number: int) -> None:
    assert scope.actor
    client = signed_in(scope.actor)

    def said(**what: object) -> str:
        answer = client.post(f"/imports/{number}/review/edit/", json.dumps(what), content_type="application/json")
        return str(answer.json()["said"])

    unclear = (
        f"The dates of “{COLUMN}” don't show whether the day or the month comes first. "
        "Dates such as 3/4/2027 are errors until a cell or the settings make it clear."
    )
    assert said(do="cells", cells=[[2, COLUMN, "7/8/2027"]]) == f"Changed 1 cell. {unclear}"
    day = f"The dates of “{COLUMN}” are now read with the day first."
    assert said(do="undo") == f"Your last change is undone. {day}"
    assert said(do="cells", cells=[[0, COLUMN, "4/5/2027"]]) == "Changed 1 cell."
