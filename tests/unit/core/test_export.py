"""People as the rows of a file that an import reads."""

import polars as pl
import pytest

from enlist.core.changes import COURSE_GROUPS_SCHEMA, GROUPS_SCHEMA
from enlist.core.directory.directory import empty_directory
from enlist.core.report.export import export
from tests.support.worlds import SCHOOL, directory, person

ADA = person(1, username="ada", firstname="Ada", lastname="Byron", email="ada@example.org", city="London")
BO = person(2, username="bo", firstname="Bo", lastname="Li", profile_field_grade="2")


@pytest.mark.spec("EN-10")
def test_it_exports_everything_that_a_row_can_have() -> None:
    found = export(
        directory(BO, ADA, enrolments=[(1, 11, 4, "active"), (1, 10, 4, "suspended")], members=[(1, 21), (1, 22)])
    )

    assert found.frame.to_dicts() == [
        {
            "username": "ada", "firstname": "Ada", "lastname": "Byron", "email": "ada@example.org", "city": "London",
            "profile_field_grade": "", "profile_field_house": "",
            "course1": "ART", "role1": "student", "group1": "Blue",
            "course2": "BIO", "role2": "student", "group2": "Red",
        },
        {
            "username": "bo", "firstname": "Bo", "lastname": "Li", "email": "", "city": "",
            "profile_field_grade": "2", "profile_field_house": "",
            "course1": "", "role1": "", "group1": "", "course2": "", "role2": "", "group2": "",
        },
    ]  # fmt: skip
    assert found.left_out == {}


@pytest.mark.spec("EN-10")
def test_it_exports_groups_that_imports_made_and_the_status() -> None:
    made = pl.DataFrame([(33, "", 'B; "x"', True)], schema=GROUPS_SCHEMA, orient="row")
    school = SCHOOL.with_frames({"group": SCHOOL.groups.vstack(made)})
    known = [{**ADA, "state": "inactive"}, BO, person(3, username="cy")]
    memberships = [(1, 30, "import"), (1, 33, "manual"), (1, 31, "manual"), (2, 31, "import"), (3, 33, "import")]

    found = export(directory(*known, reference=school, memberships=memberships)).frame

    assert found.select("username", "groups", "status").rows() == [
        ("ada", '"B; ""x"""; Year 7', "inactive"),
        ("bo", "", "active"),
        ("cy", '"B; ""x"""', "active"),
    ]


def test_it_repeats_a_course_for_its_second_role_and_its_second_group() -> None:
    many = directory(
        ADA,
        BO,
        enrolments=[(1, 10, 1, "active"), (1, 10, 4, "active"), (2, 10, 4, "active")],
        members=[(2, 20), (2, 21)],
    )

    found = export(many).frame.select("username", "^(course|role|group)[0-9]$").rows()

    assert found == [
        ("ada", "ART", "teacher", "", "ART", "student", ""),
        ("bo", "ART", "student", "Red", "ART", "student", "Blue"),
    ]


def test_it_names_what_no_row_can_have() -> None:
    found = export(
        directory(
            ADA,
            person(3, username="root", site_role="owner"),
            enrolments=[(1, 10, 5, "active")],
            members=[(1, 20)],
        )
    )

    assert found.frame.select("username").rows() == [("ada",)]
    assert found.frame.columns == [
        "username", "firstname", "lastname", "email", "city", "profile_field_grade", "profile_field_house"
    ]  # fmt: skip
    assert found.left_out == {
        "enrolments in roles that files cannot give": 1,
        "memberships in groups of courses without such a role": 1,
        "administrators": 1,
    }


def test_it_shows_administrators_when_asked() -> None:
    root = person(3, username="root", site_role="owner")

    found = export(directory(ADA, root), administrators=True)

    assert (found.frame.get_column("username").to_list(), found.left_out) == (["ada", "root"], {})


def test_it_gives_the_number_of_a_group_whose_name_is_a_number() -> None:
    groups = pl.DataFrame([(20, 10, "7")], schema=COURSE_GROUPS_SCHEMA, orient="row")
    numbered = SCHOOL.with_frames({"course_group": groups})

    found = export(directory(ADA, reference=numbered, enrolments=[(1, 10, 4, "active")], members=[(1, 20)]))

    assert found.frame.get_column("group1").to_list() == ["20"]


def test_it_gives_headers_for_nobody() -> None:
    assert export(empty_directory()).frame.shape == (0, 4)
