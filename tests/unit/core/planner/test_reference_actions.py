"""Renames, deletes and suspensions: one case for each line of spec/moodle-upload.md §5.3, §5.5 and §5.6."""

from typing import Any

import pytest

from enlist.core.plan.plan import Part
from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from tests.support.worlds import directory, person, rows

Cells = dict[str, Any]

ANNA: Cells = {"username": "anna", "firstname": "Anna", "lastname": "Ode", "email": "anna@x.org"}
BEN: Cells = {"username": "ben", "firstname": "Ben", "lastname": "Bell", "email": "ben@x.org"}
BOSS: Cells = {"username": "boss", "firstname": "B", "lastname": "O", "email": "boss@x.org", "site_role": "admin"}
ALLOWED: Cells = {
    "existing_people": "update",
    "new_people": "skip",
    "renames": "allow",
    "deletes": "allow",
    "suspensions": "allow",
}


def plan(*lines: Cells, **settings: object) -> Part:
    before = directory(*(person(number, **cells) for number, cells in enumerate((ANNA, BEN, BOSS), start=1)))
    return plan_rows(rows(*lines), before, policy=Policy().replace(**{**ALLOWED, **settings}))


def told(part: Part) -> list[tuple[str, list[str]]]:
    """Each row's status and the codes of its flags."""
    flags = part.flags.select("row", "code").rows()
    return [
        (row_status, sorted(code for row, code in flags if row == number and code != "same_person_twice"))
        for number, row_status in part.statuses.sort("row").select("row", "row_status").iter_rows()
    ]


def names(part: Part) -> dict[int, str]:
    """The usernames that people get."""
    frame = part.frames["update"]
    return dict(frame.select("person", "after:username").iter_rows())


@pytest.mark.spec("EC-07")
@pytest.mark.parametrize(
    ("line", "settings", "expected"),
    [
        ({"username": "ann", "oldusername": "anna"}, {}, ("renamed", [])),
        ({"username": "ann", "oldusername": "anna"}, {"renames": "refuse"}, ("skipped", ["rename_refused"])),
        ({"username": "ben", "oldusername": "anna"}, {}, ("failed", ["rename_taken"])),
        ({"username": "anna", "oldusername": "anna"}, {}, ("failed", ["rename_taken"])),
        ({"username": "cyd", "oldusername": "cy"}, {}, ("failed", ["rename_unknown"])),
        ({"username": "cyd", "oldusername": "cy"}, {"new_people": "create"}, ("failed", ["rename_unknown"])),
        ({"username": "chef", "oldusername": "boss"}, {}, ("failed", ["rename_administrator"])),
        ({"username": "anna", "oldusername": ""}, {}, ("unchanged", [])),
        (
            {"username": "ann", "oldusername": "anna"},
            {"existing_people": "skip", "new_people": "create"},
            ("skipped", ["rename_refused"]),
        ),
    ],
)
def test_a_row_with_an_old_username_renames_only_where_it_may(
    line: Cells, settings: Cells, expected: tuple[str, list[str]]
) -> None:
    assert told(plan(line, **settings)) == [expected]


def test_a_renamed_person_is_updated_by_the_same_row_and_found_by_the_new_name() -> None:
    part = plan(
        {"username": "ann", "oldusername": "anna", "city": "Rome"},
        {"username": "ann", "oldusername": "", "city": "Oslo"},
        {"username": "anna", "oldusername": "", "city": "Bonn"},
        update_details="from_file",
    )

    assert [row_status for row_status, _ in told(part)] == ["renamed", "updated", "skipped"]
    assert part.frames["update"].select("after:username", "after:city").rows() == [("ann", "Oslo")]


def test_names_are_swapped_by_way_of_a_third() -> None:
    part = plan(
        {"username": "tmp", "oldusername": "anna"},
        {"username": "anna", "oldusername": "ben"},
        {"username": "ben", "oldusername": "tmp"},
    )

    assert names(part) == {1: "ben", 2: "anna"}


@pytest.mark.spec("EC-06")
@pytest.mark.parametrize(
    ("line", "settings", "expected"),
    [
        ({"username": "anna", "deleted": "1"}, {}, ("deleted", [])),
        ({"username": "anna", "deleted": "1"}, {"deletes": "refuse"}, ("skipped", ["delete_refused"])),
        ({"username": "cyd", "deleted": "1"}, {}, ("failed", ["delete_unknown"])),
        ({"username": "boss", "deleted": "1"}, {}, ("failed", ["delete_administrator"])),
        ({"username": "anna", "deleted": "0"}, {}, ("unchanged", [])),
        ({"username": "anna", "deleted": None}, {}, ("unchanged", [])),
        (
            {"username": "anna", "deleted": "1"},
            {"existing_people": "skip", "new_people": "create"},
            ("skipped", ["delete_refused"]),
        ),
    ],
)
def test_a_row_deletes_only_where_it_may(line: Cells, settings: Cells, expected: tuple[str, list[str]]) -> None:
    assert told(plan(line, **settings)) == [expected]


def test_a_name_and_an_address_are_free_once_their_owner_is_deleted() -> None:
    part = plan({**ANNA, "deleted": "1"}, {**ANNA, "deleted": None}, {**ANNA, "deleted": "1"}, new_people="create")

    assert [row_status for row_status, _ in told(part)] == ["deleted", "created", "deleted"]
    assert sorted(part.frames) == ["remove"]


@pytest.mark.parametrize(
    ("line", "settings", "expected"),
    [
        ({"username": "anna", "suspended": "1"}, {}, ("deactivated", [])),
        ({"username": "anna", "suspended": "0"}, {}, ("unchanged", [])),
        ({"username": "anna", "suspended": None}, {}, ("unchanged", [])),
        ({"username": "anna", "suspended": "1"}, {"suspensions": "refuse"}, ("unchanged", ["not_allowed"])),
        (
            {**ANNA, "username": "new", "email": "new@x.org", "suspended": "1"},
            {"suspensions": "refuse", "new_people": "create"},
            ("created", []),
        ),
    ],
)
def test_a_row_suspends_known_people_only_where_it_may_and_new_ones_always(
    line: Cells, settings: Cells, expected: tuple[str, list[str]]
) -> None:
    assert told(plan(line, **settings)) == [expected]
