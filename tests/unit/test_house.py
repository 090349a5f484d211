"""The project's own statements about itself are true."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "src" / "enlist"
STRANGERS = re.compile(
    r"/(?:work|root|home|Users)/[\w.]|(?:index-url|find-links) *=|registry *= *http|https?://[\w.]*(?:pypi|pythonhosted|npmjs)\b"
)


def tracked() -> list[Path]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in told.split("\0") if name]


def test_no_file_names_a_machines_paths_or_a_package_host() -> None:
    texts = {path: path.read_text("utf-8", "replace") for path in tracked() if path.is_file()}
    lines = [(path, line) for path, text in texts.items() for line in text.splitlines()]

    assert [(str(path.relative_to(ROOT)), line) for path, line in lines if STRANGERS.search(line)] == []


@pytest.mark.parametrize("line", ["cd /wo" + "rk/x", "--index-url" + "=x", "see https://" + "pypi.org/p"])
def test_a_machines_path_or_package_host_would_be_found(line: str) -> None:
    assert STRANGERS.search(line)


def test_the_page_on_structure_names_every_package_and_no_other() -> None:
    rows = [line for line in (ROOT / "docs" / "structure.md").read_text("utf-8").splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`((?:\w+/)+)`", row) if not name.startswith("tests/")}
    found = {f"{path.parent.relative_to(PACKAGES)}/" for path in PACKAGES.rglob("__init__.py")} - {"./"}

    assert named == found


def test_the_page_on_structure_names_every_tier_of_tests_and_no_other() -> None:
    named = set(re.findall(r"`tests/(\w+)/`", (ROOT / "docs" / "structure.md").read_text("utf-8")))
    found = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}

    assert named == found


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))

    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def imported(path: Path) -> set[str]:
    """The first names of what a module imports."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in plain | named}


def test_the_source_imports_only_what_an_installation_brings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[\[<>=,]", line)[0] for line in project["dependencies"]}
    names = set.union(*(imported(path) for path in PACKAGES.rglob("*.py"))) - sys.stdlib_module_names - {"enlist"}
    makers = {name: {maker.lower() for maker in makers} for name, makers in packages_distributions().items()}

    assert {name: makers.get(name) for name in names if not declared & makers.get(name, set())} == {}


def test_no_page_sleeps() -> None:
    """Services that pages call wait for nobody either, but those that a person at a command asked to."""
    waiting = {path for path in PACKAGES.rglob("*.py") if re.search(r"\bsleep\(", path.read_text("utf-8"))}

    assert {str(path.relative_to(PACKAGES)) for path in waiting} == {
        "cli/server.py",
        "cli/imports/progress.py",
        "services/imports/background.py",
        "services/imports/commit.py",
    }


def test_the_changelog_starts_with_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    releases = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert releases[0] == version


def test_migrations_are_linear() -> None:
    numbers = [int(path.name[:4]) for path in sorted((PACKAGES / "store" / "migrations").glob("[0-9]*.py"))]

    assert numbers == list(range(1, len(numbers) + 1))
