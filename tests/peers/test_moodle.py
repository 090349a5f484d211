"""The recorded cases, replayed on the database at hand: which of them come out as in Moodle, or differ on purpose."""

import json
from pathlib import Path

import pytest

from .moodle.case import DATA, load
from .moodle.run import Verdict, verdicts

FAILING = Path(__file__).parent / "moodle" / "failing.json"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["recorded.json", "derived.json"])
def test_recorded_cases_come_out_as_in_moodle_but_for_those_named(name: str) -> None:
    """What `failing.json` names is still to be built: the list can only become shorter."""
    still = set(json.loads(FAILING.read_text("utf-8"))[name])

    told = list(verdicts(load(DATA / name)))

    assert {verdict.name for verdict in told if verdict.failures} == still


def test_a_case_is_told_in_one_line() -> None:
    told = [
        Verdict("a", reasons=(), failures=()).told,
        Verdict("b", reasons=("D4", "D9"), failures=()).told,
        Verdict("c", reasons=("D4",), failures=("alice city: 'Rome' there, '' here",)).told,
    ]

    assert told == ["same", "differs on purpose: D4, D9", "differs: alice city: 'Rome' there, '' here"]
