"""How a command starts and ends."""

import json
from collections.abc import Callable

import pytest

import enlist.core.errors
from enlist.cli.imports import presets
from enlist.cli.session import EXIT_CODES
from enlist.core.errors import EnlistError, PlanError, PolicyError, StalePlan

from .conftest import Answer

Enlist = Callable[..., Answer]


def test_it_shows_its_version(enlist: Enlist) -> None:
    assert enlist("--version") == Answer(0, "enlist 0.1.0\n", "")


def test_it_refuses_a_command_that_is_not_there(enlist: Enlist) -> None:
    answer = enlist("improt")

    assert (answer.code, answer.out) == (2, "")
    assert "No such command 'improt'" in answer.err


def raising(error: Exception, *, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(value: object) -> None:
        raise error

    monkeypatch.setattr(presets, "print_json", fail)


def test_a_foreseen_error_leaves_as_a_sentence_a_hint_and_its_code(
    enlist: Enlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(PlanError("plan_file_missing", path="plan\x1b[2J.zip"), monkeypatch=monkeypatch)

    answer = enlist("presets", "--json")

    assert (answer.code, answer.err) == (
        3,
        "Error: There is no file plan\\x1b[2J.zip.\nMake a plan with `enlist plan … --save`.\n",
    )


def test_an_error_of_a_command_that_prints_json_is_json_too(enlist: Enlist, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(PolicyError("days_refused", what="length", value="soon"), monkeypatch=monkeypatch)

    answer = enlist("presets", "--json")

    assert answer.code == 2
    assert answer.err == "Error: The length can't be “soon”.\nGive a number of days, or 0 for no end.\n"
    assert json.loads(answer.out) == {
        "error": {
            "code": "days_refused",
            "message": "The length can't be “soon”.",
            "hint": "Give a number of days, or 0 for no end.",
            "line": None,
            "column": None,
            "fields": {"what": "length", "value": "soon"},
        }
    }


def test_an_error_nobody_foresaw_leaves_without_a_traceback(enlist: Enlist, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(ZeroDivisionError("by zero"), monkeypatch=monkeypatch)

    assert enlist("presets", "--json") == Answer(
        1,
        '{\n  "error": {\n    "code": "unexpected",\n    "message": "ZeroDivisionError: by zero"\n  }\n}\n',
        "Unexpected error: ZeroDivisionError: by zero\n"
        "Please report it, with the traceback that `enlist --debug …` shows.\n",
    )


def test_debug_shows_where_an_error_happened(enlist: Enlist, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(StalePlan("plan_stale"), monkeypatch=monkeypatch)

    with pytest.raises(StalePlan):
        enlist("--debug", "presets", "--json")


def test_an_interruption_has_its_own_code(enlist: Enlist, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(value: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(presets, "print_json", interrupt)

    assert enlist("presets", "--json").code == 130


def test_every_error_has_a_documented_exit_code() -> None:
    family = [each for each in vars(enlist.core.errors).values() if isinstance(each, type)]
    codes = {each.exit_code for each in family if issubclass(each, EnlistError)}

    assert codes <= EXIT_CODES.keys()
