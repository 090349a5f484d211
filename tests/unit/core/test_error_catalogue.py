"""Every error that is raised by its code is in the catalogue, with its class and all fields its sentence names."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from enlist.cli import hints as of_commands
from enlist.core import errors
from enlist.core.errors import ERRORS, EnlistError, NotFound, PolicyError, error_json
from enlist.web import hints as of_pages

SRC = Path(errors.__file__).parents[2]
FAMILY = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, EnlistError)}


def raised() -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Where, which class, which code and which fields, of every error made with a code."""
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAMILY and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and code.value in ERRORS:
                    fields = frozenset(keyword.arg or "**" for keyword in node.keywords)
                    yield f"{path.relative_to(SRC)}:{node.lineno}", node.func.id, str(code.value), fields


def named(sentence: str) -> set[str]:
    """The fields that a sentence names."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize(("place", "family", "code", "fields"), sorted(raised()))
def test_an_error_is_raised_as_the_catalogue_has_it(place: str, family: str, code: str, fields: frozenset[str]) -> None:
    kind = ERRORS[code]

    assert family == kind.family.__name__, place
    assert "**" in fields or named(kind.sentence + kind.hint) <= fields, place


@pytest.mark.parametrize("hints", [of_commands.HINTS, of_pages.HINTS])
def test_hints_are_about_errors_there_are_and_name_their_fields(hints: dict[str, str]) -> None:
    for code, hint in hints.items():
        given = next((fields for _, _, raised_code, fields in raised() if raised_code == code), None)
        assert code in ERRORS
        assert given is None or named(str(hint)) <= given


def test_no_sentence_of_the_catalogue_names_a_command_or_an_option() -> None:
    assert [code for code, kind in ERRORS.items() if "`" in kind.sentence + kind.hint or "--" in kind.hint] == []


def test_an_error_says_its_sentence_and_what_helps() -> None:
    error = PolicyError("days_refused", what="length", value="soon")

    assert (error.code, error.message) == ("days_refused", "The length can't be “soon”.")
    assert error.hint == "Give a number of days, or 0 for no end."
    assert error_json(error) == {
        "code": "days_refused",
        "message": "The length can't be “soon”.",
        "hint": "Give a number of days, or 0 for no end.",
        "line": None,
        "column": None,
        "fields": {"what": "length", "value": "soon"},
    }


def test_an_error_without_words_of_its_own_has_those_of_its_class() -> None:
    assert NotFound().message == "There is no such thing in this organisation."
