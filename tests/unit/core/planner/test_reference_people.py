"""The person a row means, and what it changes: one case for each decision."""

from dataclasses import replace
from typing import Any

import pytest

from enlist.core.directory.directory import Reference
from enlist.core.errors import PolicyError
from enlist.core.planner.reference import plan_rows
from enlist.core.policy import Policy
from tests.support.stories import Story, story
from tests.support.worlds import GRADE, HOUSE, SCHOOL, cell_flag, directory, person, rows

Cells = dict[str, Any]

ANNA: Cells = {"username": "anna", "firstname": "Anna", "lastname": "Ode", "email": "anna@x.org"}
BEN: Cells = {"username": "ben", "firstname": "Ben", "lastname": "Bell", "email": "ben@x.org"}
CARA: Cells = {"username": "cara", "firstname": "Cara", "lastname": "Cole", "email": "cara@x.org"}
CARAS: Cells = {"firstname": "Cara", "lastname": "Cole", "email": "cara@x.org"}
OWNER: Cells = {**ANNA, "site_role": "owner"}
SHARING = replace(SCHOOL, shared_email=True)


def tell(*lines: Cells, known: tuple[Cells, ...] = (), reference: Reference = SCHOOL, **settings: object) -> Story:
    people = (person(number, reference=reference, **cells) for number, cells in enumerate(known, start=1))
    before = directory(*people, reference=reference)
    return story(plan_rows(rows(*lines), before, policy=Policy().replace(**settings)), directory=before)


def update(*lines: Cells, details: str = "from_file", **options: Any) -> Story:
    return tell(*lines, **{"known": (ANNA, BEN), "existing_people": "update", "update_details": details} | options)


def test_it_creates_a_new_person() -> None:
    told = tell({**CARA, "city": "Rome", "profile_field_grade": "2", "country": None})

    cells = {**CARAS, "city": "Rome", "profile_field_grade": "2"}
    assert told == Story(statuses=["created"], created={"cara": cells})


def test_it_fills_every_column_of_a_new_person() -> None:
    part = plan_rows(rows(CARA), directory(), policy=Policy())

    expected = person(-1, **CARA)
    del expected["version"]
    assert part.frames["create"].to_dicts() == [expected]
    assert part.statuses.rows() == [(0, 2, -1, "created")]
    assert part.seen.rows() == []


INACTIVE: Cells = {**BEN, "state": "inactive"}


@pytest.mark.spec("NE-07")
def test_an_inactive_person_who_is_listed_is_reactivated_and_updated() -> None:
    told = update({**BEN, "city": "Rome"}, ANNA, known=(ANNA, INACTIVE), inactive_listed="reactivate")

    assert told == Story(
        statuses=["reactivated", "unchanged"], reactivated=["ben"], updated={"ben": {"city": ("", "Rome")}}
    )


@pytest.mark.parametrize(
    ("line", "settings", "row_status"),
    [
        (BEN, {"inactive_listed": "leave"}, "unchanged"),
        ({**BEN, "email": "anna@x.org"}, {}, "failed"),
        (BEN, {"existing_people": "skip", "update_details": "none"}, "skipped"),
    ],
)
def test_a_person_the_import_leaves_alone_is_not_reactivated(line: Cells, settings: Cells, row_status: str) -> None:
    told = update(line, known=(ANNA, INACTIVE), **{"inactive_listed": "reactivate", **settings})

    assert (told.statuses, told.reactivated) == ([row_status], [])


def test_an_administrator_is_not_reactivated() -> None:
    known = ({**OWNER, "state": "inactive"},)

    told = update(ANNA, known=known, inactive_listed="reactivate", administrators="details_only")

    assert told == Story(statuses=["unchanged"], flags=[(0, "administrator_detail", "state")])


def test_it_sees_the_known_people_it_found_whether_they_change_or_not() -> None:
    before = directory(person(3, **BEN), person(1, **ANNA), person(2, **CARA))

    part = plan_rows(rows(BEN, ANNA), before, policy=Policy())

    assert part.seen.rows() == [(1, 100), (3, 300)]


