"""The grid of a draft: edits are kept apart from the file, can be undone, and are imported."""

import io
import json
from functools import partial
from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import HeaderError, NotAllowed, NotFound, PlanError, PolicyError
from enlist.services.access import Scope
from enlist.services.drafts import draft, fixes, replace, review
from enlist.services.drafts.draft import (
    draft_apply,
    draft_column_set,
    draft_columns_set,
    draft_reread,
    draft_show,
)
from enlist.services.drafts.replace import Replacement
from enlist.services.drafts.review import News
from enlist.services.imports.plan import import_show
from enlist.services.imports.preview import Wanted
from enlist.services.worker import worker_run
from enlist.store.imports.edits import Moved
from enlist.store.models import Activity, Artifact, Person, ProfileField
from tests.database import school as cast
from tests.database.imports import HEAD, upload_of, uploaded
from tests.database.review import ALL, _static, amy, column, number, plan, problems, rows, scope
from tests.database.test_web import signed_in

__all__ = ["_static", "number", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


def statuses(scope: Scope, number: int) -> list[str]:
    page = review.review_page(scope, number=number, wanted=Wanted(), start=0, limit=10).page
    return [row.row_status for row in page.rows]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["ann", "bob", "cem", "dee"]),
        (Wanted("problems"), ["bob", "cem"]),
        (Wanted("new"), ["ann", "cem", "dee"]),
        (Wanted("errors"), ["bob"]),
        (Wanted("warnings"), ["bob", "cem"]),
        (Wanted("failed"), ["bob"]),
        (Wanted("known"), []),
        (Wanted("excluded"), []),
        (Wanted(code="choice_unknown", column="profile_field_house", value="Oka"), ["bob", "cem"]),
        (Wanted(text="KAYA"), ["cem"]),
        (Wanted("problems", text="rome"), ["bob"]),
        (Wanted(text="nobody"), []),
        (Wanted(by="city"), ["dee", "ann", "bob", "cem"]),
        (Wanted(by="lastname", descending=True), ["ann", "cem", "dee", "bob"]),
        (Wanted("new", by="profile_field_house"), ["dee", "ann", "cem"]),
    ],
)
def test_rows_are_found_by_their_status(scope: Scope, number: int, wanted: Wanted, names: list[str]) -> None:
    assert [cells[0] for cells in rows(scope, number, wanted)] == names


def test_each_filter_has_a_count_and_an_unknown_column_orders_nothing(scope: Scope, number: int) -> None:
    review.rows_exclude(scope, number=number, rows=[0], out=True)
    page = partial(review.review_page, scope, number=number, start=0, limit=10)

    assert page(wanted=Wanted()).counts == {
        "": 4, "problems": 2, "errors": 1, "warnings": 2, "new": 3, "known": 0, "excluded": 1,
    }  # fmt: skip
    with pytest.raises(PolicyError, match="column “shoes”"):
        page(wanted=Wanted(by="shoes"))


def test_rows_are_found_and_ordered_by_what_was_typed_over_them(scope: Scope, number: int) -> None:
    review.cells_set(scope, number=number, cells=[(3, "username", "aaa"), (0, "city", "10"), (1, "city", "9")])

    assert [cells[0] for cells in rows(scope, number, Wanted(by="username"))] == ["aaa", "ann", "bob", "cem"]
    assert [cells[0] for cells in rows(scope, number, Wanted(by="city"))] == ["bob", "ann", "aaa", "cem"]
    assert rows(scope, number, Wanted(text="dee"))[0][0] == "aaa", "her address still has it"


def test_the_usernames_that_a_plan_gives_are_shown_beside_the_rows(scope: Scope) -> None:
    cast.person(scope.organization, username="ann.lee", firstname="Ann", lastname="Lee", email="ann@x.org")
    file = "firstname,lastname,email\nAnn,Lee,ann@x.org\nBob,Day,bob@x.org\n"
    made = uploaded(scope, request=upload_of(io.BytesIO(file.encode()), name="new.csv", key="k"))
    settings = ("upload_type=add_and_update", "match_by=email", "username_from=%f.%l")
    draft.draft_settings_set(scope, number=made, settings=settings)
    plan(scope, made)
    asked = review.review_page(scope, number=made, wanted=Wanted(), start=0, limit=10, with_usernames=True)

    assert asked.usernames == {0: "ann.lee", 1: "bob.day"}


