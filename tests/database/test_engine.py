"""Frames are written and read unchanged, on both databases."""

import polars as pl
import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from enlist.store.engine import engine

pytestmark = pytest.mark.django_db

# What the readers refuse: NUL and lone surrogates.
TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ODD = [None, "", "\\.", "\\N", '"', "a\r\nb", ",", "'", "\ufeff", "NULL", "\u2028", "é", "e\u0301", "\x01", " ", "𐍈"]


def there_and_back(frame: pl.DataFrame) -> pl.DataFrame:
    at = engine()
    at.temporary("enlist_test", frame=frame)
    return at.read("SELECT * FROM enlist_test", columns=frame.schema).sort("id")


@given(st.lists(st.tuples(TEXTS, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.booleans()), max_size=8))
def test_what_is_loaded_is_read_again(rows: list[tuple[str | None, int | None, bool | None]]) -> None:
    schema = {"id": pl.Int64(), "text": pl.String(), "number": pl.Int64(), "truth": pl.Boolean()}
    frame = pl.DataFrame([(n, *row) for n, row in enumerate(rows)], schema=schema, orient="row")

    assert there_and_back(frame).rows() == frame.rows()


def test_odd_text_is_read_again() -> None:
    frame = pl.DataFrame({"id": range(len(ODD)), "text": ODD})

    assert there_and_back(frame).rows() == frame.rows()


def test_more_rows_than_a_batch_keep_their_cells_together() -> None:
    frame = pl.DataFrame({"id": range(120_001)}).with_columns(text=pl.col("id").cast(pl.String))

    assert there_and_back(frame).equals(frame)


def test_a_broken_rule_is_djangos_error() -> None:
    frame = pl.DataFrame(
        {"slug": ["school", "school"], "name": ["", ""], "reference_version": [1, 1], "settings": ["{}"] * 2}
    )

    with pytest.raises(IntegrityError):
        engine().load("store_organization", frame=frame.with_columns(shared_email=False))


@pytest.mark.django_db(transaction=True)
def test_ids_are_drawn_in_a_row_and_never_twice() -> None:
    at = engine()
    with at.applying(1):
        first = at.draw_ids("store_organization", count=10)
        ids = pl.int_range(first, first + 10, eager=True)
        frame = pl.DataFrame({"id": ids, "slug": ids.cast(pl.String)})
        at.load(
            "store_organization",
            frame=frame.with_columns(name=pl.lit(""), reference_version=0, settings=pl.lit("{}"), shared_email=False),
        )
        second = at.draw_ids("store_organization", count=1)

    assert second == first + 10


@pytest.mark.django_db(transaction=True)
def test_reading_leaves_no_table_behind() -> None:
    at = engine()
    with at.reading():
        at.temporary("enlist_test", frame=pl.DataFrame({"id": [1]}))

    assert "enlist_test" not in connection.introspection.table_names()
    with at.reading():
        at.temporary("enlist_test", frame=pl.DataFrame({"id": [2]}))
        assert at.value("SELECT id FROM enlist_test") == 2
