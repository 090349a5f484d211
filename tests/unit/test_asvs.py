"""The table of security requirements is complete, and names existing tests and pages (ASVS 5.0).

`asvs_5_0_0.csv` has the IDs and levels of OWASP's Application Security Verification Standard 5.0.0, whose text is under
CC BY-SA 4.0: https://github.com/OWASP/ASVS (5.0/docs_en/OWASP_Application_Security_Verification_Standard_5.0.0_en.csv).
"""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "asvs.csv"
STANDARD = Path(__file__).with_name("asvs_5_0_0.csv")
# Of the third level those that are about what Enlist is for.
THIRD = {"1.2.10", "2.3.5", "5.2.4", "5.3.3", "14.2.7", "15.4.2"}
# What a requirement without a test says of itself: it is about something that is not there, met by a page of the
# documentation, or not met yet.
REASON = re.compile(r"(?:not applicable|open): \w.{8,}|documented: (?P<page>[\w./-]+)(?:[:;, ].*)?")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows() -> list[dict[str, str]]:
    return read(TABLE)


def levels() -> dict[str, str]:
    return {row["requirement"]: row["level"] for row in read(STANDARD)}


@cache
def found_in(path: str) -> set[str]:
    """The tests that a file has."""
    if not (ROOT / path).is_file():
        return set()
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_standard_is_whole() -> None:
    assert Counter(levels().values()) == {"1": 70, "2": 183, "3": 92}


def test_every_requirement_of_the_first_two_levels_is_listed_once_with_what_is_done() -> None:
    named, wanted = [row["requirement"] for row in rows()], levels()

    assert [name for name, count in Counter(named).items() if count > 1] == []
    assert {name for name, level in wanted.items() if level != "3"} | THIRD <= {*named}
    assert {row["requirement"]: row["level"] for row in rows() if wanted.get(row["requirement"]) != row["level"]} == {}
    assert [row for row in rows() if not row["what Enlist does"]] == []


def test_they_are_in_the_order_of_the_standard() -> None:
    named = [row["requirement"] for row in rows()]

    assert named == [name for name in levels() if name in named]


def test_every_test_it_names_is_there() -> None:
    named = [test.split("::") for row in rows() for test in row["tests"].split()]

    assert [(path, name) for path, name in named if name not in found_in(path)] == []


def test_every_requirement_without_a_test_has_a_reason() -> None:
    untested = {row["requirement"]: row["note"] for row in rows() if not row["tests"]}
    reasons = {name: REASON.fullmatch(note) for name, note in untested.items()}

    assert [name for name, reason in reasons.items() if not reason] == []
    pages = {reason["page"] for reason in reasons.values() if reason and reason["page"]}
    assert [page for page in pages if not (ROOT / page).exists()] == []


@pytest.mark.parametrize("note", ["", "open: ", "later", "not applicable", "documented: "])
def test_no_reason_is_none(note: str) -> None:
    assert not REASON.fullmatch(note)


def test_open_requirements_are_listed_and_do_not_grow() -> None:
    open_now = {row["requirement"] for row in rows() if row["note"].startswith("open: ")}

    assert len(open_now) <= 15
    assert {name for name in open_now if levels()[name] == "1"} == {"15.2.1"}
