"""One key for different people is an error on all of their rows; rows that agree or add up are not."""

from typing import Any

import polars as pl
import pytest

from enlist.core.clean.similarity.same_keys import same_keys
from tests.unit.core.test_validate import checked, table

HEADS = ("username", "firstname", "lastname", "email", "idnumber")
ANN = ("ann", "Ann", "Lee", "a@x.org", "7")


def given(*rows: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> dict[str, list[str]]:
    return {head: [row[place] for row in rows] for place, head in enumerate(heads)}


def failed(columns: dict[str, list[str]], **settings: Any) -> list[tuple[int, str, str]]:
    flags = checked(columns, **settings).flags.filter(pl.col("code") == "key_of_several")
    return flags.select("row", "column", "detail").rows()


@pytest.mark.parametrize(
    ("other", "differ"),
    [
        (("ann", "Bob", "Ray", "a@x.org", "7"), "name"),
        (("ANN", "Bob", "Ray", "b@x.org", "8"), "name, address, ID number"),
        (("ann", "Ann", "Lee", "b@x.org", "8"), "address, ID number"),
        (("ann", "", "", "b@x.org", "8"), "address, ID number"),
        (("ann", "Ida", "Lee", "a@x.org", "7"), "name"),
        (("ann", "Amy", "Lee", "a@x.org", "7"), "name"),
        (("ann", "Hann", "Lee", "a@x.org", "7"), "name"),
    ],
)
def test_different_people_under_one_key_are_errors_on_all_rows(other: tuple[str, ...], differ: str) -> None:
    detail = f"{differ} (lines 2 and 3)"

    assert failed(given(ANN, other)) == [(0, "username", detail), (1, "username", detail)]


@pytest.mark.parametrize(
    "other",
    [
        ANN,
        ("ann", "", "", "", ""),
        ("ann", "Ann", "Lee", "b@x.org", "7"),
        ("ann", "A.", "Lee", "a@x.org", "7"),
        ("ann", "Ann Marie", "Lee", "a@x.org", "7"),
        ("ann", "Añn", "LEE", "A@X.org", "7"),
        ("ann", "Lee", "Ann", "a@x.org", "7"),
        ("ann", "Anne", "Lee", "a@x.org", "7"),
        ("bob", "Bob", "Ray", "b@x.org", "7"),
    ],
)
def test_rows_that_agree_or_add_up_are_no_errors(other: tuple[str, ...]) -> None:
    assert failed(given(ANN, other)) == []


def test_siblings_on_one_address_are_errors_only_where_it_is_the_key() -> None:
    rows = given(ANN, ("ben", "Ben", "Lee", "a@x.org", "8"))

    assert failed(rows) == []
    assert [row for row, *_ in failed(rows, match_by=["email"])] == [0, 1]


def test_only_the_rows_of_the_key_fail() -> None:
    rows = given(ANN, ("bob", "Bob", "Ray", "b@x.org", "8"), ("ann", "Cy", "Ng", "c@x.org", "9"))

    assert [row for row, *_ in failed(rows)] == [0, 2]


def test_a_whole_name_counts_like_two() -> None:
    heads = ("username", "full name")

    assert failed(given(("ann", "Lee, Ann"), ("ann", "Ann Lee"), heads=heads)) == []
    assert len(failed(given(("ann", "Ann Lee"), ("ann", "Bob Ray"), heads=heads))) == 2


def test_a_key_of_rows_that_all_delete_is_about_nobody_else() -> None:
    heads = ("username", "deleted")

    assert failed(given(("ann", "1"), ("ann", "1"), heads=heads)) == []


def test_a_key_may_be_anothers_after_its_person_was_deleted() -> None:
    heads = (*HEADS, "deleted")
    bob = ("ann", "Bob", "Ray", "b@x.org", "8", "")

    assert failed(given((*ANN, ""), ("ann", "", "", "", "", "1"), bob, heads=heads)) == []
    assert len(failed(given((*ANN, ""), bob, ("ann", "", "", "", "", "1"), heads=heads))) == 2


def test_where_every_row_is_a_new_person_a_username_gets_a_number_instead() -> None:
    rows = given(ANN, ("ann", "Bob", "Ray", "b@x.org", "8"))

    assert failed(rows, existing_people="counter", new_people="create") == []


def test_an_excluded_row_does_not_count() -> None:
    sheet = table(given(ANN, ("ann", "Bob", "Ray", "b@x.org", "8"), ANN))
    headers = {head: head for head in HEADS}

    assert same_keys(sheet, headers=headers).height == 3
    assert same_keys(sheet, headers=headers, excluded=pl.Series([1], dtype=pl.Int64)).height == 0
