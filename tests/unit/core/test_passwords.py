"""Whose password an import sets, and how strong a password is."""

import polars as pl
import pytest

from enlist.core.planner.people.passwords import are_weak, uses_file
from enlist.core.policy import Policy


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("Corr3ct-H", False),
        ("Corr3ct-", False),
        ("Corr3c-", True),  # seven
        ("Correct-Horse", True),  # no digit
        ("corr3ct-horse", True),  # no capital
        ("CORR3CT-HORSE", True),  # no small letter
        ("Corr3ctHorse", True),  # nothing else
        ("Ärger-über٣", False),  # letters and digits of any script
        ("пароль-Пароль7", False),
        ("Corr3ct horse", False),  # a blank is another sign
    ],
)
def test_a_password_is_weak_by_the_peers_rules(password: str, *, weak: bool) -> None:
    """spec/moodle-upload.md §2.5."""
    assert are_weak(pl.Series([password])).to_list() == [weak]


@pytest.mark.parametrize(
    ("settings", "uses"),
    [
        ({}, False),
        ({"passwords": ["generate", "activation_link"]}, False),
        ({"passwords": ["column"]}, True),
        ({"existing_passwords": "from_file"}, False),  # nobody known is updated
        ({"existing_passwords": "from_file", "existing_people": "update"}, False),
        ({"existing_passwords": "from_file", "existing_people": "update", "update_details": "fill_missing"}, False),
        ({"existing_passwords": "from_file", "existing_people": "update", "update_details": "from_file"}, True),
    ],
)
def test_passwords_of_a_file_are_read_only_where_one_is_set(settings: dict[str, object], *, uses: bool) -> None:
    assert uses_file(Policy().replace(**settings)) is uses
