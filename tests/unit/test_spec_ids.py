"""The list of statements matches the IDs in tests."""

import re

import spec


def test_every_id_that_a_test_carries_is_a_statements() -> None:
    assert sorted(spec.carried().keys() - spec.titles().keys()) == []


def test_every_statement_is_in_the_family_of_its_id_and_numbered_without_gaps() -> None:
    families: dict[str, list[int]] = {}
    for number in spec.titles():
        match = re.fullmatch(r"([A-Z]{2})-(\d\d)", number)
        assert match
        families.setdefault(match[1], []).append(int(match[2]))

    last = {"IC": 37, "EC": 26, "NE": 27, "TM": 30, "WL": 26, "EN": 18}
    assert families == {family: list(range(1, number + 1)) for family, number in last.items()}
