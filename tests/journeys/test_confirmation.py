"""At a terminal, Enlist asks for confirmation before it applies anything."""

import os
import pty
import select
import subprocess
import sys

import pytest

from tests.journeys.conftest import Site

ROSTER = "username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n"


def typed_at_a_terminal(site: Site, *words: str, answer: str) -> tuple[int, str]:
    """Type a command and the answer to its question; the exit code and everything the terminal showed."""
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "enlist", *words],
        cwd=site.folder,
        env=site.environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            select.select([keyboard], [], [])
            shown += os.read(keyboard, 65_536)
        except OSError:  # the last to hold the terminal has left
            break
        if b"[y/N]: " in shown and answer:
            os.write(keyboard, f"{answer}\n".encode())
            answer = ""
    os.close(keyboard)
    return process.wait(), shown.decode()


@pytest.fixture
def asked(site: Site) -> Site:
    site.enlist("init")
    site.file("roster.csv", text=ROSTER)
    return site


def people(site: Site) -> str:
    return site.enlist("people", "export").out


def test_yes_applies_what_was_shown(asked: Site) -> None:
    code, shown = typed_at_a_terminal(asked, "import", "roster.csv", answer="y")

    assert code == 0
    assert shown.index("line 2  ann  created") < shown.index("Apply this? [y/N]: ") < shown.index("Import 1 is applied")
    assert people(asked) == ROSTER


def test_anything_else_applies_nothing(asked: Site) -> None:
    code, shown = typed_at_a_terminal(asked, "import", "roster.csv", answer="n")

    assert code == 1
    assert shown.rstrip().endswith("Nothing was applied.")
    assert people(asked) == ROSTER.splitlines()[0] + "\n"
    assert asked.enlist("imports").out == ""


def test_an_undo_asks_as_well(asked: Site) -> None:
    asked.enlist("import", "roster.csv", "--yes")

    code, shown = typed_at_a_terminal(asked, "undo", "1", answer="n")

    assert (code, "people removed" in shown) == (1, True)
    assert people(asked) == ROSTER
