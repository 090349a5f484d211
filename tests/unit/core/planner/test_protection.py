"""People that an import leaves alone: the importer, higher ranks, and accounts of the team."""

from typing import Any

import pytest

from enlist.core.planner import reference, vectorised
from enlist.core.planner.circumstances import Circumstances
from enlist.core.policy import Policy
from tests.support.stories import Story, story
from tests.support.worlds import directory, person, rows

POLICY = Policy().replace(
    existing_people="update", update_details="from_file", renames="allow", deletes="allow", suspensions="allow",
    match_by="idnumber", site_role="column",
)  # fmt: skip
MANAGER = Circumstances(actor=1, role="manager")
LOW = Circumstances(actor=2, role="viewer")


def tell(line: dict[str, Any], *, circumstances: Circumstances, policy: Policy = POLICY) -> Story:
    """The result for ann, a manager, bob, a viewer, and cyd, a learner, matched by their ID numbers 1, 2 and 3."""
    before = directory(
        person(1, username="ann", email="ann@x.org", idnumber="1", site_role="manager", firstname="A", lastname="B"),
        person(2, username="bob", email="bob@x.org", idnumber="2", site_role="viewer", firstname="A", lastname="B"),
        person(3, username="cyd", email="cyd@x.org", idnumber="3", firstname="A", lastname="B"),
    )
    stories = [
        story(plan(rows(line), before, policy=policy, circumstances=circumstances), directory=before)
        for plan in (reference.plan_rows, vectorised.plan_rows)
    ]
    assert stories[0] == stories[1]
    return stories[0]


@pytest.mark.parametrize(
    ("line", "slug"),
    [({"username": "zoe"}, "username"), ({"suspended": "1"}, "state"), ({"email": "zoe@x.org"}, "email")],
)
def test_name_status_and_address_of_a_higher_rank_stay(line: dict[str, str], slug: str) -> None:
    told = tell({"idnumber": "1", "city": "Rome", **line}, circumstances=LOW)

    assert told == Story(
        statuses=["updated"], flags=[(0, "above_detail", slug)], updated={"ann": {"city": ("", "Rome")}}
    )


@pytest.mark.parametrize(("line", "slug"), [({"username": "zoe"}, "username"), ({"suspended": "1"}, "state")])
def test_nobody_is_renamed_or_turned_off_by_their_own_import(line: dict[str, str], slug: str) -> None:
    told = tell({"idnumber": "1", **line}, circumstances=MANAGER)

    assert told == Story(statuses=["unchanged"], flags=[(0, "own_detail", slug)])


def test_ones_own_address_stays_too() -> None:
    """A person with a manager's session for a moment can't take over the account with a file."""
    told = tell({"idnumber": "1", "email": "new@x.org", "city": "Rome"}, circumstances=MANAGER)

    assert told == Story(
        statuses=["updated"], flags=[(0, "own_detail", "email")], updated={"ann": {"city": ("", "Rome")}}
    )


@pytest.mark.parametrize("administrators", ["protect", "details_only"])
@pytest.mark.parametrize("role", ["manager", "vendor_manager", "viewer"])
@pytest.mark.parametrize(
    ("line", "slug"),
    [
        ({"username": "zoe"}, "username"),
        ({"suspended": "1"}, "state"),
        ({"email": "zoe@x.org"}, "email"),
    ],
)
def test_accounts_of_the_team_are_for_those_who_may_change_the_team(
    line: dict[str, str], slug: str, role: str, administrators: str
) -> None:
    """bob is a viewer, and ranks below a manager or beside a viewer: neither may change his account."""
    told = tell(
        {"idnumber": "2", "city": "Rome", **line},
        circumstances=Circumstances(actor=9, role=role),
        policy=POLICY.replace(administrators=administrators),
    )

    assert told == Story(
        statuses=["updated"], flags=[(0, "team_detail", slug)], updated={"bob": {"city": ("", "Rome")}}
    )


@pytest.mark.parametrize("role", ["admin", "owner"])
@pytest.mark.parametrize("number", ["1", "2"])
def test_people_who_may_change_the_team_change_its_accounts(number: str, role: str) -> None:
    line = {"idnumber": number, "username": "zoe", "email": "zoe@x.org", "suspended": "1"}

    told = tell(line, circumstances=Circumstances(actor=9, role=role))

    assert (told.statuses, told.flags[:-1], told.deactivated) == (["renamed"], [], [{"1": "ann", "2": "bob"}[number]])


def test_an_old_username_renames_nobody_of_the_team() -> None:
    policy = POLICY.replace(match_by="username")

    told = tell({"oldusername": "bob", "username": "zoe"}, circumstances=MANAGER, policy=policy)

    assert told == Story(statuses=["failed"], flags=[(0, "rename_team", "oldusername")])


@pytest.mark.parametrize(("number", "code"), [("1", "delete_above"), ("2", "delete_self")])
def test_nobody_is_deleted_who_ranks_above_or_is_the_importer(number: str, code: str) -> None:
    told = tell({"idnumber": number, "deleted": "1"}, circumstances=LOW)

    assert (told.statuses, [flag for _, flag, _ in told.flags]) == (["failed"], [code])


def test_team_members_are_not_deleted_by_people_who_may_not_change_the_team() -> None:
    told = tell({"idnumber": "2", "deleted": "1"}, circumstances=MANAGER)

    assert (told.statuses, told.flags) == (["failed"], [(0, "delete_team", "deleted")])


def test_a_learner_is_no_exception() -> None:
    assert tell({"idnumber": "3", "deleted": "1"}, circumstances=LOW).statuses == ["deleted"]
    assert tell({"idnumber": "3", "suspended": "1"}, circumstances=MANAGER).deactivated == ["cyd"]


@pytest.mark.parametrize(
    ("role", "by", "said"),
    [
        ("learner", "manager", []),
        ("instructor", "manager", []),
        ("viewer", "manager", ["site_role_team"]),
        ("manager", "manager", ["site_role_team"]),
        ("admin", "manager", ["site_role_above"]),
        ("owner", "manager", ["site_role_above"]),
        ("manager", "admin", []),
        ("admin", "admin", ["site_role_team"]),
        ("owner", "admin", ["site_role_above"]),
        ("owner", "owner", []),
    ],
)
def test_nobody_gives_a_role_that_the_team_page_would_not_let_them_give(role: str, by: str, said: list[str]) -> None:
    new = {"username": "zoe", "email": "z@x.org", "firstname": "Z", "lastname": "O", "idnumber": "9", "site_role": role}

    told = tell(new, circumstances=Circumstances(actor=1, role=by))

    assert told.statuses == (["failed"] if said else ["created"])
    assert [code for _, code, _ in told.flags] == said
