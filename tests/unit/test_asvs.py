"""The table of security requirements names tests that there are (ASVS 5.0)."""

import ast
import csv
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "asvs.csv"


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def found_in(path: str) -> set[str]:
    """The tests that a file has."""
    if not (ROOT / path).is_file():
        return set()
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_requirement_stands_once_and_says_what_is_done() -> None:
    ids = [row["requirement"] for row in rows()]

    assert len(ids) == len(set(ids))
    assert [row for row in rows() if not row["what Enlist does"] or row["level"] not in ("1", "2", "3")] == []


def test_every_test_it_names_is_there() -> None:
    named = [test.split("::") for row in rows() for test in row["tests"].split()]

    assert [(path, name) for path, name in named if name not in found_in(path)] == []


def test_whatever_has_no_test_is_called_open_and_is_of_the_third_level() -> None:
    untested = {row["requirement"]: row for row in rows() if not row["tests"]}

    assert [name for name, row in untested.items() if not row["note"].startswith("open: ") or row["level"] != "3"] == []
