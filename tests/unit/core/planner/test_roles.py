"""Roles from a file: existing people get them besides those they have, and lose none (TM-26)."""

from typing import Any

import polars as pl
import pytest

from enlist.core.changes import PERSON_ROLES_SCHEMA
from enlist.core.plan.plan import Part
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from tests.support.laws import told
from tests.support.worlds import directory, person, rows

pytestmark = pytest.mark.spec("TM-26")

KNOWN = directory(
    person(1, username="ann", site_role="learner"),
    person(2, username="max", site_role="manager"),
    person(3, username="ivo", site_role="instructor"),
).with_frames(
    {"person_role": pl.DataFrame([(3, "parent", "manual")], schema=PERSON_ROLES_SCHEMA, orient="row")},
)


def planned(*lines: tuple[str, str], **settings: Any) -> Part:
    usual = {"existing_people": "update", "update_details": "none", "site_role": "column", "new_people": "create"}
    names = {"firstname": "A", "lastname": "B"}
    given = rows(*({"username": who, "email": f"{who}@x.org", **names, "site_role": role} for who, role in lines))
    policy = Policy().replace(**{**usual, **settings})
    part = plan_rows(given, KNOWN, policy=policy)
    assert told(part) == told(walked(given, KNOWN, policy=policy))
    return part


def given(part: Part) -> list[tuple[Any, ...]]:
    return part.frames["give_role"].rows() if "give_role" in part.frames else []


def statuses(part: Part) -> list[str]:
    return part.statuses.sort("row").get_column("row_status").to_list()


@pytest.mark.parametrize(("who", "role", "number"), [("ann", "parent", 1), ("max", "parent", 2), ("ivo", "learner", 3)])
def test_an_existing_person_gets_the_role_of_their_cell_and_keeps_their_own(who: str, role: str, number: int) -> None:
    part = planned((who, role))

    assert given(part) == [(number, role, "import")]
    assert set(part.frames) == {"give_role"}
    assert (statuses(part), part.flags.is_empty()) == (["updated"], True)


@pytest.mark.parametrize(
    ("who", "role"), [("ann", "learner"), ("ivo", "parent"), ("ivo", "instructor"), ("max", "manager")]
)
def test_a_role_that_somebody_has_changes_nothing(who: str, role: str) -> None:
    part = planned((who, role))

    assert (part.frames, statuses(part), part.flags.is_empty()) == ({}, ["unchanged"], True)


def test_rows_of_one_person_add_up() -> None:
    part = planned(
        ("ann", "parent"), ("ann", "instructor"), ("ann", "parent"), ("zoe", "parent"), ("zoe", "instructor")
    )

    assert statuses(part) == ["updated", "updated", "unchanged", "created", "updated"]
    assert given(part) == [(-1, "instructor", "import"), (1, "instructor", "import"), (1, "parent", "import")]
    assert part.frames["create"].get_column("site_role").to_list() == ["parent"]


def test_roles_of_the_team_are_never_added() -> None:
    part = planned(("ann", "viewer"), ("ivo", "owner"), ("max", "admin"))

    assert given(part) == []
    assert part.flags.select("code", "value").rows() == [
        ("not_allowed", "viewer"), ("not_allowed", "owner"), ("not_allowed", "admin"),
    ]  # fmt: skip


@pytest.mark.parametrize("site_role", ["learner", "parent"])
def test_no_role_is_added_where_the_settings_say_the_role(site_role: str) -> None:
    part = planned(("ann", "instructor"), site_role=site_role)

    assert (given(part), part.flags.get_column("code").to_list()) == ([], ["not_allowed"])


def test_a_person_who_is_skipped_gets_no_role() -> None:
    part = planned(("ann", "parent"), existing_people="skip")

    assert (given(part), statuses(part)) == ([], ["skipped"])


def test_a_person_who_is_deleted_later_in_the_file_gets_no_role() -> None:
    lines: list[dict[str, str | None]] = [
        {"username": "ann", "site_role": "parent", "deleted": "0"},
        {"username": "ann", "site_role": None, "deleted": "1"},
    ]
    policy = Policy().replace(existing_people="update", site_role="column", deletes="allow")
    part = plan_rows(rows(*lines), KNOWN, policy=policy)

    assert told(part) == told(walked(rows(*lines), KNOWN, policy=policy))
    assert set(part.frames) == {"remove"}
