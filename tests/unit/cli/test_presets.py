"""The options of an import."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from enlist.core.policy import policy_fields
from enlist.core.presets import PRESETS

from .conftest import Answer

Enlist = Callable[..., Answer]


def test_it_lists_the_presets(enlist: Enlist) -> None:
    answer = enlist("presets")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "moodle  Upload users",
        "    Creates and updates people and enrols them into courses, with roles and groups.",
        "    Reads files for Moodle's “Upload users” without changes.",
        "easycampus  Upload users (EasyCampus)",
        "    Like “Upload users”, with stricter usernames (letters, digits, dash and dot)",
        "    and optional e-mail addresses.",
        "sync  Update from a complete list",
        "    Creates, updates and reactivates the people of a list, found by username, and keeps their groups.",
        "    Can deactivate people who aren't in the list.",
    ]


def test_it_lists_the_presets_as_json(enlist: Enlist) -> None:
    told = json.loads(enlist("presets", "--json").out)

    assert told == [{"name": p.name, "title": p.title, "description": p.description} for p in PRESETS.values()]


def test_it_shows_every_setting_with_its_meaning_and_values(enlist: Enlist) -> None:
    answer = enlist("policy", "moodle")

    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    shown = [field.name for field in policy_fields() if any(line.startswith(f"  {field.name} = ") for line in lines)]
    assert shown == [field.name for field in PRESETS["moodle"].settings]
    assert {f"      {field.meaning}" for field in PRESETS["moodle"].settings} <= {*lines}
    start = lines.index("  blank_cell = missing")
    assert lines[start : start + 4] == [
        "  blank_cell = missing",
        "      What a blank cell means.",
        "      · missing: no value: the default applies, or the stored value stays",
        "      · literal: a blank value: it replaces the stored one",
    ]


def test_what_does_nothing_is_not_offered(enlist: Enlist) -> None:
    """This preset uses neither home_group nor links; nothing carries out message, nor one value of other settings."""
    text = enlist("policy", "moodle").out
    names = {field["name"] for field in json.loads(enlist("policy", "moodle", "--json").out)["settings"]}

    assert names.isdisjoint({"home_group", "links", "message"})
    assert "new_people" in names
    assert [word for word in ("groups_only", "resolve_first", "home_group") if word in text] == []


def test_it_shows_every_setting_as_json(enlist: Enlist) -> None:
    told = json.loads(enlist("policy", "moodle", "--json").out)

    policy = PRESETS["moodle"].policy.to_dict()
    assert {field["name"]: field["value"] for field in told["settings"]} == {
        field.name: policy[field.name] for field in PRESETS["moodle"].settings
    }
    assert next(field for field in told["settings"] if field["name"] == "blank_cell") == {
        "name": "blank_cell",
        "section": "New and existing people",
        "meaning": "What a blank cell means.",
        "value": "missing",
        "allowed": [
            {"value": "missing", "meaning": "no value: the default applies, or the stored value stays"},
            {"value": "literal", "meaning": "a blank value: it replaces the stored one"},
        ],
    }
    assert [shortcut["name"] for shortcut in told["shortcuts"]] == ["upload_type"]


def test_it_refuses_a_preset_that_is_not_there(enlist: Enlist) -> None:
    answer = enlist("policy", "moodel")

    assert answer == Answer(
        2, "", "Error: There is no preset “moodel”. Presets: moodle, easycampus, sync.\nDid you mean moodle?\n"
    )


def test_a_template_has_the_columns_and_rows_of_its_preset(enlist: Enlist) -> None:
    answer = enlist("template", "moodle")

    preset = PRESETS["moodle"]
    assert (answer.code, answer.err) == (0, "")
    assert list(csv.reader(io.StringIO(answer.out))) == [list(row) for row in (preset.columns, *preset.examples)]


def test_a_template_can_be_json(enlist: Enlist) -> None:
    told = json.loads(enlist("template", "moodle", "--json").out)

    assert told["columns"] == list(PRESETS["moodle"].columns)
    assert [len(row) for row in told["rows"]] == [len(told["columns"])] * 3


def test_a_template_can_go_to_a_file(enlist: Enlist, tmp_path: Path) -> None:
    shown = enlist("template", "moodle").out

    assert enlist("template", "moodle", "-o", str(tmp_path / "t.csv")) == Answer(0, "", "")
    assert (tmp_path / "t.csv").read_text("utf-8") == shown


def test_it_explains_why_a_template_cannot_be_written(enlist: Enlist, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "t.csv"

    answer = enlist("template", "moodle", "-o", str(path))

    assert answer == Answer(3, "", f"Error: {path} can't be written: No such file or directory.\n")
