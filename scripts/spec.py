#!/usr/bin/env python3
"""List the statements of tests/spec_ids.toml that no test covers."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"


def titles() -> dict[str, str]:
    """Every statement's ID and title."""
    families = tomllib.loads((TESTS / "spec_ids.toml").read_text("utf-8"))
    return {number: title for family in families.values() for number, title in family.items()}


def carried() -> dict[str, list[Path]]:
    """The IDs that tests cover, and where."""
    places: dict[str, list[Path]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for number in _marks(ast.parse(path.read_text("utf-8"))):
            places.setdefault(number, []).append(path.relative_to(TESTS))
    return places


def _marks(tree: ast.AST) -> Iterator[str]:
    """The IDs in every `pytest.mark.spec(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.spec":
            yield from (ast.literal_eval(argument) for argument in node.args)


def main() -> None:
    """Print the open statements, and how many are covered."""
    known, done = titles(), carried()
    for number, title in known.items():
        if number not in done:
            print(f"{number}  {title}")
    print(f"{len(known.keys() & done.keys())} of {len(known)} statements have a test")
    unknown = sorted(done.keys() - known.keys())
    if unknown:
        sys.exit(f"Tests have unknown IDs: {', '.join(unknown)}")


if __name__ == "__main__":
    main()
