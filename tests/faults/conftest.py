"""A school to be spoilt, on SQLite and on a server of the trials' own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server import Server, server
from tests.faults.trial import Place


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
