#!/usr/bin/env python3
"""Put small faults into a module, one at a time, and count how many the tests notice.

mutants.py MODULE [--tests PATH …] [--count N] [--seed N] [--only NUMBER …]

The faults are those of Cosmic Ray (a comparison reversed, a number off by one, a decorator removed, …), calls removed,
and conditions of SQL removed. They are drawn at random; --only tries those with these numbers. They are put into a copy
of the checkout, never into the checkout itself. Without --tests, the nearby tests are those of the tiers unit and
database that import the module; the file that noticed the last fault runs first. Faults that change only annotations or
the stars of signatures, or what a dataclass forbids, don't count.
"""

import argparse
import ast
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import cache_from_source
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]
TIERS = ("tests/unit", "tests/database")
# A fault that causes an endless loop counts as noticed after this many times the tests' usual duration.
PATIENCE = 4
# Faults of Cosmic Ray that any test notices, as Polars and most types refuse them.
TOO_PLAIN = re.compile(
    r"(BitAnd|BitOr)_(?!BitAnd|BitOr)|(?<!BitAnd)(?<!BitOr)_Bit[A-Za-z]+$|_(Pow|Mod|LShift|RShift)$|Invert_U"
    r"|_Is_(?!IsNot)|_IsNot_(?!Is$)|(?<!_Is)(?<!_IsNot)_Is(Not)?$"
)


@dataclass(frozen=True)
class Fault:
    """One small fault: its number in the module, its kind, and the module's text with it."""

    number: int
    name: str
    text: str


@dataclass(frozen=True)
class Result:
    """Whether the tests passed, in how many seconds, and the test file that failed."""

    passed: bool
    seconds: float
    failed: str


def main() -> None:
    """Choose faults, run the tests on each, and print the unnoticed ones and the number of noticed ones."""
    asked = _arguments()
    module = ROOT / asked.module
    source = module.read_text("utf-8")
    tests = asked.tests or _nearby(module)
    if not tests:
        sys.exit(f"No test of {' or '.join(TIERS)} imports {asked.module}: name some with --tests.")
    drawn = _drawn(source, asked=asked)
    print(f"{asked.module}: {len(drawn)} faults, {len(tests)} test files", flush=True)
    with tempfile.TemporaryDirectory(prefix="enlist-mutants-") as folder:
        survivors = _survivors(drawn, source=source, place=_copy(Path(folder)) / asked.module, tests=tests)
    noticed = len(drawn) - survivors
    print(f"{asked.module}: {noticed} of {len(drawn)} noticed ({noticed / max(len(drawn), 1):.0%})")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("module", help="a file below src")
    parser.add_argument("--tests", nargs="+", default=[], help="test files or folders")
    parser.add_argument("--count", type=int, default=40, help="how many faults to try")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", type=int, default=[], help="the numbers of faults")
    return parser.parse_args()


def _nearby(module: Path) -> list[str]:
    """The test files that import the module, or a name from it."""
    dotted = ".".join(module.relative_to(ROOT / "src").with_suffix("").parts)
    package, _, name = dotted.rpartition(".")
    paths = [path for tier in TIERS for path in sorted((ROOT / tier).rglob("test_*.py"))]
    return [str(path.relative_to(ROOT)) for path in paths if _imports(path, dotted=dotted, package=package, name=name)]


def _imports(path: Path, *, dotted: str, package: str, name: str) -> bool:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.module == dotted or (node.module == package and name in [each.name for each in node.names]):
            return True
    return False


def _drawn(source: str, *, asked: argparse.Namespace) -> list[Fault]:
    """As many faults as were asked for; only these are made, as making one takes a while."""
    makers, plain = _makers(source), _without_annotations(source)
    numbers = asked.only or random.Random(asked.seed).sample(range(len(makers)), len(makers))  # noqa: S311 no secret
    drawn: list[Fault] = []
    for number in numbers:
        if len(drawn) == asked.count:
            break
        name, make = makers[number]
        text = make()
        if text and _without_annotations(text) not in (plain, ""):
            drawn.append(Fault(number, name, text))
    return drawn


