"""Values of profile fields: numbers, several options; and tags."""

from functools import partial

import pytest

from enlist.core.clean import tags
from enlist.core.clean.profile import choices, number

from .cleaning import column, one, told

CLUBS = ("Chess", "Choir", "Judo")


@pytest.mark.parametrize(
    ("cell", "stored"),
    [("12", "12"), ("007", "7"), ("+1,50", "1.5"), ("-0.0", "0"), ("-3.25", "-3.25"), ("100", "100"), ("", "")],
)
def test_it_reads_numbers(cell: str, stored: str) -> None:
    assert one(number, cell=cell) == (stored, [])


@pytest.mark.parametrize("cell", ["1,234", "1.2.3", "12 %", "1e5", "twelve", "9" * 16])
def test_it_flags_what_is_no_number(cell: str) -> None:
    assert one(number, cell=cell) == (None, [("number_bad", None)])


@pytest.mark.parametrize(
    ("cell", "stored", "flags"),
    [
        ("Judo; chess", "Chess;Judo", [("choice_spelled", "Chess")]),
        ("Choir|Choir", "Choir", []),
        (" ; ", "", []),
        ("", "", []),
        ("Judo;Golf", "Judo", [("choice_unknown", "Chess, Choir, Judo")]),
        ("Golf", None, [("choice_unknown", "Chess, Choir, Judo")]),
    ],
)
def test_of_several_options_only_the_unknown_piece_is_left_out(
    cell: str, stored: str | None, flags: list[tuple[str, str]]
) -> None:
    assert one(partial(choices, options=CLUBS, unknown="error"), cell=cell) == (stored, flags)


def test_an_unknown_value_becomes_the_first_option_if_configured() -> None:
    done = choices(column(["Judo;Golf", "Choir"]), options=CLUBS, unknown="first_option")

    assert done.values.to_list() == ["Chess;Judo", "Choir"]
    assert done.notes.rows() == [(0, "choice_replaced", "Golf", "Chess")]


def test_tags_are_trimmed_and_unique() -> None:
    """spec/moodle-upload.md §1.2."""
    cells = column(["cats, dogs ,Cats,,Birds", " solo ", ",", ""])

    assert told(tags(cells)) == (["cats,dogs,Birds", "solo", "", ""], [])