@pytest.mark.spec("EC-21")
def test_it_skips_known_people_and_does_nothing_else_with_their_rows() -> None:
    told = tell({**ANNA, "city": "Rome", "course1": "ART"}, known=(ANNA,))

    assert told == Story(statuses=["skipped"], flags=[(0, "exists_skipped", None)])


def test_it_skips_unknown_people_where_only_known_ones_are_updated() -> None:
    assert update(CARA, new_people="skip") == Story(statuses=["skipped"], flags=[(0, "unknown_skipped", None)])


@pytest.mark.spec("EC-02", "EC-26")
@pytest.mark.parametrize("slug", ["firstname", "lastname", "email"])
@pytest.mark.parametrize("cell", [None, ""])
@pytest.mark.parametrize("existing_people", ["skip", "update"])
def test_it_requires_both_names_and_an_email_of_a_new_person(slug: str, cell: str | None, existing_people: str) -> None:
    told = tell({**CARA, slug: cell}, existing_people=existing_people)

    assert told == Story(statuses=["failed"], flags=[(0, f"{slug}_missing", slug)])


def test_it_requires_a_username_of_a_new_person() -> None:
    told = tell({**CARA, "username": None}, match_by=("email",))

    assert told == Story(statuses=["failed"], flags=[(0, "username_missing", "username")])


def test_it_reports_all_errors_of_a_row_at_once() -> None:
    told = tell({"username": "cara", "course1": "NONE"}, unknown_course="error_on_row")

    codes = [("course_unknown_row", "course1"), ("email_missing", "email")]
    codes += [("firstname_missing", "firstname"), ("lastname_missing", "lastname")]
    assert told == Story(statuses=["failed"], flags=[(0, *code) for code in codes])


def test_it_requires_the_required_profile_fields_of_new_people_only() -> None:
    reference = replace(SCHOOL, profile_fields=(replace(GRADE, required=True), HOUSE))

    told = update(CARA, ANNA, reference=reference)

    flags: list[Any] = [(0, "profile_missing", "profile_field_grade")]
    assert told == Story(statuses=["failed", "unchanged"], flags=flags)


@pytest.mark.parametrize(
    ("policy_default", "cell", "stored"),
    [
        pytest.param(None, None, "2", id="its own default is the last resort"),
        pytest.param("3", None, "3", id="the default of the import comes before its own"),
        pytest.param("3", "1", "1", id="the file comes before both"),
        pytest.param("3", "", None, id="a blank that is meant is filled by nothing"),
    ],
)
@pytest.mark.spec("EC-04", "EC-05")
def test_it_takes_the_value_of_a_new_persons_profile_field_from(
    policy_default: str | None, cell: str | None, stored: str | None
) -> None:
    reference = replace(SCHOOL, profile_fields=(replace(GRADE, default="2"),))
    defaults = {"profile_field_grade": policy_default} if policy_default else {}

    told = tell({**CARA, "profile_field_grade": cell}, reference=reference, defaults=defaults)

    cells = CARAS | ({"profile_field_grade": stored} if stored else {})
    assert told == Story(statuses=["created"], created={"cara": cells})


@pytest.mark.spec("EC-14", "EC-16")
def test_it_expands_defaults_of_new_people_and_leaves_cells_as_they_are() -> None:
    defaults = {"email": "%u@x.org", "url": "http://x.org/~%u/", "department": "%-1f%-l", "city": "Rome"}

    told = tell({**CARA, "email": None, "city": "%f"}, defaults=defaults)

    cells = {**CARAS, "url": "http://x.org/~cara/", "department": "ccole", "city": "%f"}
    assert told == Story(statuses=["created"], created={"cara": cells})


def test_it_refuses_a_default_that_grows_too_long() -> None:
    told = tell({**CARA, "lastname": "C" * 100}, defaults={"city": "%l%l"})

    assert told == Story(statuses=["failed"], flags=[(0, "too_long", "city")])


