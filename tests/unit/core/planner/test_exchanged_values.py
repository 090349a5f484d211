"""Unique values are compared with the end of the import: people may exchange them and pass them on, in any order."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from enlist.core.plan.plan import Part
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from tests.support.laws import told
from tests.support.worlds import CODE, SCHOOL, cell_flag, directory, person, rows

Cells = dict[str, Any]

REFERENCE = replace(SCHOOL, profile_fields=(CODE,))
SHARING = replace(REFERENCE, shared_email=True)
UPDATE: Cells = {"existing_people": "update", "update_details": "from_file", "renames": "allow", "deletes": "allow"}


def known(name: str, *, number: int, **cells: str) -> Cells:
    own = {"username": name, "firstname": name, "lastname": "Ode", "email": f"{name}@x.org"}
    return person(number, reference=REFERENCE, **{**own, CODE.slug: f"X-{name}", "idnumber": f"N-{name}", **cells})


def plan(*lines: Cells, failing: tuple[int, ...] = (), shared: bool = False, **settings: Any) -> Part:
    """The plan of both planners for ann, ben, cyd and dee, whatever the depth that goes to the walk."""
    people = [known(name, number=number) for number, name in enumerate(("ann", "ben", "cyd", "dee"), start=1)]
    before = directory(*people, reference=SHARING if shared else REFERENCE)
    policy = Policy().replace(**{**UPDATE, **settings})
    flags = [cell_flag(row, code="row_long") for row in failing]
    given = rows(*lines, flags=flags[0] if flags else None)
    parts = [plan_rows(given, before, policy=policy, deepest=deepest) for deepest in (16, 1)]
    part = walked(given, before, policy=policy)
    assert [told(each) for each in parts] == [told(part)] * 2
    return part


def result(part: Part) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The status of each row, and the flags about unique values: row, code and the owners."""
    flags = part.flags.filter(~part.flags["code"].is_in(["same_person_twice", "updated_too", "row_long"]))
    return (
        part.statuses.sort("row").get_column("row_status").to_list(),
        sorted(flags.select("row", "code", "detail").rows()),
    )


def given(username: str, slug: str, value: str | None, **cells: str | None) -> Cells:
    return {"username": username, slug: value, **cells}


@pytest.mark.parametrize(
    ("slug", "values"),
    [("email", ("ben@x.org", "ann@x.org")), (CODE.slug, ("X-ben", "X-ann")), ("idnumber", ("N-ben", "N-ann"))],
)
def test_two_people_exchange_a_value(slug: str, values: tuple[str, str]) -> None:
    part = plan(given("ann", slug, values[0]), given("ben", slug, values[1]))

    assert result(part) == (["updated", "updated"], [])
    assert part.frames["update"].get_column(f"after:{slug}").to_list() == list(values)


@pytest.mark.parametrize("match_by", [("email",), ("idnumber",)])
def test_two_people_found_by_another_key_exchange_usernames(match_by: tuple[str, ...]) -> None:
    lines = [
        {"username": "ben", "email": "ann@x.org", "idnumber": "N-ann"},
        {"username": "ann", "email": "ben@x.org", "idnumber": "N-ben"},
    ]

    part = plan(*lines, match_by=match_by)

    assert result(part) == (["renamed", "renamed"], [])
    assert part.frames["update"].get_column("after:username_key").to_list() == ["ben", "ann"]


def test_two_people_named_by_their_old_usernames_exchange_them() -> None:
    part = plan(given("ben", "oldusername", "ann"), given("ann", "oldusername", "ben"))

    assert result(part) == (["renamed", "renamed"], [])
    assert part.frames["update"].get_column("after:username").to_list() == ["ben", "ann"]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_chain_may_come_in_any_order(order: tuple[int, ...]) -> None:
    lines = [given("ann", "email", "ben@x.org"), given("ben", "email", "cyd@x.org"), given("cyd", "email", "z@x.org")]

    part = plan(*(lines[number] for number in order))

    assert result(part) == (["updated"] * 3, [])
    assert part.frames["update"].get_column("after:email").to_list() == ["ben@x.org", "cyd@x.org", "z@x.org"]


def test_a_new_person_gets_what_an_existing_one_gives_up_later() -> None:
    new = {"firstname": "Eve", "lastname": "Ode"}

    part = plan(given("eve", "email", "ann@x.org", **new), given("ann", "email", "z@x.org"))

    assert result(part) == (["created", "updated"], [])


@pytest.mark.parametrize("row_status", ["deleted", "failed"])
def test_the_values_of_a_person_deleted_later_are_free(row_status: str) -> None:
    new: Cells = {"firstname": "Eve", "lastname": "Ode", "deleted": None}
    allowed = "allow" if row_status == "deleted" else "refuse"

    part = plan(
        given("eve", "email", "ann@x.org", **new),
        {"username": "ann", "email": None, "deleted": "1"},
        deletes=allowed,
    )

    taken = [] if row_status == "deleted" else [(0, "email_taken", "ann"), (1, "delete_refused", None)]
    assert result(part) == (
        ["created", "deleted"] if row_status == "deleted" else ["failed", "skipped"], taken
    )  # fmt: skip


