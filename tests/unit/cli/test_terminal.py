"""What is written to which stream, and how."""

import json
from collections.abc import Callable

import pytest

from enlist.cli import terminal
from enlist.core.errors import PolicyError

Captured = pytest.CaptureFixture[str]


def test_talk_goes_to_stderr_and_data_to_stdout(capsys: Captured) -> None:
    terminal.say("one", "two\x07")
    terminal.print_text("three")

    said = capsys.readouterr()
    assert (said.err, said.out) == ("one\ntwo\\x07\n", "three\n")


def test_json_is_whole_and_cannot_drive_a_terminal(capsys: Captured) -> None:
    value = {"name": "Zoë \x1b[2J\x9b31m \u202etxt \U000e0041", "rows": [1, None, True]}

    terminal.print_json(value)

    text = capsys.readouterr().out
    assert json.loads(text) == value
    assert "Zoë" in text
    assert not set(text) & {"\x1b", "\x9b", "\u202e", "\U000e0041"}


def test_a_table_in_a_pipe_cuts_nothing_off(capsys: Captured) -> None:
    terminal.print_table([{"name": "x" * 200, "n": 1}, {"name": "[bold]y\x1b[0m", "n": 20}])

    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        f"name{' ' * 197} n",
        f"{'x' * 200}  1",
        f"[bold]y\\x1b[0m{' ' * 186}  20",
    ]


@pytest.mark.parametrize(("yes", "terminal_there"), [(True, False), (True, True), (False, True)])
def test_it_can_ask_where_there_is_a_terminal_or_nothing_to_ask(
    yes: bool, terminal_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: terminal_there)

    terminal.check_can_ask(yes=yes)


def test_it_refuses_to_go_on_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    with pytest.raises(PolicyError, match="Cannot ask for confirmation: standard input is not a terminal"):
        terminal.check_can_ask(yes=False)


@pytest.mark.parametrize(("typed", "expected"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_it_continues_only_after_yes(
    typed: str, expected: bool, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    answers: Callable[..., str] = lambda prompt="": typed.strip()  # noqa: E731
    monkeypatch.setattr("typer._click.termui.visible_prompt_func", answers)

    assert terminal.confirm("Apply?", yes=False) is expected
    assert capsys.readouterr().out == ""


def test_progress_is_silent_in_a_pipe(capsys: Captured) -> None:
    with terminal.progress() as tell:
        tell("reading", 0, 0)

    assert capsys.readouterr() == ("", "")
