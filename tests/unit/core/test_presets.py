from typing import Any

import pytest

from enlist.core.errors import PolicyError
from enlist.core.fields.fields import FAMILIES, FIELDS
from enlist.core.headers.words import usual_slug
from enlist.core.policy import Policy, policy_fields
from enlist.core.policy.preset import Preset
from enlist.core.policy.upload_users import UPLOAD_TYPE
from enlist.core.presets import PRESETS, preset

# The column `moodle` of the policy page; what the page leaves open there has the careful value.
MOODLE = {
    "match_by": ["username"],
    "new_people": "create",
    "existing_people": "skip",
    "update_details": "none",
    "blank_cell": "missing",
    "renames": "refuse",
    "deletes": "refuse",
    "suspensions": "allow",
    "unlisted": "keep",
    "inactive_listed": "leave",
    "administrators": "protect",
    "bad_rows": "skip_row",
    "site_role": "learner",
    "active_limit": "warn",
    "standardise_usernames": True,
    "username_case": "lower",
    "username_characters": "moodle",
    "username_accents": "transliterate",
    "number_made_usernames": False,
    "username_from": "",
    "manual_edits": {},
    "same_email": "refuse",
    "missing_email": "refuse",
    "malformed_email": "warn",
    "passwords": ["column", "activation_link"],
    "existing_passwords": "keep",
    "force_password_change": "weak",
    "weak_passwords": "flag",
    "invite": "when_no_password",
    "unknown_course": "error_on_cell",
    "unknown_course_group": "error_on_cell",
    "unknown_group": "error_on_cell",
    "enrolment_dates": "from_file",
    "type_roles": ["student", "teacher", "non-editing teacher"],
    "group_column": "off",
    "seat_reference": "off",
    "links": "off",
    "unknown_choice": "error",
    "unknown_columns": "ignore",
    "columns_left_out": [],
    "formulas": "use_value",
    "macros": "refuse",
    "date_order": "find_out",
    "defaults": {},
    "note": "",
    "select_for_bulk": "none",
    "limits": Policy().to_dict()["limits"],
}


def test_moodle_starts_as_the_policy_page_defines() -> None:
    moodle = preset("moodle")
    values = moodle.policy.to_dict()
    unused = {name: values.pop(name) for name in moodle.unused}

    assert values == MOODLE
    assert unused == {name: Policy().to_dict()[name] for name in unused}


# The column `sync` of the policy page.
SYNC = {
    "match_by": ["username"],
    "new_people": "create",
    "existing_people": "update",
    "update_details": "from_file",
    "blank_cell": "missing",
    "renames": "refuse",
    "deletes": "refuse",
    "suspensions": "allow",
    "unlisted": "keep",
    "unlisted_scope": "platform",
    "grace_days": 0,
    "leaving_dates": "apply",
    "unlisted_manual_people": "protect",
    "inactive_listed": "reactivate",
    "administrators": "details_only",
    "bad_rows": "skip_row",
    "site_role": "learner",
    "active_limit": "warn",
    "standardise_usernames": False,
    "username_case": "keep",
    "username_characters": "extended",
    "missing_email": "warn",
    "malformed_email": "warn",
    "manual_edits": {},
    "same_email": "warn",
    "passwords": ["activation_link"],
    "existing_passwords": "keep",
    "invite": "ask",
    "group_column": "mirror",
    "home_group": "All groups",
    "seat_reference": "off",
    "links": "off",
    "unknown_choice": "first_option",
    "unknown_columns": "ignore",
    "columns_left_out": [],
    "macros": "refuse",
    "date_order": "find_out",
    "formulas": "use_value",
    "defaults": {},
    "note": "",
    "limits": Policy().to_dict()["limits"],
}


@pytest.mark.parametrize("name", SYNC)
def test_sync_starts_as_the_policy_page_defines(name: str) -> None:
    assert preset("sync").policy.to_dict()[name] == SYNC[name]


def test_sync_offers_what_the_policy_page_calls_a_setting() -> None:
    sync = preset("sync")
    values = sync.policy.to_dict()

    assert sync.offered == (
        "unlisted", "unlisted_scope", "grace_days", "home_group", "unknown_choice", "manual_edits", "columns_left_out",
        "defaults",
        "note",
    )  # fmt: skip
    assert values.keys() - SYNC.keys() == set(sync.unused)
    assert {name: values[name] for name in sync.unused} == {name: Policy().to_dict()[name] for name in sync.unused}


