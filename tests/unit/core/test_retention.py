"""How long files and plans are kept."""

from datetime import UTC, datetime

import pytest

from enlist.core.errors import PolicyError
from enlist.core.policy.retention import Retention

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_by_default_files_are_kept_for_30_days_plans_for_180_and_links_work_for_14() -> None:
    assert Retention.of({"other": 1}) == Retention(files=30, plans=180, links=14)
    assert Retention.of({"retention": {"files": 7, "plans": 365}}) == Retention(files=7, plans=365)


def test_it_knows_the_moment() -> None:
    kept = Retention(files=7, plans=31)

    assert kept.file_until(NOON) == datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert kept.plan_until(NOON) == datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, -1, 3_651, 1.5])
def test_it_refuses_a_time_that_makes_no_sense(days: int) -> None:
    with pytest.raises(PolicyError, match="Plans can be kept for 1 to 3,650 days"):
        Retention(plans=days)
