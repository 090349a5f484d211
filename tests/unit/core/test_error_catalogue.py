"""Every error is raised by a code of the catalogue, with its class and all fields its sentence names."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from enlist.cli import hints as of_commands
from enlist.core import errors
from enlist.core.errors import ERRORS, EnlistError, PolicyError, error_from, error_json, error_record
from enlist.core.flags.catalogue import FLAGS
from enlist.web import hints as of_pages

SRC = Path(errors.__file__).parents[2]
FAMILY = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, EnlistError)}
BELOW: Final = ("core", "formats", "store", "services")


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Where, which class, and the call, of every error that is made."""
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAMILY:
                yield f"{path.relative_to(SRC)}:{node.lineno}", node.func.id, node


CALLS: Final = tuple(_calls())


def _raised() -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Where, which class, which code and which fields, of every error made with a code that is written there."""
    for place, family, call in CALLS:
        code = call.args[0] if call.args else None
        if isinstance(code, ast.Constant):
            yield place, family, str(code.value), frozenset(keyword.arg or "**" for keyword in call.keywords)


RAISED: Final = tuple(sorted(_raised()))


def named(sentence: str) -> set[str]:
    """The fields that a sentence names."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def texts(path: Path) -> Iterator[str]:
    """The texts in a module that are not documentation."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


@pytest.mark.parametrize(("place", "family", "code", "fields"), RAISED)
def test_an_error_is_raised_as_the_catalogue_has_it(place: str, family: str, code: str, fields: frozenset[str]) -> None:
    kind = ERRORS[code]

    assert family == kind.family.__name__, place
    assert "**" in fields or named(kind.sentence + kind.hint) <= fields, place


def test_no_error_is_raised_with_a_sentence() -> None:
    """A code that isn't written in the call is one all the same: no text with a space, and no text with fields."""
    sentences = [
        place
        for place, _, call in CALLS
        for node in ast.walk(call.args[0] if call.args else ast.Constant(" "))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]

    assert sentences == []


def test_every_code_of_the_catalogue_is_raised_somewhere() -> None:
    written = {text for path in SRC.rglob("*.py") if "catalogue" not in path.parts for text in texts(path)}
    # The rest of these codes is chosen where they are raised.
    chosen = {code for code in ERRORS if code.startswith("key_column_")}

    assert set(ERRORS) - written - chosen == set()


@pytest.mark.parametrize("hints", [of_commands.HINTS, of_pages.HINTS])
def test_hints_are_about_errors_there_are_and_name_their_fields(hints: dict[str, str]) -> None:
    for code, hint in hints.items():
        given = next((fields for _, _, raised_code, fields in RAISED if raised_code == code), None)
        assert code in ERRORS
        assert given is None or named(str(hint)) <= given


def test_no_layer_below_the_interfaces_names_a_command_an_option_or_a_page() -> None:
    catalogued = {
        **{code: f"{kind.sentence} {kind.hint}" for code, kind in ERRORS.items()},
        **{code: f"{kind.sentence} {kind.fix}" for code, kind in FLAGS.items()},
    }
    words = {
        f"{path.relative_to(SRC)}: {text}"
        for layer in BELOW
        for path in (SRC / layer).rglob("*.py")
        for text in texts(path)
        if "`enlist " in text or " --" in text or "(--" in text
    }

    assert [code for code, text in catalogued.items() if re.search(r"`|--|\b(?:the|this) page\b", text)] == []
    assert words == set()


def test_an_error_has_its_sentence_and_hint() -> None:
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


def test_a_stored_error_is_the_same_again() -> None:
    error = errors.FileError("header_blank", line=4)

    stored = error_record(error)

    assert stored == {"code": "header_blank", "fields": {"line": 4}}
    assert (type(error_from(stored)), str(error_from(stored))) == (errors.FileError, str(error))


def test_an_unknown_stored_error_is_shown_by_its_code() -> None:
    assert error_from({"code": "no_such_code", "fields": {}}).message == (
        "This failed in another version of Enlist: no_such_code."
    )