def test_it_refuses_an_address_that_a_default_makes_and_that_is_none() -> None:
    told = tell({**CARA, "firstname": "Cara Ann", "email": None}, defaults={"email": "%-f@x.org"})

    assert told == Story(statuses=["failed"], flags=[(0, "email_bad_like", "email"), (0, "email_missing", "email")])


@pytest.mark.parametrize("details", ["from_file_and_defaults", "fill_missing"])
def test_a_default_makes_no_address_of_a_known_person(details: str) -> None:
    known = ({**ANNA, "email": ""},)

    told = update({"username": "anna"}, known=known, details=details, defaults={"email": "%-f@x.org", "city": "%l"})

    assert told == Story(statuses=["updated"], updated={"anna": {"city": ("", "Ode")}})


def test_it_cleans_what_a_default_makes() -> None:
    told = tell({**CARA, "email": None}, defaults={"email": "%-f@X.ORG", "city": "%f  %l ", "country": "germany"})

    cells = {**CARAS, "city": "Cara Cole", "country": "DE"}
    assert told == Story(statuses=["created"], created={"cara": cells})


def test_a_default_that_is_no_value_of_its_field_is_flagged_and_not_applied() -> None:
    told = tell({**CARA, "country": None}, defaults={"country": "Atlantis"})

    assert told == Story(statuses=["created"], flags=[(0, "country_unknown", "country")], created={"cara": CARAS})


def test_it_refuses_a_default_for_a_profile_field_that_is_not_there() -> None:
    with pytest.raises(PolicyError, match="There is no profile field shoe"):
        tell(CARA, defaults={"profile_field_shoe": "42"})


@pytest.mark.parametrize(
    ("cell", "site_role", "expected", "flags"),
    [
        pytest.param(None, "learner", "learner", [], id="the policy says it"),
        pytest.param("manager", "learner", "learner", ["not_allowed"], id="the policy overrides the cell, with a flag"),
        pytest.param("learner", "learner", "learner", [], id="they agree"),
        pytest.param("manager", "column", "manager", [], id="the cell says it"),
        pytest.param(None, "column", "learner", [], id="a blank cell is a learner"),
    ],
)
def test_it_gives_a_new_person_the_site_role(cell: str | None, site_role: str, expected: str, flags: list[str]) -> None:
    told = tell({**CARA, "site_role": cell}, site_role=site_role)

    cells = CARAS | ({"site_role": expected} if expected != "learner" else {})
    assert told == Story(
        statuses=["created"], flags=[(0, code, "site_role") for code in flags], created={"cara": cells}
    )


# who is meant


@pytest.mark.parametrize(
    ("cells", "match_by", "changed"),
    [
        pytest.param({"username": "ANNA"}, ("username",), "anna", id="username without case"),
        pytest.param({"email": "Anna@X.org"}, ("email",), "anna", id="e-mail without case"),
        pytest.param({"idnumber": "B7"}, ("idnumber",), "ben", id="ID number"),
        pytest.param({"idnumber": "b7"}, ("idnumber",), None, id="ID numbers are compared exactly"),
        pytest.param({"username": "nobody", "email": "ben@x.org"}, ("username", "email"), "ben", id="the second key"),
        pytest.param({"username": None, "email": "ben@x.org"}, ("username", "email"), "ben", id="a blank key is none"),
        pytest.param({"username": "ben", "email": "ben@x.org"}, ("email", "username"), "ben", id="both agree"),
    ],
)
@pytest.mark.spec("EC-22")
def test_it_finds_a_person_by(cells: Cells, match_by: tuple[str, ...], changed: str | None) -> None:
    known = (ANNA, {**BEN, "idnumber": "B7"})

    told = update({**cells, "city": "Rome"}, known=known, match_by=match_by, new_people="skip")

    assert told.statuses == (["updated"] if changed else ["skipped"])
    assert told.updated == ({changed: {"city": ("", "Rome")}} if changed else {})


def test_it_refuses_keys_that_name_two_people() -> None:
    line = {"username": "anna", "email": "ben@x.org", "idnumber": None}

    part = plan_rows(
        rows(line),
        directory(person(1, **ANNA), person(2, **BEN)),
        policy=Policy().replace(match_by=["username", "email"]),
    )

    assert part.statuses.rows() == [(0, 2, None, "failed")]
    assert part.flags.rows() == [(0, 2, "Email", "email", "two_people", "anna", "ben")]
    assert part.seen.rows() == []


