"""Courses of groups: what members have by a group and those above it, and what stays for another reason (NE-27)."""

from dataclasses import replace

import polars as pl
import pytest

from enlist.core.changes import GROUP_COURSES_SCHEMA
from enlist.core.directory.directory import Directory, Reference
from enlist.core.planner.group_courses import by_group_courses, inherited
from enlist.core.planner.net import After
from tests.support.worlds import SCHOOL, directory, person

# Year 7 is below Chess.
YEAR7, CHESS = 30, 31
ART, BIO, TEACHER, STUDENT = 10, 11, 1, 4


def giving(*lines: tuple[int, int, int]) -> Reference:
    return SCHOOL.with_frames({"group_course": pl.DataFrame(lines, schema=GROUP_COURSES_SCHEMA, orient="row")})


def followed(known: Directory) -> list[tuple[object, ...]]:
    """The enrolments that begin or change for everybody: course, role, status, source."""
    after = by_group_courses(known, after=After(known.people.clear(), looked_at=known.people.get_column("person")))
    return sorted(after.begun["enrolment"].select("course", "role", "status", "source").rows())


def test_a_group_has_the_courses_of_those_above_it_and_not_of_those_below() -> None:
    found = inherited(giving((CHESS, ART, STUDENT), (YEAR7, BIO, STUDENT)))

    assert sorted(found.rows()) == [(YEAR7, ART, STUDENT), (YEAR7, BIO, STUDENT), (CHESS, ART, STUDENT)]


def test_groups_that_contain_each_other_end_the_search() -> None:
    round_ = SCHOOL.tree.with_columns(parent=pl.Series([CHESS, YEAR7, None], dtype=pl.Int64))

    assert inherited(replace(giving((CHESS, ART, STUDENT)), tree=round_)).height == 2


@pytest.mark.spec("NE-27")
@pytest.mark.parametrize(
    ("enrolment", "follows"),
    [
        (None, [(ART, STUDENT, "active", "group")]),
        ((ART, STUDENT, "suspended", "import"), []),
        ((ART, TEACHER, "active", "manual"), []),
        ((ART, STUDENT, "active", "group"), []),
        ((ART, STUDENT, "suspended", "group"), [(ART, STUDENT, "active", "group")]),
        ((ART, TEACHER, "active", "group"), [(ART, TEACHER, "suspended", "group"), (ART, STUDENT, "active", "group")]),
        ((BIO, STUDENT, "active", "group"), [(ART, STUDENT, "active", "group"), (BIO, STUDENT, "suspended", "group")]),
        ((BIO, STUDENT, "active", "import"), [(ART, STUDENT, "active", "group")]),
    ],
)
def test_members_have_the_course_once(
    enrolment: tuple[int, int, str, str] | None, follows: list[tuple[object, ...]]
) -> None:
    """By the group, unless they have it for another reason, in any role."""
    known = directory(
        person(1),
        reference=giving((CHESS, ART, STUDENT)),
        memberships=[(1, YEAR7, "import")],
        enrolments=[(1, *enrolment[:3])] if enrolment else [],
    )
    if enrolment:
        known = known.with_frames({"enrolment": known.enrolments.with_columns(source=pl.lit(enrolment[3]))})

    assert followed(known) == sorted(follows)


def test_without_courses_of_groups_nothing_is_looked_at() -> None:
    known = directory(person(1), memberships=[(1, CHESS, "import")], enrolments=[(1, ART, STUDENT, "active")])
    after = After(known.people, looked_at=known.people.get_column("person"))

    assert by_group_courses(known, after=after) is after
