import subprocess
from pathlib import Path

from tests.journeys.conftest import Site

ROOT = Path(__file__).parents[2]


def shown(site: Site) -> str:
    done = subprocess.run(
        ["sh", str(ROOT / "scripts" / "demo.sh")],
        env=site.environment | {"ENLIST_HOME": str(site.folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_demo_imports_its_roster_once_and_finds_nothing_to_change_again(site: Site) -> None:
    first, again = shown(site), shown(site)

    done = "people updated: 22, people created: 244, enrolments: 497, course group memberships: 496"
    assert "The demo school was opened: 400 people.\n" in first
    assert f"Import 1 is applied: {done}.\n" in first
    assert "Errors (11)\n" in first
    assert "created\n" not in again
    assert again.count(done) == 1, "the list of imports has the first one alone"
