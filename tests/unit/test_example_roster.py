"""The example files are what their script writes, and what the README says."""

import csv
import unicodedata
from pathlib import Path

import pytest

import make_example_roster

ROOT = Path(__file__).parents[2]
FILES = ("examples/roster.csv", "src/enlist/services/setup/demo_school/people.csv")


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_example_roster.make(folder)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_what_the_script_makes(name: str, made: Path) -> None:
    assert (ROOT / name).read_bytes() == (made / name).read_bytes()


def test_a_third_of_the_roster_is_known_and_some_of_them_change() -> None:
    known = {person["username"]: person for person in rows(FILES[1])}
    roster = [row for row in rows(FILES[0]) if row["username"] in known]

    changed = [row for row in roster if any(row[name] != known[row["username"]][name] for name in row)]

    assert (len(known), len(rows(FILES[0])), len(roster), len(changed)) == (400, 376, 125, 34)


def test_names_come_in_many_scripts() -> None:
    letters = {letter for row in rows(FILES[0]) for letter in row["firstname"] + row["lastname"] if letter.isalpha()}

    scripts = {unicodedata.name(letter).split()[0] for letter in letters}

    assert scripts >= {
        "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "DEVANAGARI",
        "TAMIL", "BENGALI", "THAI", "GEORGIAN", "ARMENIAN", "ETHIOPIC",
    }  # fmt: skip


def test_every_address_is_of_a_domain_reserved_for_examples() -> None:
    domains = {row["email"].rpartition("@")[2] for name in FILES for row in rows(name)}

    assert domains == {"northfield.example", "example.org", "example.net"}
