"""A database that isn't set up yet: workers wait, all others report it, and only one process sets it up (R15)."""

import signal
import time
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.faults.test_at_once import all_at_once
from tests.faults.trial import IMPORT, WORK, Place
from tests.support.serving import free_address, served

NOT_SET_UP = "The database isn't set up, or is older than this version of Enlist."
ATTEMPTS = "SELECT attempts FROM operations_job"


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A site that nobody has set up, on either database."""
    own = request.getfixturevalue("own_server") if request.param == "postgresql" else None
    return Place.bare(tmp_path / "bare", server=own)


@pytest.mark.slow
def test_who_sets_it_up_at_the_same_time_waits_for_the_other(bare: Place) -> None:
    said = all_at_once(bare, [("init", "--demo")] * 3)

    assert [each for each in said if each.code] == []
    assert sorted(each.out.splitlines()[0] for each in said) == [
        "Created the tables.",
        *["The tables are up to date."] * 2,
    ]
    assert bare.rows("SELECT count(*) FROM store_person") == [(400,)]
    assert bare.complaints() == []


@pytest.mark.slow
def test_a_worker_started_too_early_waits_and_then_works(bare: Place) -> None:
    worker = bare.start("worker")
    assert worker.stderr
    told = [worker.stderr.readline(), worker.stderr.readline()]
    # Long enough for it to look again, some times.
    time.sleep(3)
    assert bare.enlist("init", "--demo").code == 0
    (bare.folder / "roster.csv").write_text("username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n")
    assert bare.enlist(*IMPORT, "--background").code == 0
    told.append(worker.stderr.readline())
    worker.send_signal(signal.SIGTERM)
    rest = worker.communicate(timeout=60)[1]

    assert NOT_SET_UP in told[1]
    assert told[2] == "Job 1 (imports.carry_out, import 1): done.\n"
    assert ("".join(told) + rest).count(NOT_SET_UP) == 1
    assert bare.operated(ATTEMPTS) == [(1,)]


@pytest.mark.slow
def test_a_command_explains_how_to_set_up_the_site(bare: Place) -> None:
    said = [bare.enlist(*words) for words in (("imports",), WORK, ("people", "list"))]

    assert {each.code for each in said} == {5}
    home = bare.folder / "var"
    assert {each.err.removeprefix("Waiting for jobs.\n") for each in said} == {
        f"Error: {NOT_SET_UP}\nRun `enlist init`. Enlist keeps its files in {home}.\n"
    }


@pytest.mark.slow
def test_a_page_shows_that_the_site_is_not_set_up(bare: Place) -> None:
    address, said = free_address(), []
    with served(bare, address=address, is_bare=True):
        for path in ("sign-in/", "imports/", "health/"):
            with pytest.raises(HTTPError) as refused:
                urlopen(f"http://{address}/{path}")
            said.append((refused.value.code, NOT_SET_UP in unescape(refused.value.read().decode())))

    assert said == [(503, True)] * 3