def _makers(source: str) -> list[tuple[str, Callable[[], str | None]]]:
    """All faults: their kinds, and what makes the module's text with it."""
    tree = get_ast(source)
    found: list[tuple[str, Callable[[], str | None]]] = [*_calls_removed(source), *_conditions_removed(source)]
    for name in operator_names():
        kind = get_operator(name)
        # Operators with arguments need configuration; we use the others.
        if not kind.arguments() and not TOO_PLAIN.search(name):
            count = sum(1 for node in ast_nodes(tree) for _ in kind().mutation_positions(node))
            make = partial(MutationVisitor.mutate_code, source, kind())
            found += [(name.rpartition("/")[2], partial(make, at)) for at in range(count)]
    return found


def _calls_removed(source: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """Checks and writes are often calls whose value nobody uses; Cosmic Ray removes none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            lines = source.splitlines(keepends=True)
            lines[node.lineno - 1 : node.end_lineno] = [" " * node.col_offset + "pass\n"]
            yield "CallRemoved", partial(str, "".join(lines))


def _conditions_removed(source: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """What a statement of SQL checks, up to the next condition or the end of the string."""
    for found in re.finditer(r" AND .+?(?= AND |(?<! = )\"[,)\s])", source):
        yield "ConditionRemoved", partial(str, source[: found.start()] + source[found.end() :])


def _without_annotations(source: str) -> str:
    """The program without what only type checkers read; "" if it isn't valid."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant(value=None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.keyword) and node.arg in ("frozen", "slots", "repr"):
            # These keywords of a dataclass forbid or save something, and change no result.
            node.value = ast.Constant(value=None)
        elif isinstance(node, ast.arguments):
            # A star or slash in a signature restricts callers, and changes no behaviour.
            node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            node.defaults += [each for each in node.kw_defaults if each]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
    return ast.dump(tree)


def _copy(folder: Path) -> Path:
    """A copy of the checkout, which uses the checkout's environment."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S607
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def _survivors(faults: list[Fault], *, source: str, place: Path, tests: list[str]) -> int:
    """How many faults no test noticed; prints each as a diff."""
    root = next(parent for parent in place.parents if (parent / "pyproject.toml").exists())
    usual = _run(tests, root=root, seconds=None)
    if not usual.passed:
        sys.exit("The tests fail without any fault; nothing was tried.")
    survivors = 0
    for fault in faults:
        place.write_text(fault.text, "utf-8")
        # Two faults may have the same size and time.
        Path(cache_from_source(str(place))).unlink(missing_ok=True)
        result = _run(tests, root=root, seconds=PATIENCE * usual.seconds + 10)
        survivors += result.passed
        if result.passed:
            print(
                f"\nNot noticed (number {fault.number}, {fault.name}):\n{_difference(source, fault.text)}", flush=True
            )
        # It is likely to notice the next one as well.
        tests = sorted(tests, key=lambda path: not result.failed.startswith(path))
    return survivors


def _run(tests: list[str], *, root: Path, seconds: float | None) -> Result:
    """Run tests on the copy until one fails."""
    command = [str(ROOT / ".venv/bin/pytest"), "-q", "-x", "-p", "no:cacheprovider", *tests]
    paths = os.pathsep.join([str(root / "src"), str(root / "scripts"), str(root)])
    environment = os.environ | {"PYTHONPATH": paths}
    begun = time.monotonic()
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, timeout=seconds, check=False, text=True
        )
    except subprocess.TimeoutExpired:
        return Result(passed=False, seconds=time.monotonic() - begun, failed="")
    failed = re.search(r"^(?:FAILED|ERROR) ([^:\s]+)", done.stdout, re.MULTILINE)
    seconds = time.monotonic() - begun
    return Result(passed=done.returncode == 0, seconds=seconds, failed=failed[1] if failed else "")


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


if __name__ == "__main__":
    main()