def test_pages_follow_each_other(scope: Scope, number: int) -> None:
    pages = [review.review_page(scope, number=number, wanted=Wanted(), start=n, limit=3).page for n in (0, 3)]

    assert [[row.line for row in page.rows] for page in pages] == [[2, 3, 4], [5]]
    assert [(page.total, page.next) for page in pages] == [(4, 3), (4, None)]


def test_an_edit_is_checked_by_itself_and_imported(scope: Scope, number: int) -> None:
    kept = list(Artifact.objects.filter(kind="staged").values_list("fingerprint", flat=True))
    assert review.cells_set(scope, number=number, cells=[(1, "lastname", " Ray "), (1, "email", "none")]) == 2
    page = review.review_page(scope, number=number, wanted=Wanted(), start=0, limit=10)
    bob = page.page.rows[1]

    assert (bob.cells[2], bob.row_status, page.is_checked, page.done) == ("Ray", "", False, 1)
    assert page.changed == {1: {"lastname": "owner", "email": "owner"}}
    assert {(flag.column, flag.code) for flag in bob.flags} == {
        ("email", "email_odd"),
        ("profile_field_house", "choice_unknown"),
    }

    review.cells_set(scope, number=number, cells=[(1, "email", "bob@x.org")])
    plan(scope, number)
    _, made = import_show(scope, number=number)
    assert made
    draft_apply(scope, number=number, shown=made.fingerprint)
    worker_run(lambda _: None, until_empty=True)

    assert Person.objects.get(username="bob").lastname == "Ray"
    assert list(Artifact.objects.filter(kind="staged").values_list("fingerprint", flat=True)) == kept
    with pytest.raises(PlanError):
        review.cells_set(scope, number=number, cells=[(1, "lastname", "Roy")])


def test_steps_are_undone_and_redone_in_turn(scope: Scope, number: int) -> None:
    def said() -> tuple[list[str], int, int]:
        found = review.review_page(scope, number=number, wanted=Wanted(), start=0, limit=10)
        return [row.cells[4] for row in found.page.rows], found.done, found.undone

    review.cells_set(scope, number=number, cells=[(0, "city", "Bern"), (1, "city", "Bern")])
    review.cells_set(scope, number=number, cells=[(0, "city", "Bonn")])
    assert said() == (["Bonn", "Bern", "", "Roma"], 2, 0)

    assert review.edit_undo(scope, number=number) == Moved(did=True)
    assert said() == (["Bern", "Bern", "", "Roma"], 1, 1)
    assert review.edit_undo(scope, number=number) == Moved(did=True)
    assert review.edit_undo(scope, number=number) == Moved(did=False)
    assert said() == (["Rome", "Rome", "", "Roma"], 0, 2)

    assert review.edit_redo(scope, number=number) == Moved(did=True)
    assert said() == (["Bern", "Bern", "", "Roma"], 1, 1)

    review.cells_set(scope, number=number, cells=[(2, "city", "Graz")])
    assert review.edit_redo(scope, number=number) == Moved(did=False)
    assert said() == (["Bern", "Bern", "Graz", "Roma"], 2, 0)


def test_rows_that_are_left_out_keep_the_numbers_of_all_others(scope: Scope, number: int) -> None:
    assert review.rows_exclude(scope, number=number, rows=[0, 1], out=True) == 2
    assert review.rows_exclude(scope, number=number, rows=[0], out=True) == 0
    assert [cells[0] for cells in rows(scope, number, Wanted("excluded"))] == ["ann", "bob"]
    assert review.rows_exclude(scope, number=number, rows=[0], out=False) == 1
    plan(scope, number)
    summary, _ = import_show(scope, number=number)

    assert summary.rows == {"created": 3, "skipped": 1}
    assert statuses(scope, number) == ["created", "skipped", "created", "created"]


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
    shown = replace.replace_show(scope, number=number, wanted=wanted)

    assert (shown.count, len(shown.first)) == (count, count)
    assert column(scope, number, 4) == ["Rome", "Rome", "", "Roma"], "nothing is changed by looking"
    assert replace.replace_do(scope, number=number, wanted=wanted) == count
    assert column(scope, number, 4) == city


