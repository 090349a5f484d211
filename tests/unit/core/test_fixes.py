"""Suggested values of a cell: only if there is a list of valid ones."""

import polars as pl
import pytest

from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.rows.fixes import likeliest, possible

REFERENCE = Reference(
    courses=pl.DataFrame({"shortname": ["MATH-7", "ART"]}),
    roles=pl.DataFrame({"shortname": ["student", "boss"], "assignable": [True, False]}),
    profile_fields=(
        ProfileField(1, "house", "House", kind="choice", options=("Oak", "Elm")),
        ProfileField(2, "bus", "Bus"),
    ),
)


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("profile_field_house", ("Oak", "Elm")),
        ("profile_field_bus", ()),
        ("profile_field_gone", ()),
        ("course3", ("MATH-7", "ART")),
        ("role1", ("student",)),
        ("city", ()),
        ("", ()),
    ],
)
def test_it_offers_what_a_field_can_have(slug: str, values: tuple[str, ...]) -> None:
    assert possible(slug, reference=REFERENCE) == values


@pytest.mark.parametrize(
    ("value", "meant"), [("Oka", "Oak"), ("oak", "Oak"), (" ELM", "Elm"), ("Sycamore", ""), ("", "")]
)
def test_it_guesses_what_was_meant_only_where_something_resembles_it(value: str, meant: str) -> None:
    assert likeliest(value, among=("Oak", "Elm")) == meant
