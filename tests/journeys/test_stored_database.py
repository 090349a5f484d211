"""A database of an earlier version is migrated; its imports can be undone, and its backup restored."""

from pathlib import Path

import pytest

from tests.journeys.conftest import Site
from tests.support.next_version import NEXT_VERSION
from tests.support.stored_database import STORED, imports, laid, people

EVERY = sorted(STORED.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("version", [{}, NEXT_VERSION], ids=["this version", "the next version"])
@pytest.mark.parametrize("stored", EVERY, ids=[path.name for path in EVERY])
def test_a_stored_database_is_brought_up_to_date(stored: Path, version: dict[str, str], site: Site) -> None:
    site = site.with_environment(version)
    states, after, before = laid(site, stored=stored)

    assert site.enlist("init").code == 0
    assert (imports(site), known(after, site)) == (states, after)
    assert site.enlist("undo", "2", "--yes").code == 0
    assert known(before, site) == before
    assert site.enlist("worker", "--until-empty").code == 0
    assert imports(site)["5"] == "applied"
    assert site.enlist("restore", "site.backup", "--yes").code == 0
    assert known(after, site) == after
    assert site.enlist("init").out.splitlines()[0] == "The tables are up to date."
    # Everybody keeps their role, and can get more, and links.
    assert site.enlist("roles", "list", "ann").out == "learner\n"
    assert site.enlist("links", "add", "ann", "parent", "dee").code == 0
    assert site.enlist("roles", "list", "dee").out == "parent\nlearner\n"


def known(expected: list[dict[str, str]], site: Site) -> list[dict[str, str]]:
    """Everybody, by the columns that an export had then."""
    return [{name: row[name] for name in expected[0]} for row in people(site)]
