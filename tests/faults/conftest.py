"""A school to damage, on SQLite and on a PostgreSQL server for the trials alone."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server import Server, server
from tests.faults.trial import COUNTED, POINTS, SEED, Place

# Under which name a test tells its counts: points tried, and at how many of them something did not hold.
PROPERTY = "faults"


@pytest.fixture(autouse=True)
def _counts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have the test's counts told at the end, in whatever process it runs."""
    COUNTED.clear()
    yield
    request.node.user_properties.extend((PROPERTY, counted) for counted in COUNTED)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many points each trial was tried at, and how many violations that showed."""
    reports = [each for of_kind in terminalreporter.stats.values() for each in of_kind]
    counts = [
        (report.nodeid.removeprefix("tests/faults/"), counted)
        for report in reports
        if getattr(report, "when", "") == "teardown"
        for name, counted in report.user_properties
        if name == PROPERTY
    ]
    if counts:
        terminalreporter.section(f"faults: FAULT_SEED={SEED} FAULT_POINTS={POINTS}")
    for trial, (points, violations) in counts:
        terminalreporter.line(f"{trial}: {points} points tried, {violations} violations")


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server]:
    """A server that these trials alone may kill."""
    with tempfile.TemporaryDirectory(prefix="enlist-pg-") as folder, server(Path(folder)) as own:
        yield own


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def school(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demo school on either database."""
    own = request.getfixturevalue("own_server") if request.param == "postgresql" else None
    name = Path(str(request.module.__name__)).suffix[1:]
    return Place.new(tmp_path_factory.mktemp(name) / name, server=own)
