#!/usr/bin/env python3
"""Write the pages of docs/reference from the code; a test fails if they are out of date."""

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from enlist.cli.hints import FLAG_HINTS, HINTS
from enlist.cli.main import app
from enlist.cli.session import EXIT_CODES
from enlist.core.errors import ERRORS
from enlist.core.flags.catalogue import FLAGS, Scope
from enlist.core.headers.sources import sources
from enlist.core.policy import PolicyField, policy_fields
from enlist.core.policy.preset import Preset
from enlist.core.presets import PRESETS

WIDTH = 100
REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"


def policy_page() -> str:
    """Every setting, then every preset."""
    lines = [
        "# Import settings",
        "",
        "To change a setting of a preset, use `--set NAME=VALUE`. To change one entry of a setting, use its name",
        "(`--set defaults.city=Perth`); to change all entries, use JSON.",
        "[Choose import settings](../settings.md) explains the most common ones.",
    ]
    used = {field.name for preset in PRESETS.values() for field in preset.settings}
    shown = [field for field in policy_fields() if field.name in used]
    for section, fields in groupby(shown, key=lambda field: field.section):
        lines += ["", f"## {section}"]
        for field in fields:
            lines += _setting(field)
    for preset in PRESETS.values():
        lines += _preset(preset)
    return "\n".join(lines) + "\n"


def _setting(field: PolicyField) -> Iterator[str]:
    how = field.kind.name[0].upper() + field.kind.name[1:]
    yield from ("", f"### {field.name}", "", field.meaning, "", how + (":" if field.offered else "."), "")
    for value, meaning in field.offered:
        shown = f"`{value}`" if value else "*(empty)*"
        yield f"- {shown}{': ' if meaning else ''}{meaning}"
    if field.offered:
        yield ""
    for preset in PRESETS.values():
        start = field.write(preset.policy)
        shown = "not used" if field.name in preset.unused else f"`{start}`" if start else "empty"
        yield f"In `{preset.name}`: {shown}."


def _preset(preset: Preset) -> Iterator[str]:
    yield from ("", f"## Preset {preset.name}: {preset.title}", "", preset.description, "")
    yield "Offers " + ", ".join(f"`{name}`" for name in preset.offered) + "."
    for shortcut in preset.shortcuts:
        yield from ("", f"### {shortcut.name}", "", shortcut.meaning, "")
        for name, word in shortcut.words.items():
            changes = ", ".join(f"`{setting} = {value}`" for setting, value in word.changes.items())
            yield f"- `{name}`: {word.meaning} ({changes})"


def command_page() -> str:
    """Every command's help, as typing --help shows it, and the exit codes."""
    lines = [
        "# Commands",
        "",
        "Data goes to stdout; questions, progress and errors go to stderr. `--json` prints the data as JSON with",
        "stable keys. A file named `-` is stdin. An error is a sentence and a hint; `enlist --debug …` shows where it",
        "happened. [Import a file](../import.md) shows how to use the commands.",
        *_commands(get_command(app), parent=None, name="enlist"),
        "",
        "## Exit codes",
        "",
        "| code | meaning |",
        "| ---: | --- |",
        *(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()),
    ]
    return "\n".join(lines) + "\n"


def _commands(command: Any, *, parent: typer.Context | None, name: str) -> Iterator[str]:
    """The help of a command, then of the commands below it."""
    context = typer.Context(command, parent=parent, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    yield from ("", f"## {context.command_path}", "", "```", command.get_help(context).rstrip(), "```")
    for below, each in getattr(command, "commands", {}).items():
        yield from _commands(each, parent=context, name=below)


def error_page() -> str:
    """Every error and every flag: its code, its sentence, what helps, and what the command line says instead."""
    lines = [
        "# Errors and flags",
        "",
        "## Errors",
        "",
        "An error stops a command or a page. With `--json`, a command gives it as an object `error` with code,",
        "message, hint, line, column and fields. Codes stay; sentences may be reworded. Words in braces are fields.",
        "",
        "| code | exit code | sentence | what helps |",
        "| --- | ---: | --- | --- |",
        *(
            _cells(f"`{code}`", str(kind.family.exit_code), kind.sentence, HINTS.get(code, kind.hint))
            for code, kind in sorted(ERRORS.items())
        ),
        "",
        "## Flags",
        "",
        "A flag is about a cell, a row or the file, and is collected with others. An *error* means that the row or the",
        "file is out. A *warning* means that a value isn't imported or is doubtful, or that something changes who has",
        "access. A *notice* is all the rest.",
        "",
        "| code | level | about | sentence | what helps |",
        "| --- | --- | --- | --- | --- |",
        *(
            _cells(f"`{code}`", kind.level, _ABOUT[kind.scope], kind.sentence, FLAG_HINTS.get(code, kind.fix))
            for code, kind in FLAGS.items()
        ),
    ]
    return "\n".join(lines) + "\n"


def source_page() -> str:
    """Every export of another system that Enlist recognises, and the field of each of its columns."""
    lines = [
        "# Recognised exports",
        "",
        "Enlist recognises these files by their headers and reads their columns as that system means them. The plan",
        "says “Recognised as …”. Passwords, and columns that aren't named here, are read as in any other file.",
    ]
    for source in sources():
        used = [(header, slug) for header, slug in source.headers.items() if slug]
        lines += ["", f"## {source.name}", "", f"Described by its maker: <{source.page}>", ""]
        lines += ["| column | field |", "| --- | --- |", *(_cells(f"`{header}`", slug) for header, slug in used)]
        ignored = ", ".join(f"`{header}`" for header, slug in source.headers.items() if not slug)
        others = f", and headers like `{source.others}`" if source.others else ""
        lines += ["", f"Not imported: {ignored}{others}."]
        if source.sheets:
            lines += [
                "",
                f"Also recognised by the name of its sheet: {', '.join(f'`{name}`' for name in source.sheets)}.",
            ]
    return "\n".join(lines) + "\n"


_ABOUT = {
    Scope.CELL: "cell",
    Scope.DROPPED: "cell, not imported",
    Scope.ROW: "row",
    Scope.FILE: "file",
}


def _cells(*cells: str) -> str:
    shown = (re.sub(r"\{(\w+)[^}]*\}", r"{\1}", cell).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(shown)} |"


PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_page,
    "errors.md": error_page,
    "policy.md": policy_page,
    "sources.md": source_page,
}


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
