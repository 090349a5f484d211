"""Limits of the code: the length of modules and functions, and the number of arguments."""

import ast
from pathlib import Path

import pytest

import enlist

SOURCE = Path(enlist.__file__).parent
ALL = sorted(SOURCE.rglob("*.py"))
MODULES = [path for path in ALL if "migrations" not in path.parts]
NAMES = [str(path.relative_to(SOURCE)) for path in MODULES]
MOST_LINES = 500
MOST_LINES_OF_FUNCTION = 40
MOST_KEYWORDS = 5
BY_PLACE = {
    "check": "a table and its headers are what is checked",
    "assemble": "a head and its parts are what a plan is",
    "plan": "rows and a directory are what a plan is made of",
    "plan_batch": "the same",
    "plan_rows": "the same",
    "walk": "the same",
    "preview": "a directory, and how it would change",
    "silent": "progress is reported as phase, done, total",
    "allow_migrate": "Django's routers are called so",
    "handle_starttag": "Python's reader of HTML is called so",
    "receive_data_chunk": "Django hands over a piece of a file and where it begins",
    "slice": "offset and length, as everybody who slices says them",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def length(function: Function) -> int:
    """Lines from `def` to the end, less the docstring."""
    assert function.end_lineno
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    told = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return function.end_lineno - function.lineno + 1 - told


def is_free(function: Function) -> bool:
    """Whose arguments are somebody else's: the language's, a command's flags, an overridden method's."""
    decorators = {ast.unparse(decorator).split("(")[0] for decorator in function.decorator_list}
    is_command = any(name.endswith((".command", ".callback")) for name in decorators)
    is_agreed = function.name in BY_PLACE
    is_dunder = function.name.startswith("__") and function.name.endswith("__")
    return is_command or is_agreed or is_dunder or bool(decorators & {"override", "typing.override"})


def positional(function: Function) -> list[str]:
    """Arguments that can be given by place, after the first and after `self`."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if names and names[0] in {"self", "cls"}:
        names = names[1:]
    return names[1:]


@pytest.mark.parametrize("path", ALL, ids=[str(path.relative_to(SOURCE)) for path in ALL])
def test_a_module_has_at_most_500_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_function_has_at_most_40_lines(path: Path) -> None:
    long = {
        function.name: length(function) for function in functions(path) if length(function) > MOST_LINES_OF_FUNCTION
    }

    assert long == {}


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_arguments_after_the_first_are_keywords_and_five_at_most(path: Path) -> None:
    ours = [function for function in functions(path) if not is_free(function)]

    assert {function.name: names for function in ours if (names := positional(function))} == {}
    assert [function.name for function in ours if len(function.args.kwonlyargs) > MOST_KEYWORDS] == []
