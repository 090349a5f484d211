"""Hidden data of people: legacy columns, sign-in methods, interests, system roles; and unique values."""

from dataclasses import replace
from typing import Any

import pytest

from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from tests.support.stories import Story, story
from tests.support.worlds import CODE, SCHOOL, directory, person, rows

Cells = dict[str, Any]

ANNA: Cells = {"username": "anna", "firstname": "Anna", "lastname": "Ode", "email": "anna@x.org"}
BEN: Cells = {"username": "ben", "firstname": "Ben", "lastname": "Bell", "email": "ben@x.org"}
CARA: Cells = {"username": "cara", "firstname": "Cara", "lastname": "Cole", "email": "cara@x.org"}
CARAS: Cells = {"firstname": "Cara", "lastname": "Cole", "email": "cara@x.org"}
KNOWING = replace(
    SCHOOL, hidden=("auth", "icq", "interests", "sysroles"), profile_fields=(*SCHOOL.profile_fields, CODE)
)


def tell(*lines: Cells, known: tuple[Cells, ...] = (), **settings: object) -> Story:
    people = (person(number, reference=KNOWING, **cells) for number, cells in enumerate(known, start=1))
    before = directory(*people, reference=KNOWING)
    return story(plan_rows(rows(*lines), before, policy=Policy().replace(**settings)), directory=before)


def update(*lines: Cells, details: str, known: tuple[Cells, ...]) -> Story:
    return tell(*lines, known=known, existing_people="update", update_details=details)


@pytest.mark.spec("EC-25", "EC-03")
def test_a_legacy_column_is_kept_with_its_person() -> None:
    told = tell({**CARA, "icq": "4711"})

    assert told == Story(statuses=["created"], created={"cara": {**CARAS, "icq": "4711"}})


@pytest.mark.parametrize(
    ("details", "after"),
    [("none", None), ("from_file", "20"), ("fill_missing", None), ("from_file_and_defaults", "20")],
)
def test_a_legacy_column_changes_as_any_detail(details: str, after: str | None) -> None:
    told = update({"username": "anna", "icq": "20"}, details=details, known=({**ANNA, "icq": "10"},))

    assert told.updated == ({"anna": {"icq": ("10", after)}} if after else {})


@pytest.mark.parametrize("details", ["none", "from_file", "from_file_and_defaults", "fill_missing"])
def test_interests_replace_those_there_are_whichever_details_change(details: str) -> None:
    """spec/moodle-upload.md §1.2, §2.1."""
    known = ({**ANNA, "interests": "old"}, {**BEN, "interests": "kept"})

    told = update(
        {"username": "anna", "interests": "cats,dogs"},
        {"username": "ben", "interests": ""},
        details=details,
        known=known,
    )

    assert told == Story(
        statuses=["updated", "unchanged"],
        flags=[(0, "beside_details", None)],
        updated={"anna": {"interests": ("old", "cats,dogs")}},
    )


def test_system_roles_are_given_and_taken_behind_a_minus() -> None:
    """spec/moodle-upload.md §1.3."""
    known = ({**ANNA, "sysroles": "auditor"}, BEN)

    told = update(
        {"username": "anna", "sysrole1": "-auditor", "sysrole2": "6"},
        {"username": "ben", "sysrole1": "-auditor", "sysrole2": "student"},
        details="none",
        known=known,
    )

    assert told == Story(
        statuses=["updated", "unchanged"],
        flags=[(0, "beside_details", None), (1, "system_role_unknown", "sysrole2")],
        updated={"anna": {"sysroles": ("auditor", "creator")}},
    )


def test_a_new_person_gets_system_roles_in_order() -> None:
    told = tell({**CARA, "sysrole1": "creator", "sysrole2": "auditor"})

    assert told.created == {"cara": {**CARAS, "sysroles": "auditor,creator"}}


@pytest.mark.parametrize(
    ("auth", "password", "codes"),
    [
        (None, None, ["password_missing"]),
        ("manual", None, ["password_missing"]),
        ("nologin", None, ["password_missing"]),
        ("ldap", None, []),
        ("ldap", "given", []),
        ("manual", "given", []),
        ("nosuch", None, ["auth_unknown"]),
    ],
)
def test_who_signs_in_elsewhere_needs_no_password(auth: str | None, password: str | None, codes: list[str]) -> None:
    """spec/moodle-upload.md §1.2, §2.4."""
    told = tell({**CARA, "auth": auth, "password": password}, passwords=["column"])

    assert [code for _, code, _ in told.flags] == codes
    assert told.statuses == (["failed"] if codes else ["created"])


@pytest.mark.parametrize(
    ("details", "cell", "after"),
    [("from_file", "ldap", "ldap"), ("from_file", None, None), ("fill_missing", "ldap", None), ("none", "ldap", None)],
)
def test_the_sign_in_method_changes_only_if_the_file_has_one(details: str, cell: str | None, after: str | None) -> None:
    """spec/moodle-upload.md §2.1: filling in never changes it."""
    told = update({"username": "anna", "auth": cell}, details=details, known=(ANNA,))

    assert told.updated == ({"anna": {"auth": (None, after)}} if after else {})


def test_nobody_gets_anothers_value_of_a_field_that_is_unique() -> None:
    """spec/moodle-upload.md §1.4."""
    known = ({**ANNA, "profile_field_code": "X1"}, {**BEN, "profile_field_code": "X2"})

    told = update(
        {**CARA, "profile_field_code": "X1"},
        {"username": "ben", "profile_field_code": "X1"},
        {"username": "anna", "profile_field_code": "X1"},
        details="from_file",
        known=known,
    )

    assert told == Story(
        statuses=["failed", "failed", "unchanged"],
        flags=[(0, "profile_taken", "profile_field_code"), (1, "profile_taken", "profile_field_code")],
    )


def test_a_unique_value_is_free_when_its_owner_has_another() -> None:
    known = ({**ANNA, "profile_field_code": "X1"}, {**BEN, "profile_field_code": "X2"})

    told = update(
        {"username": "anna", "profile_field_code": "X3"},
        {"username": "ben", "profile_field_code": "X1"},
        details="from_file",
        known=known,
    )

    assert told.updated == {
        "anna": {"profile_field_code": ("X1", "X3")},
        "ben": {"profile_field_code": ("X2", "X1")},
    }


def test_a_value_twice_in_a_file_is_the_first_rows() -> None:
    told = tell({**CARA, "profile_field_code": "C1"}, {**BEN, "profile_field_code": "C1"})

    assert told.statuses == ["created", "failed"]
