"""The recorded cases, replayed on this database: the result is Moodle's, or differs intentionally."""

import pytest

from .moodle.case import DATA, load
from .moodle.run import Verdict, verdicts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["recorded.json", "derived.json"])
def test_recorded_cases_come_out_as_in_moodle_or_differ_on_purpose(name: str) -> None:
    told = list(verdicts(load(DATA / name)))

    assert {verdict.name: verdict.failures for verdict in told if verdict.failures} == {}


def test_a_case_is_shown_in_one_line() -> None:
    told = [
        Verdict("a", reasons=(), failures=()).told,
        Verdict("b", reasons=("D4", "D9"), failures=()).told,
        Verdict("c", reasons=("D4",), failures=("alice city: 'Rome' there, '' here",)).told,
    ]

    assert told == ["same", "differs on purpose: D4, D9", "differs: alice city: 'Rome' there, '' here"]
