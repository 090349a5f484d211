"""Whom an import leaves alone: oneself, and whoever ranks above the importer."""

from typing import Any

import pytest

from enlist.core.circumstances import Circumstances
from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from tests.support.stories import Story, story
from tests.support.worlds import directory, person, rows

POLICY = Policy().replace(
    known_people="update", update_details="from_file", renames="allow", deletes="allow", suspensions="allow",
    match_by="idnumber", site_role="column",
)  # fmt: skip
MANAGER = Circumstances(actor=1, role="manager")
LOW = Circumstances(actor=2, role="viewer")


def tell(line: dict[str, Any], *, circumstances: Circumstances, policy: Policy = POLICY) -> Story:
    """What becomes of ann, a manager, bob, a viewer, and cyd, a learner, by their ID numbers 1, 2 and 3."""
    before = directory(
        person(1, username="ann", email="ann@x.org", idnumber="1", site_role="manager", firstname="A", lastname="B"),
        person(2, username="bob", email="bob@x.org", idnumber="2", site_role="viewer", firstname="A", lastname="B"),
        person(3, username="cyd", email="cyd@x.org", idnumber="3", firstname="A", lastname="B"),
    )
    part = plan_rows(rows(line), before, policy=policy, circumstances=circumstances)
    return story(part, directory=before)


@pytest.mark.parametrize(
    ("line", "slug"),
    [({"username": "zoe"}, "username"), ({"suspended": "1"}, "state"), ({"email": "zoe@x.org"}, "email")],
)
def test_name_status_and_address_of_whoever_ranks_above_stay(line: dict[str, str], slug: str) -> None:
    told = tell({"idnumber": "1", "city": "Rome", **line}, circumstances=LOW)

    assert told == Story(fates=["updated"], flags=[(0, "above_detail", slug)], updated={"ann": {"city": ("", "Rome")}})


@pytest.mark.parametrize(("line", "slug"), [({"username": "zoe"}, "username"), ({"suspended": "1"}, "state")])
def test_nobody_is_renamed_or_turned_off_by_their_own_import(line: dict[str, str], slug: str) -> None:
    told = tell({"idnumber": "1", **line}, circumstances=MANAGER)

    assert told == Story(fates=["unchanged"], flags=[(0, "own_detail", slug)])


def test_ones_own_address_may_change() -> None:
    told = tell({"idnumber": "1", "email": "new@x.org"}, circumstances=MANAGER)

    assert (told.fates, told.flags) == (["updated"], [])


@pytest.mark.parametrize(("number", "code"), [("1", "delete_above"), ("2", "delete_self")])
def test_nobody_is_deleted_who_ranks_above_or_is_the_importer(number: str, code: str) -> None:
    told = tell({"idnumber": number, "deleted": "1"}, circumstances=LOW)

    assert (told.fates, [flag for _, flag, _ in told.flags]) == (["failed"], [code])


def test_whoever_ranks_below_is_no_exception() -> None:
    assert tell({"idnumber": "3", "deleted": "1"}, circumstances=LOW).fates == ["deleted"]
    assert tell({"idnumber": "2", "suspended": "1"}, circumstances=MANAGER).deactivated == ["bob"]


@pytest.mark.parametrize(
    ("role", "fate"), [("learner", "created"), ("manager", "created"), ("admin", "failed"), ("owner", "failed")]
)
def test_nobody_grants_a_role_above_their_own(role: str, fate: str) -> None:
    new = {"username": "zoe", "email": "z@x.org", "firstname": "Z", "lastname": "O", "idnumber": "9", "site_role": role}

    told = tell(new, circumstances=MANAGER)

    assert told.fates == [fate]
    assert [code for _, code, _ in told.flags] == (["site_role_above"] if fate == "failed" else [])
