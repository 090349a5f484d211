"""People exchange unique values in one file: imported, imported again and undone, past the database's constraints."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from enlist.core.presets import preset
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.store.models import Person

from .school import UNBRAKED, organization, profile_field

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("ann", "ben", "cyd")
# Everybody's id, in the order of NAMES → what identifies them.
BEFORE = [(name, f"{name}@x.org", f"B-{name}") for name in NAMES]
UPDATE = ("upload_type=update", "update_details=from_file", "renames=allow")


@pytest.fixture
def scope() -> Scope:
    school = organization(settings=UNBRAKED)
    profile_field(school, shortname="badge", kind="text", unique=True)
    of = Scope(school, MACHINE)
    lines = "".join(f"{name},{name},Ode,{name}@x.org,B-{name}\n" for name in NAMES)
    apply(of, f"username,firstname,lastname,email,profile_field_badge\n{lines}", settings=["upload_type=add_new"])
    assert people() == BEFORE
    return of


def apply(scope: Scope, text: str, *, settings: Sequence[str]) -> tuple[int, list[str]]:
    """The number of an import, and the status of each row."""
    request = ImportRequest(source=text.encode(), policy=preset("moodle").configure(settings), preset="moodle")
    plan = import_stage(scope, planned=import_plan(scope, request=request))
    statuses = [row_status for part in plan.parts for row_status in part.statuses.sort("row")["row_status"]]
    return import_apply(scope, plan=plan).number, statuses


def people() -> list[tuple[str, str, str]]:
    """Everybody's username, address and badge, in the order they were created; their keys follow."""
    found = Person.objects.exclude(state="removed").order_by("id")
    assert all((each.username_key, each.email_key) == (each.username, each.email) for each in found)
    return [(each.username, each.email, next(iter(each.profile.values()))) for each in found]


def undo(scope: Scope, number: int) -> None:
    import_apply(scope, plan=import_undo_plan(scope, number=number))


@pytest.mark.parametrize(
    ("file", "match_by", "after"),
    [
        pytest.param(
            "username,email\nann,ben@x.org\nben,ann@x.org\n",
            "username",
            [("ann", "ben@x.org", "B-ann"), ("ben", "ann@x.org", "B-ben"), BEFORE[2]],
            id="addresses",
        ),
        pytest.param(
            "username,email\nben,ann@x.org\nann,ben@x.org\n",
            "email",
            [("ben", "ann@x.org", "B-ann"), ("ann", "ben@x.org", "B-ben"), BEFORE[2]],
            id="usernames",
        ),
        pytest.param(
            "username,profile_field_badge\nann,B-ben\nben,B-ann\n",
            "username",
            [("ann", "ann@x.org", "B-ben"), ("ben", "ben@x.org", "B-ann"), BEFORE[2]],
            id="values of a unique field",
        ),
        pytest.param(
            "username,email\nann,ben@x.org\nben,cyd@x.org\ncyd,z@x.org\n",
            "username",
            [("ann", "ben@x.org", "B-ann"), ("ben", "cyd@x.org", "B-ben"), ("cyd", "z@x.org", "B-cyd")],
            id="a chain of three",
        ),
        pytest.param(
            "username,email\nben,ann@x.org\ncyd,ben@x.org\nann,cyd@x.org\n",
            "email",
            [("ben", "ann@x.org", "B-ann"), ("cyd", "ben@x.org", "B-ben"), ("ann", "cyd@x.org", "B-cyd")],
            id="usernames in a circle",
        ),
    ],
)
def test_an_exchange_is_applied_once_and_can_be_undone(
    scope: Scope, file: str, match_by: str, after: list[tuple[str, str, str]]
) -> None:
    settings = (*UPDATE, f"match_by={match_by}")

    number, statuses = apply(scope, file, settings=settings)

    assert set(statuses) == {"renamed" if match_by == "email" else "updated"}
    assert people() == after
    assert set(apply(scope, file, settings=settings)[1]) == {"unchanged"}
    undo(scope, number)
    assert people() == BEFORE


@pytest.mark.spec("EC-07")
def test_old_usernames_mean_the_people_who_have_them_before_the_import(scope: Scope) -> None:
    number, statuses = apply(scope, "oldusername,username\nann,ben\nben,ann\n", settings=UPDATE)

    assert statuses == ["renamed", "renamed"]
    assert [username for username, _, _ in people()] == ["ben", "ann", "cyd"]
    undo(scope, number)
    assert people() == BEFORE


def test_a_chain_that_ends_at_an_error_changes_nothing_of_it(scope: Scope) -> None:
    file = "username,email\nann,ben@x.org\nben,cyd@x.org\ncyd,z@x.org,one cell too many\n"

    _, statuses = apply(scope, file, settings=UPDATE)

    assert statuses == ["failed", "failed", "failed"]
    assert people() == BEFORE


def test_a_new_person_gets_an_address_that_is_given_up_in_a_later_line(scope: Scope) -> None:
    file = "username,firstname,lastname,email\neve,Eve,Ode,ann@x.org\nann,ann,Ode,z@x.org\n"

    number, statuses = apply(scope, file, settings=["upload_type=add_and_update", *UPDATE[1:]])

    assert statuses == ["created", "updated"]
    found = Person.objects.filter(username__in=["ann", "eve"]).order_by("id")
    assert [(each.username, each.email) for each in found] == [("ann", "z@x.org"), ("eve", "ann@x.org")]
    undo(scope, number)
    assert people() == BEFORE
