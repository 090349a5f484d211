"""Changes of a plan beyond the reviewed one."""

import polars as pl

from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.plan.unseen import unseen
from tests.support.worlds import SCHOOL

ENROL = {"person": pl.Int64(), "course": pl.Int64(), "role": pl.Int64(), "status": pl.String()}


def plan(**frames: pl.DataFrame) -> Plan:
    return assemble(Head(), [Part(frames=frames)])


def update(*lines: tuple[int, str, str]) -> pl.DataFrame:
    """person, city before, city after."""
    people, old, new = zip(*lines, strict=True)
    return pl.DataFrame({"person": people, "version": [7] * len(lines), "before:city": old, "after:city": new})


def test_less_than_what_was_shown_is_nothing_unseen() -> None:
    shown = plan(update=update((1, "Rome", "Oslo"), (2, "Rome", "Oslo")))
    now = plan(update=update((1, "Rome", "Oslo")).with_columns(version=8))

    assert unseen(now, shown=shown, reference=SCHOOL) == {}


def test_another_value_before_or_after_is_another_change() -> None:
    shown = plan(update=update((1, "Rome", "Oslo"), (2, "Rome", "Oslo"), (3, "Rome", "Oslo")))
    now = plan(update=update((1, "Bonn", "Oslo"), (2, "Rome", "Kyiv"), (3, "Rome", "Oslo")))

    assert unseen(now, shown=shown, reference=SCHOOL) == {"update": 2}


def test_a_cell_that_stays_as_it_is_does_not_count() -> None:
    """A frame has a column where anybody's value changes; of all others it says the same before and after."""
    beside = update((1, "Rome", "Oslo")).with_columns(
        pl.lit("Ann").alias("before:firstname"), pl.lit("Ann").alias("after:firstname")
    )

    assert unseen(plan(update=beside), shown=plan(update=update((1, "Rome", "Oslo"))), reference=SCHOOL) == {}


def test_who_is_new_is_known_by_their_username_and_not_by_their_number() -> None:
    def created(*names: str) -> Plan:
        people = [-1 - place for place in range(len(names))]
        enrolled = [(person, 10, 4, "active") for person in people]
        return plan(
            create=pl.DataFrame({"person": people, "username": names}),
            enrol=pl.DataFrame(enrolled, schema=ENROL, orient="row"),
        )

    shown = created("ann", "bob")

    assert unseen(created("bob"), shown=shown, reference=SCHOOL) == {}
    assert unseen(created("bob", "cem"), shown=shown, reference=SCHOOL) == {"create": 1, "enrol": 1}


def test_a_group_that_is_there_by_now_is_the_one_that_was_to_be_created() -> None:
    made = pl.DataFrame({"course_group": [-1], "course": [10], "name": ["Green"]})
    there = pl.DataFrame({"course_group": [77], "course": [10], "name": ["Green"]})
    now = SCHOOL.with_frames({"course_group": pl.concat([SCHOOL.course_groups, there])})
    shown = plan(create_course_group=made, join=pl.DataFrame({"person": [1], "course_group": [-1]}))
    joins = plan(join=pl.DataFrame({"person": [1], "course_group": [77]}))

    assert unseen(joins, shown=shown, reference=now) == {}
    assert unseen(joins, shown=plan(create_course_group=made), reference=now) == {"join": 1}


def test_a_password_that_was_not_shown_is_unseen() -> None:
    passwords = pl.DataFrame({"person": [1], "line": [2], "source": ["file"], "force": [False]})

    now = assemble(Head(), [Part(passwords=passwords)])

    assert unseen(now, shown=plan(), reference=SCHOOL) == {"passwords": 1}
