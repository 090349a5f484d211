"""Exports of other systems, recognised by their headers."""

import pytest

from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.fields.fields import FIELDS
from enlist.core.flags.flags import sentences
from enlist.core.headers.match import match_headers
from enlist.core.headers.sources import Source, recognise, sources

CANVAS = ["user_id", "login_id", "first_name", "last_name", "email", "status"]


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_every_source_is_told_from_all_others(source: Source) -> None:
    found = recognise(source.headers)

    assert found
    assert (found.source.name, found.share) == (source.name, 1)


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_every_source_names_a_page_its_own_headers_and_fields_that_there_are(source: Source) -> None:
    assert source.page.startswith("https://")
    assert set(source.needs) <= {*source.headers, *(header.split(" [READ")[0] for header in source.headers)}
    assert {slug for slug in source.headers.values() if slug} <= {*FIELDS, "state"}


def test_it_maps_a_recognised_export_whole_and_says_what_it_is() -> None:
    match = match_headers([*CANVAS, "short_name", "declared_user_type"])

    assert match.profile == "Canvas users.csv"
    assert {**match.slugs, "status": None} == {
        "user_id": "idnumber", "login_id": "username", "first_name": "firstname", "last_name": "lastname",
        "email": "email", "status": None,
    }  # fmt: skip
    assert sentences(match.flags).to_list()[0] == (
        "Recognised as Canvas users.csv: 8 of its 8 columns are known and are read as that system means them."
    )


def test_spelling_and_marks_hide_no_export() -> None:
    headers = ["FIRST NAME [Required]", "last name [required]", "Email Address [Required]", "Org Unit Path [Required]"]

    assert match_headers(headers).profile == "Google Workspace user list"
    assert match_headers(["USER_ID", "Login ID", "email"]).profile == "Canvas users.csv"


def test_a_gradebook_is_recognised_whatever_it_grades() -> None:
    grades = [f"Essay {n} (4{n:02})" for n in range(30)]
    totals = ["Essays Current Score", "Essays Unposted Final Score", "Current Points", "Final Grade"]
    match = match_headers(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *grades, *totals])

    assert match.profile == "Canvas gradebook"
    assert match.slugs == {"Student": "fullname_reversed", "SIS User ID": "idnumber", "SIS Login ID": "username"}


def test_the_name_of_a_sheet_helps_to_recognise_an_export() -> None:
    headers = ["First Name [Required]", "Last Name [Required]", "Email Address [Required]", "Status [READ ONLY]"]
    found = recognise(headers, sheet="User_Download_03012026_101112")

    assert found
    assert found.source.name == "Google Workspace user list"
    assert recognise(headers, sheet="Sheet1") is None
    assert recognise(["username", "First Name"], sheet="User_Download_03012026_101112") is None


def test_a_file_with_few_columns_of_a_system_is_not_its_export() -> None:
    assert match_headers(["user_id", "login_id", "Klasse", "Fach", "Note", "Lehrer"]).profile == ""
    assert match_headers(["username", "firstname", "lastname", "email"]).profile == ""


def test_a_province_is_no_state_of_an_account() -> None:
    match = match_headers(
        ["userPrincipalName", "displayName", "accountEnabled", "state", "mail", "surname", "givenName"]
    )

    assert match.profile == "Microsoft Entra user list"
    assert "state" not in match.slugs


def test_columns_that_an_export_does_not_import_are_not_guessed() -> None:
    match = match_headers(["login", "firstName", "lastName", "email", "secondEmail", "displayName"])

    assert match.profile == "Okta user list"
    assert match.slugs == {"login": "username", "firstName": "firstname", "lastName": "lastname", "email": "email"}


def test_of_several_names_for_one_thing_the_first_counts() -> None:
    match = match_headers(["DN", "sAMAccountName", "cn", "displayName", "name", "mail"])

    assert match.slugs == {"sAMAccountName": "username", "cn": "fullname", "mail": "email"}


def test_what_people_map_and_their_own_fields_go_before_the_export() -> None:
    own = Reference(profile_fields=(ProfileField(1, "short_name", "Short name"),))
    match = match_headers([*CANVAS, "short_name"], reference=own, overrides={"user_id": "department"})

    assert match.headers["profile_field_short_name"] == "short_name"
    assert match.headers["department"] == "user_id"
