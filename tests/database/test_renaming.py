"""Columns renamed in the grid are mapped by their new name, as if the file had it."""

import pytest

from enlist.core.errors import HeaderError
from enlist.services.access import Scope
from enlist.services.drafts import draft, fixes, replace, review
from enlist.services.drafts.header import header_rename
from enlist.services.drafts.replace import Replacement
from enlist.services.imports.download import import_download
from enlist.services.imports.plan import import_show
from enlist.services.setup import remembered_headers
from enlist.services.worker import worker_run
from enlist.store.models import Person
from tests.database.review import ALL, amy, column, number, plan, problems, scope

__all__ = ["number", "scope"]

pytestmark = pytest.mark.django_db(transaction=True)


def meant(scope: Scope, number: int) -> list[tuple[str, str]]:
    """The names of columns and the fields they are mapped to."""
    return [(each.header, each.slug) for each in draft.draft_show(scope, number=number).columns]


AS_IT_WAS = [(name, name) for name in ("username", "firstname", "lastname", "email", "city", "profile_field_house")]


def called(place: int, name: str, slug: str) -> list[tuple[str, str]]:
    """The columns, one of them otherwise."""
    return [(name, slug) if at == place else each for at, each in enumerate(AS_IT_WAS)]


@pytest.mark.parametrize(
    ("name", "slug"), [("Department", "department"), (" Abteilung ", "department"), ("Zz9", ""), ("city", "city")]
)
def test_a_renamed_column_is_mapped_by_its_new_name(scope: Scope, number: int, name: str, slug: str) -> None:
    assert header_rename(scope, number=number, header="city", name=name) == slug

    assert meant(scope, number) == called(4, name.strip(), slug)


def test_a_renamed_column_is_one_step_and_keeps_what_is_edited_in_it(scope: Scope, number: int) -> None:
    review.cells_set(scope, number=number, cells=[(0, "city", "Bern")])
    header_rename(scope, number=number, header="city", name="Department")
    review.cells_set(scope, number=number, cells=[(1, "city", "Bonn")])
    found = review.review_page(scope, number=number, wanted=ALL, start=0, limit=10)

    assert (found.names["city"], column(scope, number, 4)) == ("Department", ["Bern", "Bonn", "", "Roma"])
    assert found.changed == {0: {"city": "owner"}, 1: {"city": "owner"}}
    assert replace.replace_do(scope, number=number, wanted=Replacement("Roma", "Rome", column="city")) == 1

    for _ in range(3):
        review.edit_undo(scope, number=number)
    assert (meant(scope, number), column(scope, number, 4)) == (AS_IT_WAS, ["Bern", "Rome", "", "Roma"])
    review.edit_redo(scope, number=number)
    assert meant(scope, number) == called(4, "Department", "department")


def test_a_renamed_column_is_imported_and_given_back_under_its_name(scope: Scope, number: int) -> None:
    header_rename(scope, number=number, header="city", name="Department")
    header_rename(scope, number=number, header="profile_field_house", name="city")
    page = review.review_page(scope, number=number, wanted=ALL, start=0, limit=10).page
    assert [flag.column for flag in page.rows[1].flags] == [], "a city may be called Oka"

    plan(scope, number)
    (problem,) = problems(scope, number).kinds
    assert (problem.column, problem.code) == ("lastname", "lastname_missing")
    pieces, _ = import_download(scope, number=number, what="problems", kind="csv")
    header = b"".join(pieces).decode().splitlines()[0]
    assert header.startswith("enlist_line,enlist_problems,username,firstname,lastname,email,Department,city")
    _, made = import_show(scope, number=number)
    assert made
    draft.draft_apply(scope, number=number, shown=made.fingerprint)
    worker_run(lambda _: None, until_empty=True)
    ann = Person.objects.get(username="ann")
    assert (ann.department, ann.city) == ("Rome", "Oak")


def test_one_click_fixes_a_column_that_was_renamed_since(scope: Scope, number: int) -> None:
    header_rename(scope, number=number, header="city", name="Town")
    plan(scope, number)
    header_rename(scope, number=number, header="profile_field_house", name="House")
    told = ("choice_unknown", "profile_field_house", "Oka")

    assert fixes.problem_fix(scope, number=number, problem=told, new="Oak") == 2
    assert column(scope, number, 5) == ["Oak", "Oak", "Oak", "Elm"]


@pytest.mark.parametrize(
    ("header", "name", "said"),
    [
        ("city", "E-Mail", "Columns “email” (4) and “E-Mail” (5) both mean email."),
        ("city", "email", "There is already a column “email”."),
        ("city", " ", "A column needs a name."),
        ("city", "x\0", "A column can't have this name."),
        ("city", "Password", "A column called “Password” holds passwords, which are sealed while a file is read."),
        ("town", "city", "This file has no column “town”."),
    ],
)
def test_a_name_no_column_can_have_is_refused(scope: Scope, number: int, header: str, name: str, said: str) -> None:
    with pytest.raises(HeaderError) as refused:
        header_rename(scope, number=number, header=header, name=name)

    assert refused.value.message == said
    assert meant(scope, number) == AS_IT_WAS


def test_a_step_is_not_taken_back_where_two_columns_would_be_called_the_same(scope: Scope, number: int) -> None:
    header_rename(scope, number=number, header="city", name="Zz9")
    header_rename(amy(scope), number=number, header="profile_field_house", name="city")

    with pytest.raises(HeaderError, match="Two columns would be called “city”"):
        review.edit_undo(scope, number=number)
    assert [name for name, _slug in meant(scope, number)][4:] == ["Zz9", "city"]


def test_a_mapping_of_a_renamed_column_is_for_that_name_only(scope: Scope, number: int) -> None:
    draft.draft_column_set(scope, number=number, header="city", name="department")
    header_rename(scope, number=number, header="city", name="Zz9")
    draft.draft_column_set(scope, number=number, header="city", name="institution")

    assert meant(scope, number) == called(4, "Zz9", "institution")
    assert remembered_headers.headers_list(scope) == [
        remembered_headers.RememberedHeader("city", "department", by="owner")
    ]
    review.edit_undo(scope, number=number)
    assert meant(scope, number) == called(4, "city", "department")


def test_a_column_that_is_left_out_comes_back_with_another_name(scope: Scope, number: int) -> None:
    draft.draft_column_set(scope, number=number, header="city", name="")
    header_rename(scope, number=number, header="city", name="Town")
    plan(scope, number)

    assert meant(scope, number) == called(4, "Town", "city")
    assert import_show(scope, number=number)[0].rows == {"created": 3, "failed": 1}
    review.edit_undo(scope, number=number)
    assert meant(scope, number) == called(4, "city", "")