def test_one_click_fixes_all_equal_problems(scope: Scope, number: int) -> None:
    (problem,) = [each for each in problems(scope, number).kinds if each.code == "choice_unknown"]
    assert (problem.rows, problem.likely, problem.possible) == (2, "Oak", ("Oak", "Elm"))

    told = (problem.code, problem.column, problem.value)
    assert fixes.problem_fix(scope, number=number, problem=told, new=problem.likely) == 2
    assert column(scope, number, 5) == ["Oak", "Oak", "Oak", "Elm"]

    plan(scope, number)
    assert [each.code for each in problems(scope, number).kinds] == ["lastname_missing"]


@pytest.mark.spec("EN-08")
def test_one_click_uses_all_suggestions_of_a_kind(scope: Scope) -> None:
    lines = ["ann,PÃ¢mela,GonÃ§alves,ann@x.org", "bob,SÃ´nia,Lee,bob@x.org", "cem,Cem,M&uuml;ller,cem@x.org"]
    number = uploaded(
        scope, request=upload_of(io.BytesIO("\n".join((HEAD, *lines, "")).encode()), name="a.csv", key="k")
    )
    plan(scope, number)
    found = problems(scope, number).kinds
    assert [(each.code, each.alike) for each in found if each.likely] == [
        ("text_twice", 3), ("text_twice", 0), ("text_twice", 0), ("text_entities", 0)
    ]  # fmt: skip

    assert fixes.problem_fix_all(scope, number=number, code="text_twice") == 3
    assert [cells[1:3] for cells in rows(scope, number)] == [
        ("Pâmela", "Gonçalves"), ("Sônia", "Lee"), ("Cem", "M&uuml;ller")
    ]  # fmt: skip
    assert fixes.problem_fix_all(scope, number=number, code="text_twice") == 0, "cells that were changed since stay"

    plan(scope, number)
    assert {each.code for each in problems(scope, number).kinds} == {"text_entities"}


def test_the_page_offers_to_use_all_suggestions(scope: Scope) -> None:
    lines = ["ann,PÃ¢mela,GonÃ§alves,ann@x.org", ""]
    number = uploaded(scope, request=upload_of(io.BytesIO("\n".join((HEAD, *lines)).encode()), name="a.csv", key="k"))
    plan(scope, number)
    assert scope.actor
    client = signed_in(scope.actor)
    page = f"/imports/{number}/review/"

    assert "Use all 2 suggestions like this" in client.get(page).content.decode()
    client.post(f"{page}fix-all/", {"code": "text_twice"})
    assert column(scope, number, 1) == ["Pâmela"]


def test_a_value_of_cells_becomes_an_option_of_their_field(scope: Scope, number: int) -> None:
    found = problems(scope, number).kinds
    assert [(each.code, each.field) for each in found] == [("lastname_missing", ""), ("choice_unknown", "house")]

    fixes.problem_option_add(scope, number=number, field="house", option="Oka")
    plan(scope, number)

    assert [each.code for each in problems(scope, number).kinds] == ["lastname_missing"]
    assert ProfileField.objects.get().options == ["Oak", "Elm", "Oka"]
    assert Activity.objects.get().cells == [["options", "Oak, Elm", "Oak, Elm, Oka"]]


def test_only_people_who_may_change_fields_add_options(scope: Scope, number: int) -> None:
    manager = Scope(scope.organization, cast.person(scope.organization, username="meg", site_role="manager"))
    for who, field, refusal in ((manager, "house", NotAllowed), (scope, "home", NotFound)):
        with pytest.raises(refusal):
            fixes.problem_option_add(who, number=number, field=field, option="Oka")
    for option, said in (("", "can't be blank"), ("oak", "No two options may be the same")):
        with pytest.raises(PolicyError, match=said):
            fixes.problem_option_add(scope, number=number, field="house", option=option)

    assert ProfileField.objects.get().options == ["Oak", "Elm"]


def test_only_the_first_kinds_of_problems_are_listed_with_their_number(scope: Scope, number: int) -> None:
    found = problems(scope, number, limit=1)

    assert ([each.code for each in found.kinds], found.total) == (["lastname_missing"], 2)