def test_it_refuses_a_key_of_several_people() -> None:
    known = tuple({**ANNA, "username": name} for name in ("dora", "cleo", "bea", "anna"))
    before = directory(*(person(number, **cells) for number, cells in enumerate(known)))

    part = plan_rows(rows({"email": "Anna@x.org"}), before, policy=Policy().replace(match_by=["email"]))

    assert part.statuses.rows() == [(0, 2, None, "failed")]
    assert part.flags.rows() == [(0, 2, "Email", "email", "ambiguous_key", "Anna@x.org", "anna, bea, cleo, …")]


def test_it_finds_the_person_all_keys_match_behind_a_shared_address() -> None:
    known = (ANNA, {**BEN, "email": "anna@x.org"})

    told = update(
        {"email": "anna@x.org", "username": "ben", "city": "Rome"}, known=known, match_by=("email", "username")
    )

    assert told == Story(statuses=["updated"], updated={"ben": {"city": ("", "Rome")}})


def test_it_refuses_a_row_that_names_nobody() -> None:
    told = tell({**CARA, "username": "cara", "email": None}, match_by=("email",))

    assert told == Story(statuses=["failed"], flags=[(0, "key_missing", "email")])


def test_it_refuses_a_new_person_under_the_username_of_another() -> None:
    told = tell({**CARA, "username": "anna"}, known=(ANNA,), match_by=("email",))

    assert told == Story(statuses=["failed"], flags=[(0, "username_taken", "username")])


# existing people

CITY = {**ANNA, "city": "Oslo", "department": "", "profile_field_house": "Red"}


@pytest.mark.parametrize(
    ("details", "cells", "changes"),
    [
        pytest.param("none", {"city": "Rome", "department": "Art"}, {}, id="none: nothing changes"),
        pytest.param("from_file", {"city": "Rome"}, {"city": ("Oslo", "Rome")}, id="from_file: the cell replaces"),
        pytest.param("from_file", {"city": None}, {}, id="from_file: what is missing stays, defaults do not apply"),
        pytest.param(
            "from_file_and_defaults",
            {"city": None, "department": "Art"},
            {"city": ("Oslo", "Bonn"), "department": ("", "Art")},
            id="from_file_and_defaults: the default replaces what the file lacks",
        ),
        pytest.param(
            "from_file_and_defaults", {"city": "Rome"}, {"city": ("Oslo", "Rome"), "department": ("", "Lab")},
            id="from_file_and_defaults: the file comes first",
        ),
        pytest.param("fill_missing", {"city": "Rome"}, {"department": ("", "Lab")}, id="fill_missing: the rest stays"),
        pytest.param(
            "fill_missing", {"department": "Art", "profile_field_grade": "1"},
            {"department": ("", "Art"), "profile_field_grade": (None, "1")}, id="fill_missing: the file comes first",
        ),
    ],
)  # fmt: skip
@pytest.mark.spec("EC-04", "EC-22")
def test_it_changes_details_of_known_people(details: str, cells: Cells, changes: dict[str, Any]) -> None:
    told = update(
        {"username": "anna", **cells}, known=(CITY,), details=details, defaults={"city": "Bonn", "department": "Lab"}
    )

    updated = {"anna": changes} if changes else {}
    assert told == Story(statuses=["updated" if changes else "unchanged"], updated=updated)


