"""What services say is said on pages without the names of commands; the command line says it as it is."""

import ast
import re
from pathlib import Path

import pytest

from enlist.web.telling import on_page

SOURCE = Path(__file__).parents[2] / "src" / "enlist"
# Whoever runs the site reads these, on whatever page they come up.
FOR_WHO_RUNS_IT = (
    "Run `enlist init`.",
    "`enlist people export` writes any number of them.",
    "; `enlist passwords 7` goes on where it was.",
)
COMMAND = re.compile(r"`enlist |--[a-z]")


def hints() -> set[str]:
    """Every text of the floors below the counters that names a command or a flag; what stands in it is a 7."""
    found: set[str] = set()
    for floor in ("core", "formats", "store", "services"):
        for path in (SOURCE / floor).rglob("*.py"):
            if path.name not in ("dumps.py", "backup.py", "scope.py"):
                found |= {text for text in texts(path) if COMMAND.search(text)}
    return found


def texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    pieces = {id(piece) for node in whole for piece in ast.walk(node) if piece is not node}
    plain = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {said(node) for node in [*whole, *plain] if id(node) not in documented | pieces}


def said(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value).replace("{number}", "7").replace("{people}", "7")
    assert isinstance(node, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)


def test_no_message_names_a_command_on_a_page() -> None:
    found = hints()

    assert len(found) > 20
    assert {text for text in found if COMMAND.search(on_page(text)) and not text.endswith(FOR_WHO_RUNS_IT)} == set()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Look at it with `enlist show 12`, then confirm that number.", "Look at it again, then type that number."),
        ("Look at it again with `enlist show 12`, then confirm 37.", "Look at it again, then type 37."),
        ("There is no import 9. `enlist imports` lists them.", "There is no import 9."),
        ("`enlist undo 3` takes it back.", "“Undo this import” takes it back."),
        ("`enlist retention` tells how long plans are kept.", "The page Organisation tells how long plans are kept."),
        (
            "Save it as .xlsx, or say --set macros=let_in: they are never run.",
            "Save it as .xlsx, or let workbooks with macros in: no macro is ever run.",
        ),
        ("Its columns: a, b.", "Its columns: a, b."),
        (
            "New people need email, and no column has it: add it, set defaults.email, or set new_people = skip"
            " if nobody is to be created.",
            "New people need email, and no column has it: add it, give a default value for email"
            " (Settings), or choose “Update” (Settings) if nobody is to be created.",
        ),
        ("If it is a row, have every line read as one (--lines all).", "If it is a row, have every line read as one."),
    ],
)
def test_a_page_says_what_helps_there(said: str, shown: str) -> None:
    assert on_page(said) == shown