def test_without_settings_a_preset_keeps_its_policy() -> None:
    assert preset("moodle").configure() == preset("moodle").policy


@pytest.mark.parametrize(
    ("word", "pair"),
    [("add_new", ("create", "skip")), ("add_and_update", ("create", "update")), ("update", ("skip", "update"))],
)
def test_the_upload_type_decides_who_is_created_and_updated(word: str, pair: tuple[str, str]) -> None:
    policy = preset("moodle").configure([f"upload_type={word}"])

    assert ((policy.new_people, policy.existing_people), UPLOAD_TYPE.word_of(policy)) == (pair, word)


def test_adding_all_gives_names_that_are_taken_a_number() -> None:
    assert preset("moodle").configure(["upload_type=add_all"]).existing_people == "counter"


def test_settings_are_taken_in_order() -> None:
    policy = preset("moodle").configure(
        ["upload_type=update", "new_people=create", "update_details=from_file", "defaults.city=a=b", " note = x"]
    )

    assert policy == preset("moodle").policy.replace(
        existing_people="update", update_details="from_file", defaults={"city": "a=b"}, note=" x"
    )


def test_no_word_describes_a_pair_of_settings_without_one() -> None:
    assert UPLOAD_TYPE.word_of(Policy().replace(new_people="skip", existing_people="skip")) == ""


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        pytest.param(
            "upload_type",
            "“upload_type” isn't of the form setting=value. For example: update_details=from_file",
            id="no value",
        ),
        pytest.param(
            "upload_type=4",
            "The setting upload_type can't have this value: “4” is not one of: add_new, add_all, "
            "add_and_update, update.",
            id="no such word",
        ),
        pytest.param(
            "uplaod_type=update", "There is no setting “uplaod_type”. Did you mean upload_type?", id="no such setting"
        ),
        pytest.param(
            "fixed_values.city=Perth", "The preset moodle doesn't use the setting fixed_values.", id="another preset's"
        ),
        pytest.param(
            "update_details=from_file",
            "update_details = from_file changes existing people, but existing_people = skip; set existing_people = "
            "update, or "
            "update_details = none.",
            id="what cannot work",
        ),
    ],
)
def test_a_preset_refuses_settings_it_cannot_carry_out(setting: str, message: str) -> None:
    with pytest.raises(PolicyError) as refused:
        preset("moodle").configure([setting])

    assert str(refused.value) == message


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    with pytest.raises(PolicyError) as refused:
        preset("moodel")

    assert str(refused.value) == f"There is no preset “moodel”. Presets: {', '.join(PRESETS)}. Did you mean moodle?"


EVERY = pytest.mark.parametrize("any_preset", PRESETS.values(), ids=PRESETS)


@EVERY
def test_a_preset_can_be_carried_out_as_it_starts(any_preset: Preset) -> None:
    assert any_preset.policy.problems() == ()


@EVERY
def test_a_preset_offers_settings_that_exist_and_that_it_uses(any_preset: Preset) -> None:
    settings: set[Any] = {field.name for field in policy_fields()}
    shortcuts = {shortcut.name for shortcut in any_preset.shortcuts}

    assert set(any_preset.unused) <= settings
    assert set(any_preset.offered) <= (settings | shortcuts) - set(any_preset.unused)


@EVERY
def test_a_template_has_columns_of_ours_and_fills_every_row(any_preset: Preset) -> None:
    known = (*FIELDS, *(name for name in any_preset.columns if usual_slug(name)))
    unknown = [name for name in any_preset.columns if name not in known and name.rstrip("0123456789") not in FAMILIES]

    assert unknown == []
    assert {len(row) for row in any_preset.examples} == {len(any_preset.columns)}


@EVERY
def test_a_preset_is_described_in_two_lines(any_preset: Preset) -> None:
    assert [any_preset.title != "", len(any_preset.description.splitlines())] == [True, 2]


@EVERY
def test_headers_of_a_preset_mean_fields_of_ours(any_preset: Preset) -> None:
    assert set(any_preset.aliases.values()) <= set(FIELDS)