@pytest.mark.parametrize(
    ("slug", "stored", "after", "flags"),
    [
        pytest.param("city", "Oslo", "", [], id="a detail is wiped"),
        pytest.param("profile_field_house", "Red", None, [], id="a profile text is wiped"),
        pytest.param("city", "", "", [], id="what is blank stays blank"),
        pytest.param("firstname", "Anna", "", ["blank_wipes"], id="a name is wiped with a warning"),
        pytest.param("email", "anna@x.org", "", ["blank_wipes"], id="an address is wiped with a warning"),
        pytest.param("lang", "de", "de", ["blank_kept"], id="a language is not wiped"),
        pytest.param("profile_field_grade", "1", "1", ["blank_kept"], id="a choice is not wiped"),
        pytest.param("username", "anna", "anna", [], id="a username never is"),
    ],
)
@pytest.mark.parametrize("details", ["from_file", "from_file_and_defaults"])
def test_a_blank_that_is_meant_overwrites(
    slug: str, stored: str, after: str | None, flags: list[str], details: str
) -> None:
    line: Cells = {"username": "anna", "email": "anna@x.org"} | {slug: ""}
    defaults = {} if slug in ("username", "firstname") else {slug: "x"}
    known = ({**ANNA, slug: stored},)

    told = update(line, known=known, details=details, match_by=("email", "username"), defaults=defaults)

    changes = {slug: (stored, after)} if stored != after else {}
    if slug == "email" and changes:
        changes["email_key"] = ("anna@x.org", "")
    assert told == Story(
        statuses=["updated" if changes else "unchanged"],
        flags=[(0, code, slug) for code in flags],
        updated={"anna": changes} if changes else {},
    )


def test_a_blank_that_is_meant_fills_nothing() -> None:
    assert update({"username": "anna", "city": ""}, details="fill_missing", defaults={"city": "Rome"}) == Story(
        statuses=["unchanged"]
    )


def test_a_refused_cell_keeps_a_default_from_replacing_what_is_stored() -> None:
    before = directory(person(1, **ANNA, country="FR"))
    refused = cell_flag(0, code="country_unknown", slug="country", value="Frnace")
    policy = Policy().replace(
        existing_people="update", update_details="from_file_and_defaults", defaults={"country": "DE"}
    )

    part = plan_rows(rows({"username": "anna", "country": None}, flags=refused), before, policy=policy)

    assert story(part, directory=before) == Story(statuses=["unchanged"], flags=[(0, "country_unknown", "country")])


@pytest.mark.parametrize(("required", "row_status"), [(False, "created"), (True, "failed")])
def test_a_refused_cell_of_a_new_person_is_not_replaced_by_any_default(required: bool, row_status: str) -> None:
    grade = replace(GRADE, required=required, default="1")
    before = directory(reference=replace(SCHOOL, profile_fields=(grade,)))
    refused = cell_flag(0, code="choice_unknown", slug=GRADE.slug, value="9")
    policy = Policy().replace(defaults={GRADE.slug: "2"})

    part = plan_rows(rows({**CARA, GRADE.slug: None}, flags=refused), before, policy=policy)

    missing = [(0, "profile_missing", GRADE.slug)] if required else []
    created = {} if required else {"cara": CARAS}
    flags: list[Any] = [(0, "choice_unknown", GRADE.slug), *missing]
    assert story(part, directory=before) == Story(statuses=[row_status], flags=flags, created=created)


def test_a_profile_field_with_a_default_of_its_own_is_never_missing() -> None:
    reference = replace(SCHOOL, profile_fields=(replace(GRADE, default="1"), HOUSE))
    line = {"username": "anna", GRADE.slug: "2", HOUSE.slug: "Red"}

    told = update(line, reference=reference, details="fill_missing")

    assert told == Story(statuses=["updated"], updated={"anna": {HOUSE.slug: (None, "Red")}})


def test_patterns_for_known_people_see_their_names_after_the_row() -> None:
    told = update(
        {"username": "anna", "lastname": "Oak", "department": None},
        details="from_file_and_defaults", defaults={"department": "%f %l %u"},
    )  # fmt: skip

    changes = {"lastname": ("Ode", "Oak"), "department": ("", "Anna Oak anna")}
    assert told == Story(statuses=["updated"], updated={"anna": changes})


def test_it_never_changes_a_username_and_reports_that() -> None:
    told = update({"username": "annie", "email": "anna@x.org"}, match_by=("email",))

    assert told == Story(statuses=["unchanged"], flags=[(0, "not_allowed", "username")])


