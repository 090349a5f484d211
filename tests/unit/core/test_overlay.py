"""Edits over a table: the last one for a cell counts, and the table itself is unchanged."""

import polars as pl
import pytest

from enlist.core.table.overlay import EDITS_SCHEMA, EXCLUDED, WHOLE_ROW, excluded, last_edits, overlaid_frame

FRAME = pl.DataFrame({"username": ["ann", "bob", "cem"], "city": ["Rome", "", "Graz"]})


def edits(*told: tuple[int, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(told), schema=EDITS_SCHEMA, orient="row")


@pytest.mark.parametrize(
    ("told", "city"),
    [
        ((), ["Rome", "", "Graz"]),
        (((1, "city", "Bonn"),), ["Rome", "Bonn", "Graz"]),
        (((0, "city", ""),), ["", "", "Graz"]),  # a cell can be cleared
        (((1, "city", "Bonn"), (1, "city", "Bern")), ["Rome", "Bern", "Graz"]),  # the last one counts
        (((7, "city", "Bonn"),), ["Rome", "", "Graz"]),  # of another chunk
        (((1, "town", "Bonn"),), ["Rome", "", "Graz"]),  # of a column that is read no more
        (((1, WHOLE_ROW, EXCLUDED),), ["Rome", "", "Graz"]),  # says nothing of its cells
    ],
)
def test_cells_hold_what_was_typed_last(told: tuple[tuple[int, str, str], ...], city: list[str]) -> None:
    found = overlaid_frame(FRAME, edits=last_edits(edits(*told)), rows=pl.Series([0, 1, 2]))

    assert found.to_dict(as_series=False) == {"username": ["ann", "bob", "cem"], "city": city}
    assert FRAME.get_column("city").to_list() == ["Rome", "", "Graz"]


def test_some_rows_take_the_edits_of_their_own_numbers() -> None:
    told = edits((0, "city", "no"), (11, "city", "Bonn"), (13, "city", "no"), (17, "city", "Linz"))
    found = overlaid_frame(FRAME, edits=told, rows=pl.Series([10, 11, 17]))

    assert found.get_column("city").to_list() == ["Rome", "Bonn", "Linz"]


def test_a_row_that_was_taken_in_again_is_not_out() -> None:
    told = edits((2, WHOLE_ROW, EXCLUDED), (0, WHOLE_ROW, EXCLUDED), (2, WHOLE_ROW, ""), (1, "city", EXCLUDED))

    assert excluded(last_edits(told)).to_list() == [0]
    assert excluded(pl.DataFrame(schema=EDITS_SCHEMA)).to_list() == []
