"""What the project says of itself is so, and it speaks of nothing else."""

import re
import subprocess
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


@pytest.mark.parametrize("line", ["cd /work/" + "x", "--index-url" + "=x", "see https://" + "pypi.org/p"])
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


def test_the_changelog_starts_with_the_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert version
    assert newest
    assert newest[1] == version[1]
