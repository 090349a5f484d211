"""The field cases of this repository, and what the runner itself promises about any folder of cases."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from enlist.services.access import scope_of
from enlist.services.setup.organization import organization_init
from tests.support.field import Case, cases_of, failures, set_up

SAMPLES = Path(__file__).parents[1] / "samples"
CASES = {case.name: case for case in cases_of(SAMPLES / "field")}
# Take a case off this list when it passes; nothing is ever added.
KNOWN_FAILING = (SAMPLES / "field_known_failing.txt").read_text("utf-8").split()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cheap(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def tried(case: Case) -> list[str]:
    organization_init(None)
    scope = scope_of(None)
    set_up(scope, case=case)
    return failures(scope, case=case)


@pytest.mark.parametrize("name", CASES)
def test_a_real_file_is_imported_as_expected(name: str) -> None:
    wrong = tried(CASES[name])

    assert bool(wrong) == (name in KNOWN_FAILING), wrong or "It passes: take it off field_known_failing.txt."


def test_every_case_that_is_known_to_fail_exists() -> None:
    assert set(KNOWN_FAILING) <= set(CASES)


def test_each_part_of_an_expectation_is_compared() -> None:
    expect: dict[str, Any] = {
        "refused": "name",
        "source": "Canvas",
        "reading": {"encoding": "cp1252", "rows": 3, "delimiter": ","},
        "columns": {"firstname": "lastname", "email": "email"},
        "people": {"swapa": {"firstname": "Bob", "lastname": "Alder"}, "nobody": {}},
        "absent": ["swapb", "nobody"],
        "not_active": ["swapa", "nobody"],
        "statuses": {"2": "updated", "3": "failed"},
        "flags": [{"line": 2, "column": "email", "level": "error"}, {"level": "error"}],
        "no_flags": [{"level": "notice"}, {"line": 2, "level": "error"}],
        "offers": [{"line": 2, "fix": "x@example.org"}],
        "passwords_set": 1,
        "again": "unchanged",
    }
    case = replace(CASES["17b-chain"], expect=expect)

    assert [sentence.split(":")[0] for sentence in tried(case)] == [
        "The file was not refused (“name”).",
        "source",
        "reading encoding",
        "reading rows",
        "column “firstname”",
        "swapa.firstname",
        "nobody is not there",
        "swapb is there",
        "swapa is active",
        "line 3",
        "not flagged",
        "not flagged",
        "not offered",
        "0 passwords set instead of 1",
    ]


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ({"titel": "x"}, "unknown key titel"),
        ({"setup": {"course": {}}}, "unknown key setup.course"),
        ({"expect": {"person": {}}}, "unknown key expect.person"),
        ({"expect": {"reading": {"quote": "'"}}}, "unknown key reading.quote"),
        ({"expect": {"flags": [{"row": 1}]}}, "unknown key flags.row"),
        ({"expect": {"no_flags": [{"level": "bad"}]}}, "unknown level bad"),
        ({"expect": {"offers": [{"value": "x"}]}}, "unknown key offers.value"),
        ({"expect": {"again": "changed"}}, "unknown value of again: changed"),
    ],
)
def test_an_unknown_key_is_an_error_of_the_case(case: dict[str, Any], what: str, tmp_path: Path) -> None:
    (tmp_path / "01-x.csv").write_text("username\nann\n")
    (tmp_path / "01-x.json").write_text(json.dumps(case))

    assert tried(cases_of(tmp_path)[0]) == [f"The case is wrong: {what}."]


def test_a_case_without_its_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "01-x.json").write_text("{}")

    assert tried(cases_of(tmp_path)[0]) == ["The case is wrong: 0 files are called 01-x."]


def test_the_command_prints_a_line_a_case_and_fails_if_one_fails(tmp_path: Path) -> None:
    head = "username,firstname,lastname,email\n"
    for name, row, there in (("01-good", "ann", "ann"), ("02-bad", "bob", "cem")):
        (tmp_path / f"{name}.csv").write_text(f"{head}{row},A,B,{row}@example.org\n")
        (tmp_path / f"{name}.json").write_text(json.dumps({"expect": {"people": {there: {}}, "absent": ["eve"]}}))
    command = [sys.executable, "-m", "tests.support.field_sites", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)

    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        ["ok   01-good", "FAIL 02-bad", "       cem is not there", "1 passed, 1 failed"],
    )