def test_a_chain_that_ends_at_an_error_is_refused_as_a_whole() -> None:
    part = plan(
        given("ann", "email", "ben@x.org"),
        given("ben", "email", "cyd@x.org"),
        given("cyd", "email", "z@x.org"),
        given("dee", "email", "y@x.org"),
        failing=(2,),
    )

    assert result(part) == (
        ["failed", "failed", "failed", "updated"],
        [(0, "email_taken", "ben"), (1, "email_taken", "cyd")],
    )


def test_a_value_that_its_owner_keeps_is_refused() -> None:
    part = plan(given("ann", "email", "ben@x.org"), given("ben", "city", "Rome", email="ben@x.org"))

    assert result(part) == (["failed", "unchanged"], [(0, "email_taken", "ben")])


def test_of_two_people_who_want_the_same_value_the_first_gets_it() -> None:
    part = plan(
        given("ann", "email", "ben@x.org"), given("cyd", "email", "ben@x.org"), given("ben", "email", "z@x.org")
    )

    assert result(part) == (["updated", "failed", "updated"], [(1, "email_taken", "ben")])


def test_the_first_that_is_refused_for_another_reason_leaves_it_to_the_next() -> None:
    part = plan(
        {"username": "ann", "email": "ben@x.org", CODE.slug: "X-dee"},
        {"username": "cyd", "email": "ben@x.org", CODE.slug: None},
        {"username": "ben", "email": "z@x.org", CODE.slug: None},
    )

    assert result(part) == (["failed", "updated", "updated"], [(0, "email_taken", "ben"), (0, "profile_taken", "dee")])


def test_a_username_means_its_owner_until_the_owner_gives_it_up() -> None:
    part = plan(
        {"username": "ben", "oldusername": "ann", "city": None},
        {"username": "ben", "oldusername": None, "city": "Rome"},
        {"username": "bea", "oldusername": "ben", "city": None},
        {"username": "ben", "oldusername": None, "city": "Oslo"},
    )

    assert result(part) == (["renamed", "updated", "renamed", "updated"], [])
    update = part.frames["update"].select("person", "after:username", "after:city")
    assert update.rows() == [(1, "ben", "Oslo"), (2, "bea", "Rome")]


@pytest.mark.parametrize(("second", "flags"), [("ann@x.org", []), ("ben@x.org", [(0, "email_shared", "ben")])])
def test_a_shared_address_is_a_warning_if_it_is_shared_in_the_end(second: str, flags: list[Any]) -> None:
    part = plan(
        given("ann", "email", "ben@x.org", city=None),
        given("ben", "email", second, city="Rome"),
        same_email="warn",
        shared=True,
    )

    assert result(part) == (["updated", "updated"], flags)


def test_a_long_chain_is_planned_row_by_row() -> None:
    """More rows than waves are made for, and each needs the next."""
    people = [known(f"p{number}", number=number) for number in range(1, 41)]
    lines = [given(f"p{number}", "email", f"p{number % 40 + 1}@x.org") for number in range(1, 41)]
    policy = Policy().replace(**UPDATE)
    before = directory(*people, reference=REFERENCE)

    whole = plan_rows(rows(*lines), before, policy=policy)
    broken = plan_rows(rows(*lines, flags=cell_flag(39, code="row_long")), before, policy=policy)

    assert result(whole) == (["updated"] * 40, [])
    assert set(broken.statuses.get_column("row_status")) == {"failed"}


@pytest.mark.parametrize("failing", [[], [12]])
def test_a_refusal_may_cause_others_many_times_over(failing: list[int]) -> None:
    """Of twelve pairs, each first row needs the second, and each second row the first of the pair before."""
    names = [f"{half}{number}" for half in "ab" for number in range(12)]
    people = [known(name, number=number) for number, name in enumerate(names, start=1)]
    taking = [given(f"a{number}", "email", f"b{number}@x.org") for number in range(12)]
    giving = [given(f"b{n}", "email", f"a{n - 1}@x.org" if n else "z@x.org") for n in range(12)]
    flags = cell_flag(12, code="row_long") if failing else None
    lines, before = rows(*taking, *giving, flags=flags), directory(*people, reference=REFERENCE)

    part = walked(lines, before, policy=Policy().replace(**UPDATE))

    assert set(part.statuses.get_column("row_status")) == {"failed" if failing else "updated"}
    assert told(plan_rows(lines, before, policy=Policy().replace(**UPDATE))) == told(part)