def test_it_never_changes_a_site_role_and_reports_that() -> None:
    told = update({"username": "anna", "site_role": "manager"}, site_role="column")

    assert told == Story(statuses=["unchanged"], flags=[(0, "not_allowed", "site_role")])


@pytest.mark.parametrize(
    ("settings", "cells", "expected"),
    [
        pytest.param(
            {}, {"city": "Rome"}, Story(["failed"], flags=[(0, "administrator_protected", None)]), id="protect",
        ),
        pytest.param(
            {"administrators": "details_only"}, {"city": "Rome", "email": "new@x.org"},
            Story(["updated"], flags=[(0, "administrator_detail", "email")], updated={"anna": {"city": ("", "Rome")}}),
            id="details_only",
        ),
        pytest.param(
            {"existing_people": "skip", "update_details": "none"}, {"city": "Rome"},
            Story(statuses=["skipped"], flags=[(0, "exists_skipped", None)]), id="who is skipped needs no protection",
        ),
    ],
)  # fmt: skip
def test_it_protects_administrators(settings: Cells, cells: Cells, expected: Story) -> None:
    assert update({"username": "anna", **cells}, known=(OWNER,), **settings) == expected


# e-mail addresses


@pytest.mark.parametrize(
    ("same_email", "shared", "row_status", "flags"),
    [
        pytest.param("refuse", True, "failed", ["email_taken"], id="the policy refuses"),
        pytest.param("warn", True, "done", ["email_shared"], id="the policy warns"),
        pytest.param("allow", True, "done", [], id="the policy allows"),
        pytest.param("warn", False, "failed", ["email_taken"], id="the organisation refuses, whatever the policy says"),
        pytest.param("allow", False, "failed", ["email_taken"], id="the organisation refuses what the policy allows"),
    ],
)
@pytest.mark.parametrize("who", ["cara", "anna"])
def test_an_address_of_somebody_else(
    who: str, same_email: str, shared: bool, row_status: str, flags: list[str]
) -> None:
    reference = SHARING if shared else SCHOOL
    line = {**(CARA if who == "cara" else ANNA), "email": "BEN@x.org"}

    told = update({**line, "city": "Rome"}, reference=reference, same_email=same_email)

    done = {"cara": "created", "anna": "updated"}[who]
    changes = {"email": ("anna@x.org", "BEN@x.org"), "city": ("", "Rome"), "email_key": ("anna@x.org", "ben@x.org")}
    assert told == Story(
        statuses=[done if row_status == "done" else row_status],
        flags=[(0, code, "email") for code in flags],
        created={"cara": {**CARAS, "email": "BEN@x.org", "city": "Rome"}}
        if (who, row_status) == ("cara", "done")
        else {},
        updated={"anna": changes} if (who, row_status) == ("anna", "done") else {},
    )


def test_ones_own_address_is_fine_and_another_case_is_no_change() -> None:
    assert update({**ANNA, "email": "Anna@X.ORG"}) == Story(statuses=["unchanged"])


def test_an_address_that_does_not_change_is_not_checked() -> None:
    assert update(ANNA, known=(ANNA, {**BEN, "email": "anna@x.org"})) == Story(statuses=["unchanged"])


# rows and their order


@pytest.mark.spec("EC-21")
def test_a_row_sees_what_earlier_rows_did() -> None:
    told = tell(CARA, {**CARA, "city": "Rome"})

    flags: list[Any] = [(0, "same_person_twice", None), (1, "exists_skipped", None), (1, "same_person_twice", None)]
    assert told == Story(statuses=["created", "skipped"], flags=flags, created={"cara": CARAS})


def test_an_address_that_an_earlier_row_freed_can_be_taken() -> None:
    told = update({**ANNA, "email": "new@x.org"}, {**CARA, "email": "anna@x.org"})

    assert told == Story(
        statuses=["updated", "created"],
        created={"cara": {**CARAS, "email": "anna@x.org"}},
        updated={"anna": {"email": ("anna@x.org", "new@x.org"), "email_key": ("anna@x.org", "new@x.org")}},
    )


