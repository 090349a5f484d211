"""The front-end files are from the package versions in package.json, with their licences."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PINNED = json.loads((ROOT / "package.json").read_text("utf-8"))
FOLDERS = {
    "dependencies": ROOT / "src" / "enlist" / "web" / "static" / "vendor",
    "devDependencies": ROOT / "tests" / "browser" / "vendor",
}


def manifest(folder: Path) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return read


@pytest.mark.parametrize("kind", FOLDERS)
def test_the_versions_are_those_that_are_pinned(kind: str) -> None:
    assert {name: of["version"] for name, of in manifest(FOLDERS[kind]).items()} == PINNED[kind]


@pytest.mark.parametrize("kind", FOLDERS)
def test_the_files_are_whole_and_no_others(kind: str) -> None:
    folder = FOLDERS[kind]
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert found == {
        f"{name}/{file}": sum_ for name, of in manifest(folder).items() for file, sum_ in of["files"].items()
    }
    assert all("LICENSE" in of["files"] for of in manifest(folder).values())