def test_two_people_see_what_the_other_changed_and_the_last_one_counts(scope: Scope, number: int) -> None:
    admin = amy(scope)
    before = review.review_page(scope, number=number, wanted=ALL, start=0, limit=1).moves
    review.cells_set(admin, number=number, cells=[(0, "city", "Bern")])
    review.cells_set(admin, number=number, cells=[(1, "city", "Graz")])
    news = review.review_news(scope, number=number, moves=before)
    mine = [(0, "city", "Bonn"), (2, "city", "Bonn")]

    assert news == News(before + 2, ["amy"], None)
    assert review.review_news(admin, number=number, moves=before) == News(before + 2, [], None)
    assert review.review_news(scope, number=number, moves=before + 2) == News(before + 2, [], None)
    assert review.cells_by_others(scope, number=number, cells=mine) == ["amy"]

    review.cells_set(scope, number=number, cells=mine)
    seen = review.review_page(admin, number=number, wanted=ALL, start=0, limit=10)

    assert [row.cells[4] for row in seen.page.rows] == ["Bonn", "Graz", "Bonn", "Roma"]
    assert seen.changed == {0: {"city": "owner"}, 1: {"city": "amy"}, 2: {"city": "owner"}}
    assert review.edit_undo(admin, number=number).did
    assert review.review_news(scope, number=number, moves=seen.moves) == News(seen.moves + 1, ["amy"], None)


def test_each_takes_back_their_own_steps_and_what_others_put_there_since_stays(scope: Scope, number: int) -> None:
    other = amy(scope)

    def steps(who: Scope) -> tuple[int, int]:
        found = review.review_page(who, number=number, wanted=ALL, start=0, limit=1)
        return found.done, found.undone

    review.cells_set(scope, number=number, cells=[(0, "city", "Bern"), (1, "city", "Bern")])
    review.cells_set(other, number=number, cells=[(1, "city", "Graz"), (2, "city", "Graz")])
    assert (steps(scope), steps(other)) == ((1, 0), (1, 0))

    assert review.edit_undo(scope, number=number) == Moved(did=True, cells=1, by=("amy",))
    assert column(scope, number, 4) == ["Rome", "Graz", "Graz", "Roma"]
    assert review.edit_undo(scope, number=number) == Moved(did=False)
    assert review.last_by_others(scope, number=number) == "amy"
    assert (steps(scope), steps(other)) == ((0, 1), (1, 0))

    assert review.edit_undo(other, number=number) == Moved(did=True)
    assert column(scope, number, 4) == ["Rome", "Rome", "", "Roma"]
    review.cells_set(other, number=number, cells=[(3, "city", "Ulm")])
    assert review.edit_redo(other, number=number) == Moved(did=False)
    assert review.edit_redo(scope, number=number) == Moved(did=True)
    assert column(scope, number, 4) == ["Bern", "Bern", "", "Ulm"]


def test_an_undone_and_redone_step_is_checked_again(scope: Scope, number: int) -> None:
    def codes() -> set[str]:
        page = review.review_page(scope, number=number, wanted=ALL, start=0, limit=1).page
        return {flag.code for flag in page.rows[0].flags}

    review.cells_set(scope, number=number, cells=[(0, "profile_field_house", "Ook")])
    review.edit_undo(scope, number=number)
    plan(scope, number)
    review.edit_redo(scope, number=number)
    assert codes() == {"choice_unknown"}

    plan(scope, number)
    review.edit_undo(scope, number=number)
    review.cells_set(scope, number=number, cells=[(1, "city", "Bern")])
    assert codes() == set()


@pytest.mark.parametrize(
    ("header", "name", "meant"),
    [
        ("city", "Department", ["username", "firstname", "lastname", "email", "department", "profile_field_house"]),
        ("city", "", ["username", "firstname", "lastname", "email", "", "profile_field_house"]),
    ],
)
def test_a_column_is_called_otherwise_in_the_grid(
    scope: Scope, number: int, header: str, name: str, meant: list[str]
) -> None:
    draft_column_set(scope, number=number, header=header, name=name)

    assert [each.slug for each in draft_show(scope, number=number).columns] == meant


@pytest.mark.parametrize(("header", "name"), [("city", "username"), ("city", "glub"), ("town", "city")])
def test_a_column_is_not_called_what_it_cannot_be(scope: Scope, number: int, header: str, name: str) -> None:
    with pytest.raises(HeaderError):
        draft_column_set(scope, number=number, header=header, name=name)

    assert draft_show(scope, number=number).columns[4].slug == "city"


