"""Trying settings on a draft's own rows: results of patterns, and problems that a change solves or causes."""

from collections.abc import Mapping
from typing import Any

import pytest

from enlist.core.errors import PolicyError
from enlist.services.access import Scope
from enlist.services.drafts import settings_trial
from enlist.services.drafts.draft import draft_settings_set, draft_show
from enlist.services.drafts.settings_trial import Example, Solved
from enlist.services.imports.plan import import_show
from tests.database.review import SETTINGS, _static, number, plan, scope
from tests.database.test_web import signed_in

__all__ = ["_static", "number", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


@pytest.mark.parametrize(
    ("setting", "pattern", "made"),
    [
        ("username_from", "%-1f%-l", [Example(2, "alee", ""), Example(4, "ckaya", ""), Example(5, "dday", "")]),
        ("username_from", "%-f", [Example(2, "ann", ""), Example(3, "bob", ""), Example(4, "cem", "")]),
        ("defaults.department", "%u!", [Example(2, "ann!", ""), Example(3, "bob!", ""), Example(4, "cem!", "")]),
        ("defaults.profile_field_house", "oak", [Example(2, "Oak", "")]),
    ],
)
def test_a_pattern_is_shown_on_rows_that_have_what_it_names(
    scope: Scope, number: int, setting: str, pattern: str, made: list[Example]
) -> None:
    assert settings_trial.pattern_examples(scope, number=number, setting=setting, pattern=pattern) == made


def test_an_invalid_value_of_a_pattern_is_reported(scope: Scope, number: int) -> None:
    found = settings_trial.pattern_examples(scope, number=number, setting="defaults.country", pattern="Nowhere")

    assert [(each.made, each.problem[:32]) for each in found] == [("", "“Nowhere” isn't a recognised cou")]


@pytest.mark.parametrize("setting", ["note", "defaults.glub", "defaults.username", ""])
def test_what_takes_no_pattern_is_refused(scope: Scope, number: int, setting: str) -> None:
    with pytest.raises(PolicyError):
        settings_trial.pattern_examples(scope, number=number, setting=setting, pattern="%f")


@pytest.mark.parametrize(
    ("before", "now", "solved"),
    [
        (None, {"choice_unknown": 2, "choice_left": 1}, Solved(0, 0, errors=0, warnings=3)),
        ({"choice_unknown": 2, "lastname_missing": 1}, {"choice_left": 1}, Solved(3, 1, errors=0, warnings=1)),
        ({"choice_unknown": 2}, {"choice_unknown": 5}, Solved(0, 3, errors=0, warnings=5)),
    ],
)
def test_problems_are_compared_kind_by_kind(
    before: Mapping[str, int] | None, now: Mapping[str, int], solved: Solved
) -> None:
    assert settings_trial.problems_compared(before, now=now) == solved


def test_a_change_is_saved_at_once_and_reports_what_it_solved(scope: Scope, number: int) -> None:
    assert scope.actor
    client = signed_in(scope.actor)
    there = ["upload_type", "update_details", "unknown_choice"]
    form: dict[str, Any] = {"there": there, "upload_type": "add_and_update", "update_details": "from_file"}

    def tried(**settings: str) -> str:
        kept = client.post(f"/imports/{number}/settings/check/", form | settings).text
        assert "Checking what that does" in kept
        assert "Checking what that does" in client.get(f"/imports/{number}/settings/checked/").text
        plan(scope, number)
        return " ".join(client.get(f"/imports/{number}/settings/checked/").text.split())

    first = tried(unknown_choice="leave_unchanged")
    assert "2 problems solved." in first
    assert "2 new problems." in first
    assert "Errors: 1, warnings: 2." in first
    assert "2 problems solved." in tried(unknown_choice="add_option")
    assert draft_show(scope, number=number).policy.unknown_choice == "add_option"

    refused = client.post(f"/imports/{number}/settings/check/", form | {"upload_type": "add_new"}).text
    assert "update_details = from_file changes existing people" in refused
    assert draft_show(scope, number=number).policy.existing_people == "update"


def test_settings_that_hold_already_leave_the_plan_as_it_is(scope: Scope, number: int) -> None:
    draft_settings_set(scope, number=number, settings=SETTINGS)
    assert import_show(scope, number=number)[0].is_planned

    draft_settings_set(scope, number=number, settings=(*SETTINGS, "note=another"))
    assert not import_show(scope, number=number)[0].is_planned


def test_a_profile_field_is_filled_by_its_column_by_one_value_or_not(scope: Scope, number: int) -> None:
    assert scope.actor
    client = signed_in(scope.actor)
    form: dict[str, Any] = {
        "there": ["upload_type", "update_details", "defaults"],
        "upload_type": "add_and_update",
        "update_details": "from_file",
        "defaults.profile_field_house": "Elm",
    }

    def made(take: str) -> tuple[str, dict[str, str], bool]:
        client.post(f"/imports/{number}/settings/check/", form | {"take.profile_field_house": take})
        draft = draft_show(scope, number=number)
        page = client.get(f"/imports/{number}/settings/").text
        return draft.columns[5].slug, dict(draft.policy.defaults), f'value="{take}" selected' in page

    assert made("same") == ("", {"profile_field_house": "Elm"}, True)
    assert made("leave") == ("", {}, True)
    assert made("column") == ("profile_field_house", {"profile_field_house": "Elm"}, True)
