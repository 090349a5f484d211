import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.clean import phone
from enlist.core.clean.phone import accepted_at_once

from .cleaning import column, one, told


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("+49 30 901820", id="with its country"),
        pytest.param("(030) 90 18-20", id="without"),
        pytest.param("+1 415 555 2671 ext. 5", id="an extension"),
        pytest.param("1-800-FLOWERS", id="letters that stand for digits"),
        pytest.param("112", id="a short one"),
        pytest.param("", id="none"),
    ],
)
def test_it_keeps_numbers_as_they_are_written(cell: str) -> None:
    assert one(phone, cell=cell) == (cell, [])


@pytest.mark.parametrize("cell", ["+49 1", "12", "+999 123 456 78", "call me", "1234567890123456", "+"])
def test_it_warns_of_what_is_no_number_and_keeps_it(cell: str) -> None:
    assert one(phone, cell=cell) == (cell, [("phone_odd", None)])


def test_it_names_the_places_of_odd_numbers() -> None:
    assert told(phone(column(["+49 30 901820", "none", "", "12"]))) == (
        ["+49 30 901820", "none", "", "12"],
        [(1, "phone_odd", "none", None), (3, "phone_odd", "12", None)],
    )


@given(st.lists(st.from_regex(r"\+[1-9][0-9 ]{3,16}", fullmatch=True)))
def test_the_quick_look_takes_only_what_the_library_holds_possible(cells: list[str]) -> None:
    accepted = column(cells).filter(accepted_at_once(column(cells))).to_list()

    assert [cell for cell in accepted if not phonenumbers.is_possible_number(phonenumbers.parse(cell))] == []
