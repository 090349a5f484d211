"""Lists without usernames: new and existing people in one file, and generated names that somebody has already."""

from typing import Any

import pytest

from enlist.core.directory.directory import Directory
from enlist.core.headers.match import match_headers
from enlist.core.headers.requirements import require
from enlist.core.plan.plan import Part
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from enlist.core.rows.check import check
from tests.support.laws import told
from tests.support.worlds import SCHOOL, directory, person
from tests.unit.core.test_validate import table

HEADS = ("firstname", "lastname", "email", "idnumber")
ANN = person(1, username="alee", firstname="Ann", lastname="Lee", email="ann@x.org", idnumber="7")
KNOWN = directory(ANN, person(2, username="alee2", firstname="Abe", lastname="Lee", email="abe@x.org"))


def planned(*lines: tuple[str, ...], known: Directory = KNOWN, **settings: Any) -> Part:
    given = table({head: [line[place] for line in lines] for place, head in enumerate(HEADS)})
    usual = {"existing_people": "update", "update_details": "from_file", "username_from": "%-1f%-l"}
    policy = Policy().replace(**{**usual, **settings})
    headers = match_headers(given, reference=SCHOOL)
    require(given, headers=headers, policy=policy)
    rows = check(given, headers, policy=policy, reference=SCHOOL)
    part = plan_rows(rows, known, policy=policy)
    assert told(part) == told(walked(rows, known, policy=policy))
    return part


def statuses(part: Part) -> list[str]:
    return part.statuses.sort("row").get_column("row_status").to_list()


def taken(part: Part) -> list[tuple[Any, ...]]:
    return part.flags.select("row", "code", "value", "detail").rows()


@pytest.mark.parametrize("key", ["email", "idnumber"])
def test_existing_people_are_found_by_another_key_and_new_ones_get_a_username(key: str) -> None:
    part = planned(("Ann", "Leigh", "ann@x.org", "7"), ("Bob", "Ray", "bob@x.org", "8"), match_by=[key])

    assert statuses(part) == ["updated", "created"]
    assert part.frames["create"].get_column("username").to_list() == ["bray"]
    assert "after:username" not in part.frames["update"].columns


@pytest.mark.parametrize("existing", ["update", "skip"])
def test_a_generated_username_with_the_persons_own_address_is_theirs(existing: str) -> None:
    part = planned(("Ann", "Lee", "ANN@x.org", "7"), existing_people=existing)

    assert statuses(part) == ["unchanged" if existing == "update" else "skipped"]


@pytest.mark.parametrize("existing", ["update", "skip"])
def test_a_generated_username_of_somebody_else_is_an_error_that_offers_a_free_one(existing: str) -> None:
    part = planned(("Abel", "Lee", "abel@x.org", ""), existing_people=existing)

    assert (statuses(part), taken(part)) == (["failed"], [(0, "username_made_taken", "alee", "alee3")])


def test_of_two_rows_that_make_one_username_the_first_keeps_it() -> None:
    part = planned(("Elsa", "Lind", "elsa@x.org", ""), ("Emil", "Lind", "emil@x.org", ""), existing_people="skip")

    assert (statuses(part), taken(part)) == (
        ["created", "failed"], [(1, "username_made_taken", "elind", "elind2")],
    )  # fmt: skip


NUMBERING: dict[str, Any] = {"number_made_usernames": True}


@pytest.mark.spec("EC-20")
@pytest.mark.parametrize("existing", ["update", "skip"])
def test_a_generated_username_of_somebody_else_gets_a_number_where_the_settings_say_so(existing: str) -> None:
    part = planned(
        ("Abel", "Lee", "abel@x.org", ""), ("Amy", "Lee", "amy@x.org", ""), existing_people=existing, **NUMBERING
    )

    assert statuses(part) == ["created", "created"]
    assert taken(part) == [(0, "username_numbered", "alee", "alee3"), (1, "username_numbered", "alee", "alee4")]
    created = part.frames["create"].select("firstname", "username").iter_rows()
    assert dict(created) == {"Abel": "alee3", "Amy": "alee4"}


@pytest.mark.parametrize("settings", [{}, NUMBERING])
def test_a_numbered_username_with_the_persons_own_address_is_theirs(settings: dict[str, Any]) -> None:
    part = planned(("Abe", "Lee", "abe@x.org", ""), **settings)

    assert (statuses(part), taken(part)) == (["unchanged"], [])


def test_a_number_given_in_the_same_file_is_not_given_twice() -> None:
    given = table(
        {
            "username": ["alee3", "", "alee4", ""],
            "firstname": ["Eve", "Abel", "Ida", "Amy"],
            "lastname": ["Lee"] * 4,
            "email": [f"{name}@x.org" for name in ("eve", "abel", "ida", "amy")],
        }
    )
    policy = Policy().replace(existing_people="update", username_from="%-1f%-l", **NUMBERING)
    rows = check(given, match_headers(given, reference=SCHOOL), policy=policy, reference=SCHOOL)
    part = plan_rows(rows, KNOWN, policy=policy)

    assert told(part) == told(walked(rows, KNOWN, policy=policy))
    # Abel gets alee4 before Ida's line names it, so she is matched to him: her address is another one.
    assert part.statuses.sort("row").get_column("row_status").to_list()[:2] == ["created", "created"]
    assert sorted(part.frames["create"].get_column("username")) == ["alee3", "alee4", "alee5"]


def test_a_numbered_username_may_become_too_long() -> None:
    long = "l" * 99
    known = directory(person(1, username=f"a{long}", firstname="Ann", lastname=long, email="ann@x.org"))

    part = planned(("Abe", long, "abe@x.org", ""), known=known, **NUMBERING)

    assert statuses(part) == ["failed"]
    assert "too_long" in [code for _, code, _, _ in taken(part)]


def test_without_addresses_the_name_tells() -> None:
    known = directory(person(1, username="alee", firstname="Ann", lastname="Lee"))

    assert statuses(planned(("ANN", "Lee", "ann@x.org", ""), known=known)) == ["updated"]
    assert statuses(planned(("Amy", "Lee", "amy@x.org", ""), known=known)) == ["failed"]


def test_one_person_may_have_several_rows() -> None:
    part = planned(("Bob", "Ray", "bob@x.org", "8"), ("Bob", "Ray", "bob@x.org", "8"), match_by=["email"])

    assert statuses(part) == ["created", "unchanged"]
