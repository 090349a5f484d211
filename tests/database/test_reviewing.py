"""The grid of a draft: what is changed there lies over the file, can be taken back, and is what is imported."""

import io
import json
from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import PlanError, PolicyError
from enlist.services import drafts, reviewing
from enlist.services.access import Scope
from enlist.services.drafts import Upload
from enlist.services.imports import import_show
from enlist.services.previewing import Wanted
from enlist.services.reviewing import Replacement
from enlist.services.worker import worker_run
from enlist.store.models import Artifact, Person
from tests.database import school as cast
from tests.database.imports import HEAD
from tests.database.test_web import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

ROWS = [
    "ann,Ann,Lee,ann@x.org,Rome,Oak",
    "bob,Bob,,bob@x.org,Rome,Oka",
    "cem,Cem,Kaya,cem@x.org,,Oka",
    "dee,Dee,Day,dee@x.org,Roma,Elm",
]
ROSTER = "\n".join((f"{HEAD},city,profile_field_house", *ROWS, ""))
ALL = Wanted()
SETTINGS = ("upload_type=add_and_update", "update_details=from_file")


@pytest.fixture
def _static(settings: Any) -> None:
    """Names of static files as they are: nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    cast.profile_field(here, "house", kind="choice", options=["Oak", "Elm"])
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


@pytest.fixture
def number(scope: Scope) -> int:
    """A draft that was planned once."""
    upload = Upload(file=io.BytesIO(ROSTER.encode()), name="roster.csv", preset="moodle", key="k")
    made = drafts.draft_new(scope, upload=upload)
    drafts.draft_settings_set(scope, number=made, settings=SETTINGS)
    plan(scope, made)
    return made


def plan(scope: Scope, number: int) -> None:
    drafts.draft_plan(scope, number=number)
    worker_run(lambda _: None, until_empty=True)


def rows(scope: Scope, number: int, wanted: Wanted = ALL) -> list[tuple[str, ...]]:
    page = reviewing.review_page(scope, number=number, wanted=wanted, start=0, limit=10).page
    return [row.cells for row in page.rows]


def column(scope: Scope, number: int, place: int) -> list[str]:
    return [cells[place] for cells in rows(scope, number)]


def fates(scope: Scope, number: int) -> list[str]:
    page = reviewing.review_page(scope, number=number, wanted=Wanted(), start=0, limit=10).page
    return [row.fate for row in page.rows]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["ann", "bob", "cem", "dee"]),
        (Wanted("problems"), ["bob", "cem"]),
        (Wanted("new"), ["ann", "cem", "dee"]),
        (Wanted("failed"), ["bob"]),
        (Wanted("known"), []),
        (Wanted("excluded"), []),
        (Wanted(code="choice_unknown", column="profile_field_house", value="Oka"), ["bob", "cem"]),
    ],
)
def test_rows_are_found_by_what_becomes_of_them(scope: Scope, number: int, wanted: Wanted, names: list[str]) -> None:
    assert [cells[0] for cells in rows(scope, number, wanted)] == names


def test_pages_follow_each_other(scope: Scope, number: int) -> None:
    pages = [reviewing.review_page(scope, number=number, wanted=Wanted(), start=n, limit=3).page for n in (0, 3)]

    assert [[row.line for row in page.rows] for page in pages] == [[2, 3, 4], [5]]
    assert [(page.total, page.next) for page in pages] == [(4, 3), (4, None)]


def test_an_edit_is_checked_by_itself_and_imported(scope: Scope, number: int) -> None:
    kept = list(Artifact.objects.filter(kind="staged").values_list("fingerprint", flat=True))
    assert reviewing.cells_set(scope, number=number, cells=[(1, "lastname", " Ray "), (1, "email", "none")]) == 2
    page = reviewing.review_page(scope, number=number, wanted=Wanted(), start=0, limit=10)
    bob = page.page.rows[1]

    assert (bob.cells[2], bob.fate, page.is_checked, page.done) == ("Ray", "", False, 1)
    assert page.changed == {1: {"lastname", "email"}}
    assert {(flag["column"], flag["code"]) for flag in bob.flags} == {
        ("email", "email_odd"),
        ("profile_field_house", "choice_unknown"),
    }

    reviewing.cells_set(scope, number=number, cells=[(1, "email", "bob@x.org")])
    plan(scope, number)
    _, made = import_show(scope, number=number)
    assert made
    drafts.draft_apply(scope, number=number, shown=made.fingerprint)
    worker_run(lambda _: None, until_empty=True)

    assert Person.objects.get(username="bob").lastname == "Ray"
    assert list(Artifact.objects.filter(kind="staged").values_list("fingerprint", flat=True)) == kept
    with pytest.raises(PlanError):
        reviewing.cells_set(scope, number=number, cells=[(1, "lastname", "Roy")])


def test_steps_are_taken_back_and_made_again_in_turn(scope: Scope, number: int) -> None:
    def said() -> tuple[list[str], int, int]:
        found = reviewing.review_page(scope, number=number, wanted=Wanted(), start=0, limit=10)
        return [row.cells[4] for row in found.page.rows], found.done, found.undone

    reviewing.cells_set(scope, number=number, cells=[(0, "city", "Bern"), (1, "city", "Bern")])
    reviewing.cells_set(scope, number=number, cells=[(0, "city", "Bonn")])
    assert said() == (["Bonn", "Bern", "", "Roma"], 2, 0)

    assert reviewing.edit_undo(scope, number=number)
    assert said() == (["Bern", "Bern", "", "Roma"], 1, 1)
    assert reviewing.edit_undo(scope, number=number)
    assert not reviewing.edit_undo(scope, number=number)
    assert said() == (["Rome", "Rome", "", "Roma"], 0, 2)

    assert reviewing.edit_redo(scope, number=number)
    assert said() == (["Bern", "Bern", "", "Roma"], 1, 1)

    reviewing.cells_set(scope, number=number, cells=[(2, "city", "Graz")])
    assert not reviewing.edit_redo(scope, number=number)
    assert said() == (["Bern", "Bern", "Graz", "Roma"], 2, 0)


def test_rows_that_are_left_out_keep_the_numbers_of_all_others(scope: Scope, number: int) -> None:
    assert reviewing.rows_exclude(scope, number=number, rows=[0, 1], out=True) == 2
    assert reviewing.rows_exclude(scope, number=number, rows=[0], out=True) == 0
    assert [cells[0] for cells in rows(scope, number, Wanted("excluded"))] == ["ann", "bob"]
    assert reviewing.rows_exclude(scope, number=number, rows=[0], out=False) == 1
    plan(scope, number)
    summary, _ = import_show(scope, number=number)

    assert summary["rows"] == {"created": 3, "skipped": 1}
    assert fates(scope, number) == ["created", "skipped", "created", "created"]


@pytest.mark.parametrize(
    ("wanted", "count", "city"),
    [
        (Replacement("Rom", "Rim", column="city"), 3, ["Rime", "Rime", "", "Rima"]),
        (Replacement("Rome", "Bern", column="city", whole=True), 2, ["Bern", "Bern", "", "Roma"]),
        (Replacement("", "Bern", column="city", whole=True), 1, ["Rome", "Rome", "Bern", "Roma"]),
        (Replacement("Rome", "$1", column="city"), 2, ["$1", "$1", "", "Roma"]),
        (Replacement(".", "x", column="city"), 0, ["Rome", "Rome", "", "Roma"]),
    ],
)
def test_find_and_replace_changes_what_it_showed(
    scope: Scope, number: int, wanted: Replacement, count: int, city: list[str]
) -> None:
    shown = reviewing.replace_show(scope, number=number, wanted=wanted)

    assert (shown.count, len(shown.first)) == (count, count)
    assert column(scope, number, 4) == ["Rome", "Rome", "", "Roma"], "nothing is changed by looking"
    assert reviewing.replace_do(scope, number=number, wanted=wanted) == count
    assert column(scope, number, 4) == city


def test_one_click_mends_all_that_is_wrong_alike(scope: Scope, number: int) -> None:
    (problem,) = [each for each in reviewing.problems_list(scope, number=number) if each.code == "choice_unknown"]
    assert (problem.rows, problem.likely, problem.possible) == (2, "Oak", ("Oak", "Elm"))

    told = (problem.code, problem.column, problem.value)
    assert reviewing.problem_fix(scope, number=number, problem=told, new=problem.likely) == 2
    assert column(scope, number, 5) == ["Oak", "Oak", "Oak", "Elm"]

    plan(scope, number)
    assert [each.code for each in reviewing.problems_list(scope, number=number)] == ["lastname_missing"]


@pytest.mark.parametrize(
    "cell", [(4, "city", "x"), (-1, "city", "x"), (0, "town", "x"), (0, "city", "x" * 40_000), (0, "city", "\0")]
)
def test_what_no_cell_can_be_or_hold_is_refused_whole(scope: Scope, number: int, cell: tuple[int, str, str]) -> None:
    with pytest.raises(PolicyError):
        reviewing.cells_set(scope, number=number, cells=[(0, "city", "Bern"), cell])

    assert column(scope, number, 4) == ["Rome", "Rome", "", "Roma"]


def test_reading_the_file_anew_forgets_edits_of_other_rows(scope: Scope, number: int) -> None:
    reviewing.cells_set(scope, number=number, cells=[(0, "city", "Bern")])
    drafts.draft_read_again(scope, number=number, reading={"delimiter": ","})

    assert column(scope, number, 4) == ["Rome", "Rome", "", "Roma"]


def test_a_script_is_answered_in_sentences(scope: Scope, number: int) -> None:
    assert scope.actor
    client = signed_in(scope.actor)

    def sent(what: object) -> tuple[int, Any]:
        answer = client.post(f"/imports/{number}/review/edit/", json.dumps(what), content_type="application/json")
        return answer.status_code, answer.json()["said"]

    assert sent({"do": "cells", "cells": [[0, "city", "Bern"]]}) == (200, "1 cell is changed.")
    assert sent({"do": "undo"}) == (200, "Taken back.")
    assert sent({"do": "undo"}) == (200, "There is nothing to take back.")
    assert sent({"do": "exclude", "rows": [0, 1], "out": True}) == (200, "2 rows are left out.")
    assert sent({"do": "cells", "cells": [[9, "city", "Bern"]]}) == (
        422,
        "There is no such row in this file. Open the page again.",
    )
    assert sent({"do": "dance"})[0] == 400
    assert sent(["nothing"])[0] == 400
    assert Client().post(f"/imports/{number}/review/edit/", "{}", content_type="application/json").status_code == 302


def test_a_page_of_rows_says_what_is_wrong_with_which_cell(scope: Scope, number: int) -> None:
    assert scope.actor
    told = signed_in(scope.actor).get(f"/imports/{number}/review/rows/?size=2&page=1").json()

    assert (told["last_page"], told["last_row"], told["is_checked"]) == (2, 4, True)
    assert [row["c0"] for row in told["data"]] == ["ann", "bob"]
    assert {place: flags[0]["level"] for place, flags in told["data"][1]["flags"].items()} == {
        "c2": "error",
        "c5": "error",
    }
