"""How many people a plan deactivates, renames or deletes, and when that is too many."""

import polars as pl
import pytest

from enlist.core.plan.limits import at_most, in_words, measured, over, people_text, reason, touched
from enlist.core.plan.plan import Part
from enlist.core.policy import ChangeLimits, Limit

FEW, MANY = "deactivate", "update"


@pytest.mark.spec("EN-02")
@pytest.mark.parametrize(
    ("verb", "count", "active", "is_held"),
    [
        # the smaller of 5 % and 20
        (FEW, 0, 0, False),
        (FEW, 2, 0, False),
        (FEW, 3, 0, True),
        (FEW, 2, 2, False),
        (FEW, 2, 39, False),
        (FEW, 3, 39, True),
        (FEW, 3, 59, True),
        (FEW, 3, 60, False),
        (FEW, 5, 99, True),
        (FEW, 5, 100, False),
        (FEW, 6, 100, True),
        (FEW, 19, 380, False),
        (FEW, 19, 379, True),
        (FEW, 20, 399, True),
        (FEW, 20, 400, False),
        (FEW, 20, 1_000_000, False),
        (FEW, 21, 1_000_000, True),
        ("delete", 20, 400, False),
        ("delete", 21, 400, True),
        ("leave_group", 6, 100, True),
        ("unenrol", 5, 100, False),
        ("remove_link", 6, 100, True),
        # more than half, from 20 up
        (MANY, 19, 19, False),
        (MANY, 19, 20, False),
        (MANY, 20, 20, True),
        (MANY, 20, 39, True),
        (MANY, 20, 40, False),
        (MANY, 21, 40, True),
        (MANY, 500_000, 1_000_000, False),
        (MANY, 500_001, 1_000_000, True),
        ("rename", 20, 40, False),
        ("rename", 21, 40, True),
    ],
)
def test_it_holds_what_is_above_the_limit_and_nothing_at_it(verb: str, count: int, active: int, is_held: bool) -> None:
    assert over({verb: count}, limits=ChangeLimits(), active=active) == ({verb: count} if is_held else {})


def test_two_people_never_wait_for_a_share_unless_it_is_nothing() -> None:
    assert over({"delete": 2}, limits=ChangeLimits(delete=Limit(share=0.05, number=20)), active=3) == {}
    assert over({"delete": 2}, limits=ChangeLimits(delete=Limit(share=0.05, number=1)), active=3) == {"delete": 2}
    assert over({"delete": 1}, limits=ChangeLimits(delete=Limit(share=0, number=20)), active=3) == {"delete": 1}


@pytest.mark.parametrize("share", [0.07, 0.29, 0.57, 0.1])
def test_a_share_is_exact(share: float) -> None:
    at = round(share * 100)
    limits = ChangeLimits(delete=Limit(share=share, number=100))

    assert over({"delete": at}, limits=limits, active=100) == {}
    assert over({"delete": at + 1}, limits=limits, active=100) == {"delete": at + 1}


def test_a_limit_of_nothing_holds_everybody() -> None:
    never = ChangeLimits(delete=Limit(share=0, number=0))

    assert over({"delete": 0, "deactivate": 0}, limits=never, active=1_000) == {}
    assert over({"delete": 1, "update": 1}, limits=never, active=1_000) == {"delete": 1}


def test_it_counts_people_and_renames_separately() -> None:
    update = pl.DataFrame(
        {"person": [1, 2], "version": [1, 1]}
        | {"before:username_key": ["ann", "bob"], "after:username_key": ["anna", "bob"]}
    )
    leave = pl.DataFrame({"person": [3, 3, 4], "course_group": [1, 2, 1]})
    leave_group = pl.DataFrame({"person": [4, 6], "people_group": [1, 1], "source": ["import", "manual"]})
    people = pl.DataFrame({"person": [5], "version": [1]})
    frames = {"leave": leave, "leave_group": leave_group, "unenrol": leave, "update": update}
    part = Part(frames={**frames, "deactivate": people, "remove": people})
    created = Part(frames={"create": pl.DataFrame({"person": [-1]}), "reactivate": people})

    assert {name: sorted(found) for name, found in touched(part).items()} == {
        "leave_group": [3, 4, 6], "unenrol": [3, 4], "rename": [1], "update": [1, 2], "deactivate": [5], "delete": [5],
    }  # fmt: skip
    # Nobody twice, though two parts name them.
    others = Part(frames={"leave": leave.with_columns(person=pl.col("person") + 1), "deactivate": people})
    assert measured([part, created, others]) == {
        "leave_group": 4, "unenrol": 2, "rename": 1, "update": 2, "deactivate": 1, "delete": 1,
    }  # fmt: skip


def test_what_one_word_may_count_at_most_is_the_sum_of_its_verbs() -> None:
    verbs = {"leave": 2, "leave_group": 3, "unenrol": 1, "update": 4, "join": 9}

    assert at_most(verbs) == {"leave_group": 5, "unenrol": 1, "rename": 4, "update": 4}


def test_it_reports_what_would_happen_to_how_many() -> None:
    assert in_words({"update": 2_000, "deactivate": 37}) == "37 deactivated, 2,000 updated"


def test_it_says_why_people_wait() -> None:
    told = [
        reason(name, count=count, limits=ChangeLimits(), active=1_234) for name, count in (("delete", 1), (MANY, 2))
    ]

    assert told == [
        "1 person would be removed, at most 20 of 1,234 active people may be without approval",
        "2 people would be updated, at most 617 of 1,234 active people may be without approval",
    ]
    assert (people_text(0), people_text(1_204)) == ("0 people", "1,204 people")