def test_two_people_swap_their_addresses_by_a_third() -> None:
    told = update({**ANNA, "email": "z@x.org"}, {**BEN, "email": "anna@x.org"}, {**ANNA, "email": "ben@x.org"})

    twice: list[Any] = [(0, "same_person_twice", None), (2, "same_person_twice", None)]
    assert told.statuses == ["updated"] * 3
    assert told.flags == twice
    assert {who: change["email"] for who, change in told.updated.items()} == {
        "anna": ("anna@x.org", "ben@x.org"),
        "ben": ("ben@x.org", "anna@x.org"),
    }


def test_a_change_taken_back_is_no_change_and_both_rows_keep_their_status() -> None:
    told = update({"username": "anna", "city": "Rome"}, {"username": "anna", "city": "Oslo"}, known=(CITY,))

    assert told.statuses == ["updated", "updated"]
    assert told.updated == {}


def test_the_same_person_twice_names_the_other_line() -> None:
    part = plan_rows(
        rows(*({"username": name} for name in ("anna", "ben", "ANNA", "anna"))),
        directory(person(1, **ANNA), person(2, **BEN)),
        policy=Policy().replace(existing_people="update"),
    )

    assert part.flags.select("row", "line", "code", "detail").rows() == [
        (0, 2, "same_person_twice", "4"),
        (2, 4, "same_person_twice", "2"),
        (3, 5, "same_person_twice", "2"),
    ]


def test_a_row_that_failed_before_does_nothing_and_is_nobody() -> None:
    before = directory(person(1, **ANNA))

    part = plan_rows(rows(ANNA, CARA, flags=cell_flag(0, code="row_long")), before, policy=Policy())

    assert part.statuses.rows() == [(0, 2, None, "failed"), (1, 3, -1, "created")]
    assert part.flags.get_column("code").to_list() == ["row_long"]


def test_a_failing_row_stops_an_import_that_stops() -> None:
    before = directory(person(1, **ANNA))

    part = plan_rows(rows(CARA, ANNA, {"username": "x"}), before, policy=Policy().replace(bad_rows="stop_import"))

    assert part.frames == {}
    assert part.statuses.rows() == [(0, 2, None, "skipped"), (1, 3, 1, "skipped"), (2, 4, None, "failed")]
    assert part.flags.select("row", "code", "value").rows()[0] == (None, "import_stopped", "1")


def test_a_cell_that_is_not_imported_stops_an_import_that_stops() -> None:
    """Source: spec/policies.md, "Error levels"."""
    given_ = rows(CARA, BEN, flags=cell_flag(1, code="country_unknown", slug="country", value="Atlantis"))

    part = plan_rows(given_, directory(), policy=Policy().replace(bad_rows="stop_import"))

    assert part.frames == {}
    assert part.statuses.get_column("row_status").to_list() == ["skipped"] * 2
    assert part.flags.select("row", "code", "value").rows() == [
        (None, "import_stopped", "1"),
        (1, "country_unknown", "Atlantis"),
    ]


def test_a_cell_of_a_row_that_is_skipped_stops_no_import() -> None:
    policy = Policy().replace(bad_rows="stop_import", existing_people="skip")
    given_ = rows(CARA, ANNA, flags=cell_flag(1, code="country_unknown", slug="country", value="Atlantis"))

    part = plan_rows(given_, directory(person(1, **ANNA)), policy=policy)

    assert part.statuses.get_column("row_status").to_list() == ["created", "skipped"]


def test_an_import_that_stops_goes_on_where_no_row_fails() -> None:
    assert tell(CARA, bad_rows="stop_import") == Story(statuses=["created"], created={"cara": CARAS})


def test_it_numbers_new_people_after_those_of_earlier_parts() -> None:
    part = plan_rows(rows(CARA, {**BEN, "username": "abe"}), directory(), policy=Policy(), taken={"person": 3})

    assert part.statuses.rows() == [(0, 2, -5, "created"), (1, 3, -4, "created")]
    assert part.frames["create"].select("person", "username").rows() == [(-5, "cara"), (-4, "abe")]
