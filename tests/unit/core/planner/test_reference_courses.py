"""Course columns of a row: one case for each decision."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from tests.support.stories import Story, story
from tests.support.worlds import SCHOOL, directory, person, rows

# SCHOOL: ART with groups Red and Blue, BIO (its own role is guest) with a group Red, CHEM; auditor cannot be assigned.
Cells = dict[str, Any]
ANNA: Cells = {"username": "anna", "firstname": "Anna", "lastname": "Ode", "email": "anna@x.org"}
CARA: Cells = {"username": "cara", "firstname": "Cara", "lastname": "Cole", "email": "cara@x.org"}
TYPES = ("student", "teacher", "assistant")


def tell(*lines: Cells, enrolments: Any = (), members: Any = (), **settings: Any) -> Story:
    """The story of rows about Anna, who is known, with everything else of a row left out."""
    before = directory(person(1, **ANNA), enrolments=enrolments, members=members)
    given = rows(*({"username": "anna", **line} for line in lines))
    policy = Policy().replace(**{"existing_people": "update", "type_roles": TYPES} | settings)
    return story(plan_rows(given, before, policy=policy), directory=before)


@pytest.mark.parametrize(
    ("cells", "course", "role"),
    [
        pytest.param({"course1": "ART", "role1": "teacher"}, "ART", "teacher", id="a role by name"),
        pytest.param({"course1": "ART", "role1": "2"}, "ART", "assistant", id="digits are the id of a role"),
        pytest.param({"course1": "ART", "type1": "1"}, "ART", "student", id="type 1"),
        pytest.param({"course1": "ART", "type1": "2"}, "ART", "teacher", id="type 2"),
        pytest.param({"course1": "ART", "type1": "3"}, "ART", "assistant", id="type 3"),
        pytest.param({"course1": "ART", "role1": "guest", "type1": "2"}, "ART", "guest", id="role before type"),
        pytest.param({"course1": "BIO"}, "BIO", "guest", id="the course's own role"),
        pytest.param({"course1": "ART"}, "ART", "student", id="else the role of students"),
        pytest.param({"course01": "ART", "role1": "teacher"}, "ART", "student", id="01 is not 1"),
    ],
)  # fmt: skip
@pytest.mark.spec("EC-09", "EC-10", "EC-11")
def test_it_enrols(cells: Cells, course: str, role: str) -> None:
    assert tell(cells) == Story(statuses=["enrolled"], enrolled=[("anna", course, role)])


@pytest.mark.parametrize(
    ("cells", "code", "slug"),
    [
        pytest.param({"course1": "art"}, "course_unknown", "course1", id="short names are compared exactly"),
        pytest.param({"course1": "0"}, "course_unknown", "course1", id="0 is a name like any other"),
        pytest.param({"course1": "ART", "role1": "dean"}, "role_unknown", "role1", id="no such role"),
        pytest.param({"course1": "ART", "role1": "99"}, "role_unknown", "role1", id="no role with this id"),
        pytest.param({"course1": "ART", "role1": "9" * 40}, "role_unknown", "role1", id="no id is that long"),
        pytest.param({"course1": "ART", "role1": "auditor"}, "role_unknown", "role1", id="a role nobody may assign"),
        pytest.param({"course1": "ART", "type1": "4"}, "type_unknown", "type1", id="no such type"),
        pytest.param({"course1": "ART", "type1": "01"}, "type_unknown", "type1", id="a type is one digit"),
        pytest.param({"course1": "ART", "type1": "teacher"}, "type_unknown", "type1", id="a type is not a role"),
    ],
)  # fmt: skip
@pytest.mark.spec("EC-10")
def test_a_course_it_cannot_enrol_in_leaves_the_rest_of_the_row_going(cells: Cells, code: str, slug: str) -> None:
    told = tell({**cells, "group1": "Red", "course2": "BIO", "city": "Rome"}, update_details="from_file")

    assert told == Story(
        statuses=["updated"],
        flags=[(0, code, slug)],
        updated={"anna": {"city": ("", "Rome")}},
        enrolled=[("anna", "BIO", "guest")],
    )


def test_a_type_whose_role_is_not_there_enrols_nobody() -> None:
    told = tell({"course1": "ART", "type1": "3"}, type_roles=("student", "teacher", "non-editing teacher"))

    assert told == Story(statuses=["unchanged"], flags=[(0, "role_unknown", "type1")])


def test_types_are_mapped_to_roles_by_displayed_names() -> None:
    roles = SCHOOL.roles.with_columns(
        name=pl.col("shortname").replace_strict({"teacher": "Pupil", "student": "TEACHER"}, default="")
    )
    before = directory(person(1, **ANNA), reference=replace(SCHOOL, roles=roles))
    lines = rows({"username": "anna", "course1": "ART", "type1": "1", "course2": "BIO", "type2": "2"})
    policy = Policy().replace(existing_people="update", type_roles=("pupil", "teacher", "assistant"))

    told = story(plan_rows(lines, before, policy=policy), directory=before)

    assert told.enrolled == [("anna", "ART", "teacher"), ("anna", "BIO", "student")]


def test_a_course_whose_own_role_cannot_be_assigned_enrols_nobody() -> None:
    courses = SCHOOL.courses.with_columns(default_role=5)
    before = directory(person(1, **ANNA), reference=replace(SCHOOL, courses=courses))

    part = plan_rows(
        rows({"username": "anna", "course1": "ART"}), before, policy=Policy().replace(existing_people="update")
    )

    assert part.flags.select("code", "field", "value", "detail").rows() == [
        ("role_unknown", "course1", "auditor", "ART"),
    ]
    assert part.frames == {}


def test_a_cell_that_belongs_to_a_blank_course_is_ignored_and_flagged() -> None:
    told = tell({"course1": None, "role1": "teacher", "type1": None, "group1": "Red"})

    assert told == Story(statuses=["unchanged"], flags=[(0, "course_blank", "group1"), (0, "course_blank", "role1")])


def test_an_unknown_course_can_fail_the_row() -> None:
    told = tell(
        {"course1": "ART", "course2": "NONE", "city": "Rome"}, unknown_course="error_on_row", update_details="from_file"
    )

    assert told == Story(statuses=["failed"], flags=[(0, "course_unknown_row", "course2")])


def test_a_course_named_twice_is_harmless() -> None:
    told = tell({"course1": "ART", "course2": "ART", "course3": "ART", "role3": "teacher"})

    assert told == Story(statuses=["enrolled"], enrolled=[("anna", "ART", "student"), ("anna", "ART", "teacher")])


def test_an_enrolment_that_exists_adds_nothing() -> None:
    assert tell({"course1": "ART"}, enrolments=[(1, 10, 4, "suspended")]) == Story(statuses=["unchanged"])


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        pytest.param({4: "active"}, "active", id="an active person stays active"),
        pytest.param({4: "suspended"}, "suspended", id="a suspended one is not let in again"),
        pytest.param({4: "suspended", 3: "active"}, "active", id="active in one role is active"),
    ],
)
def test_a_new_role_is_added_with_the_status_of_the_old_one(statuses: dict[int, str], expected: str) -> None:
    before = directory(person(1, **ANNA), enrolments=[(1, 10, role, status) for role, status in statuses.items()])
    given = rows({"username": "anna", "course1": "ART", "role1": "teacher"})

    part = plan_rows(given, before, policy=Policy().replace(existing_people="update"))

    assert {verb: frame.rows() for verb, frame in part.frames.items()} == {
        "enrol": [(1, 10, 1, expected, None, None, "import")]
    }


@pytest.mark.spec("EC-12")
@pytest.mark.parametrize("group", ["Blue", "21", "021"])
def test_it_puts_the_person_in_a_group_by_name_or_by_id(group: str) -> None:
    told = tell({"course1": "ART", "group1": group})

    assert told == Story(statuses=["enrolled"], enrolled=[("anna", "ART", "student")], joined=[("anna", "ART", "Blue")])


def test_a_row_that_only_adds_a_group_is_grouped() -> None:
    told = tell({"course1": "ART", "group1": "Red"}, enrolments=[(1, 10, 4, "active")])

    assert told == Story(statuses=["grouped"], joined=[("anna", "ART", "Red")])


def test_a_membership_that_exists_adds_nothing() -> None:
    told = tell({"course1": "ART", "group1": "Red"}, enrolments=[(1, 10, 4, "active")], members=[(1, 20)])

    assert told == Story(statuses=["unchanged"])


@pytest.mark.parametrize(
    ("group", "policy"),
    [
        pytest.param("Green", "error_on_cell", id="no such group"),
        pytest.param("red", "error_on_cell", id="names are compared exactly"),
        pytest.param("22", "error_on_cell", id="a group of another course"),
        pytest.param("999", "error_on_cell", id="digits are an id"),
    ],
)
@pytest.mark.spec("EC-12")
def test_an_unknown_group_is_flagged_and_the_person_enrolled(group: str, policy: str) -> None:
    told = tell({"course1": "ART", "group1": group}, unknown_course_group=policy)

    assert told == Story(
        statuses=["enrolled"], flags=[(0, "course_group_unknown", "group1")], enrolled=[("anna", "ART", "student")]
    )


def test_digits_that_are_no_id_name_a_group_where_groups_are_created() -> None:
    """As in the peer, but once: spec/moodle-upload.md §1.3."""
    lines: list[Cells] = [{**CARA, "course1": "ART", "group1": "999"}, {**ANNA, "course1": "ART", "group1": "999"}]
    before = directory(person(1, **ANNA))

    told = story(
        plan_rows(
            rows(*lines), before, policy=Policy().replace(existing_people="update", unknown_course_group="create")
        ),
        directory=before,
    )

    assert told.new_groups == [("ART", "999")]
    assert told.joined == [("anna", "ART", "999"), ("cara", "ART", "999")]


def test_an_unknown_group_is_created_once_and_only_for_rows_that_are_carried_out() -> None:
    before = directory(person(1, **ANNA))
    lines: list[Cells] = [
        {**CARA, "course1": "BIO", "group1": "Green"},
        {**ANNA, "course1": "BIO", "group1": "Green"},
        {**CARA, "username": "dora", "email": None, "course1": "BIO", "group1": "Never"},
    ]
    policy = Policy().replace(existing_people="update", unknown_course_group="create")

    told = story(plan_rows(rows(*lines), before, policy=policy), directory=before)

    assert told == Story(
        statuses=["created", "enrolled", "failed"],
        flags=[(2, "email_missing", "email")],
        created={"cara": {slug: cell for slug, cell in CARA.items() if slug != "username"}},
        enrolled=[("anna", "BIO", "guest"), ("cara", "BIO", "guest")],
        joined=[("anna", "BIO", "Green"), ("cara", "BIO", "Green")],
        new_groups=[("BIO", "Green")],
    )


def test_administrators_whose_details_may_change_are_enrolled() -> None:
    before = directory(person(1, **ANNA, site_role="admin"))
    policy = Policy().replace(existing_people="update", administrators="details_only")

    told = story(plan_rows(rows({"username": "anna", "course1": "ART"}), before, policy=policy), directory=before)

    assert told == Story(statuses=["enrolled"], enrolled=[("anna", "ART", "student")])


def test_a_plan_of_no_rows_is_empty() -> None:
    part = plan_rows(rows(), directory(person(1, **ANNA)), policy=Policy())

    assert (part.frames, part.statuses.height, part.flags.height, part.seen.height) == ({}, 0, 0, 0)
