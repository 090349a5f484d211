"""Numbering all usernames at once gives the same as one after the other (spec/moodle-upload.md §4.3)."""

from collections.abc import Iterable
from itertools import chain

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enlist.core.planner.people import numbers
from enlist.core.planner.people.numbers import DIGITS, numbered

Claim = tuple[str, bool]

# Names that meet: of two stems and of none, with numbers next to each other, leading zeros, and more than 64 bits.
NUMBERS = (*["", "2"] * 2, *"0123459", "10", "00", "01", "007", "9" * 15, "1" + "0" * 15, "9" * 20)
names = st.builds(str.__add__, st.sampled_from(["jdoe", "jdoe", "j2d-", ""]), st.sampled_from(NUMBERS)).filter(bool)
claims = st.lists(st.tuples(names, st.sampled_from([True, True, True, False])), max_size=16)


def in_turn(wanted: Iterable[Claim], *, taken: Iterable[str]) -> list[str]:
    """What each is called, one after the other; those that do not stay leave their name to the next."""
    there, called = set(taken), []
    for name, stays in wanted:
        stem = name.rstrip(DIGITS)
        number, given = int(name[len(stem) :] or 1), name
        while given in there:
            number += 1
            given = f"{stem}{number}"
        called.append(given)
        there |= {given} if stays else set()
    return called


def at_once(wanted: Iterable[Claim], *, taken: Iterable[str]) -> list[str]:
    frame = pl.DataFrame(list(wanted), schema={"username_key": pl.String, "stays": pl.Boolean}, orient="row")
    found = numbered(frame.with_columns(row=pl.int_range(pl.len())), taken=pl.Series(list(taken), dtype=pl.String))
    numbers_of = dict(found.iter_rows())
    assert found.get_column("row").is_sorted()
    return [
        name.rstrip(DIGITS) + numbers_of[row] if row in numbers_of else name
        for row, name in enumerate(frame.get_column("username_key"))
    ]


@given(claims, st.sets(names, max_size=8))
@example([("a", True), ("a2", True), ("a", True), ("a", False), ("a", True), ("a3", True)], {"a3"})
def test_all_at_once_is_one_after_the_other(wanted: list[Claim], taken: set[str]) -> None:
    assert at_once(wanted, taken=taken) == in_turn(wanted, taken=taken)


@pytest.mark.parametrize(
    ("name", "taken", "called"),
    [
        ("jdoe", "jdoe", "jdoe2"),
        ("jdoe2", "jdoe2", "jdoe3"),
        ("jdoe9", "jdoe9", "jdoe10"),
        ("jdoe99", "jdoe99", "jdoe100"),
        ("jdoe99", "jdoe99 jdoe100", "jdoe101"),
        ("jdoe007", "jdoe007", "jdoe8"),
        ("user09", "user09", "user10"),
        ("2", "2", "3"),
        ("a1b9", "a1b9", "a1b10"),
        ("j2doe", "j2doe", "j2doe2"),
        ("jdoe-1", "jdoe-1", "jdoe-2"),
        ("a@b.com", "a@b.com", "a@b.com2"),
        ("jdoe", "jdoe jdoe2 jdoe3", "jdoe4"),
        ("jdoe", "jdoe jdoe3", "jdoe2"),
        ("jdoe", "jdoe2 jdoes", "jdoe"),
        ("jdoe99999999999999999999", "jdoe99999999999999999999", "jdoe100000000000000000000"),
    ],
)
def test_a_taken_name_gets_the_next_number_that_is_free(name: str, taken: str, called: str) -> None:
    assert at_once([(name, True)], taken=taken.split()) == [called]


def test_names_of_one_kind_are_counted_without_walking(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[int] = []
    one_by_one = numbers._one_by_one

    def watched(lines: pl.DataFrame, *, held: pl.DataFrame) -> pl.DataFrame:
        walked.append(lines.height)
        return one_by_one(lines, held=held)

    monkeypatch.setattr(numbers, "_one_by_one", watched)
    stems = [("jdoe", "asmith", f"s{number}", f"n{number // 2 * 2}") for number in range(600)]
    many = [(name, place % 7 > 0) for place, name in enumerate(chain.from_iterable(stems))]
    taken = ["jdoe", "jdoe7", "asmith5", "s700"]

    assert at_once(many, taken=taken) == in_turn(many, taken=taken)
    assert walked == [0]
