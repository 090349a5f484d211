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

    done = "people updated: 22, people created: 245, enrolments: 499, course group memberships: 498"
    assert "Created the demo school: 400 people.\n" in first
    assert "Errors (5)\n" in first
    assert f"Import 1 is applied: {done}.\n" in first
    assert "created\n" not in again
    assert again.count(done) == 1, "the list of imports has the first one alone"


def test_the_readme_shows_what_the_command_answers(site: Site) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    typed, *promised = readme.split("```console\n$ enlist ")[1].split("```")[0].splitlines()
    (site.folder / "examples").symlink_to(ROOT / "examples")
    site.enlist("init", "--demo")

    answered = site.enlist(*typed.split()).out.splitlines()

    lines = iter(answered)
    assert [line for line in promised if line != "…" and line not in lines] == [], "in the order of the answer"