def test_a_column_known_by_its_cells_alone_can_be_ignored(scope: Scope) -> None:
    text = "username,firstname,lastname,xx\n" + "".join(f"u{n},U,V{n},u{n}@x.org\n" for n in range(9))
    upload = upload_of(io.BytesIO(text.encode()), name="guess.csv", key="guess")
    made = uploaded(scope, request=upload)
    assert draft_show(scope, number=made).columns[3].slug == "email"

    draft_columns_set(scope, number=made, columns={"xx": ""})

    assert draft_show(scope, number=made).columns[3].slug == ""


@pytest.mark.parametrize(
    "cell", [(4, "city", "x"), (-1, "city", "x"), (0, "town", "x"), (0, "city", "x" * 40_000), (0, "city", "\0")]
)
def test_what_no_cell_can_be_or_hold_is_refused_whole(scope: Scope, number: int, cell: tuple[int, str, str]) -> None:
    with pytest.raises(PolicyError):
        review.cells_set(scope, number=number, cells=[(0, "city", "Bern"), cell])

    assert column(scope, number, 4) == ["Rome", "Rome", "", "Roma"]


def test_reading_the_file_again_removes_edits_of_other_rows(scope: Scope, number: int) -> None:
    review.cells_set(scope, number=number, cells=[(0, "city", "Bern")])
    draft_reread(scope, number=number, reading={"delimiter": ","})
    worker_run(lambda _: None, until_empty=True)

    assert column(scope, number, 4) == ["Rome", "Rome", "", "Roma"]


def test_a_script_is_answered_in_sentences(scope: Scope, number: int) -> None:
    assert scope.actor
    client = signed_in(scope.actor)

    def sent(what: object) -> tuple[int, Any]:
        answer = client.post(f"/imports/{number}/review/edit/", json.dumps(what), content_type="application/json")
        return answer.status_code, answer.json()["said"]

    assert sent({"do": "cells", "cells": [[0, "city", "Bern"]]}) == (200, "Changed 1 cell.")
    admin = signed_in(cast.person(scope.organization, username="amy", site_role="admin"))
    over = json.dumps({"do": "cells", "cells": [[0, "city", "Bonn"]]})
    told = admin.post(f"/imports/{number}/review/edit/", over, content_type="application/json").json()
    assert told == {"said": "Changed 1 cell. This replaced edits by owner."}
    stays = "1 cell keeps its later value by amy."
    assert sent({"do": "undo"}) == (200, f"Your last change is undone. {stays}")
    assert sent({"do": "undo"}) == (200, "You have nothing to undo. The last change is by amy.")
    assert sent({"do": "redo"}) == (200, f"Your change is redone. {stays}")
    assert sent({"do": "redo"}) == (200, "You have nothing to redo.")
    department = "Renamed the column to “Department”. It is imported as: department."
    assert sent({"do": "rename", "header": "city", "name": "Department"}) == (200, department)
    assert sent({"do": "rename", "header": "city", "name": "Zz9"}) == (
        200,
        "Renamed the column to “Zz9”. It is ignored.",
    )
    assert sent({"do": "undo"}) == (200, "Your last change is undone.")
    assert sent({"do": "exclude", "rows": [0, 1], "out": True}) == (200, "Excluded 2 rows.")
    assert sent({"do": "cells", "cells": [[9, "city", "Bern"]]}) == (
        422,
        "This file doesn't have such a row. Reload the page.",
    )
    assert sent({"do": "dance"})[0] == 400
    assert sent(["nothing"])[0] == 400
    assert Client().post(f"/imports/{number}/review/edit/", "{}", content_type="application/json").status_code == 302


def test_a_page_of_rows_has_the_problems_of_each_cell(scope: Scope, number: int) -> None:
    assert scope.actor
    told = signed_in(scope.actor).get(f"/imports/{number}/review/rows/?size=2&page=1").json()

    assert (told["last_page"], told["last_row"], told["is_checked"]) == (2, 4, True)
    assert [row["c0"] for row in told["data"]] == ["ann", "bob"]
    assert {place: flags[0]["level"] for place, flags in told["data"][1]["flags"].items()} == {
        "c2": "error",
        "c5": "warning",
    }
