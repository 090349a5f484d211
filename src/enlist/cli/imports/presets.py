"""Presets, their settings and templates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from enlist.cli.session import AsJson
from enlist.cli.terminal import print_json, print_text, write_text
from enlist.core.policy import PolicyField
from enlist.core.policy.preset import Preset, Shortcut
from enlist.core.presets import PRESETS, preset

app = typer.Typer()

Name = Annotated[str, typer.Argument(metavar="PRESET", help="A preset that `enlist presets` lists.")]


@app.command("presets")
def list_presets(as_json: AsJson = False) -> None:
    """List the presets: ready-made import settings."""
    if as_json:
        print_json([{"name": p.name, "title": p.title, "description": p.description} for p in PRESETS.values()])
        return
    for each in PRESETS.values():
        print_text(f"{each.name}  {each.title}")
        print_text("\n".join(f"    {line}" for line in each.description.splitlines()))


@app.command("policy")
def show_policy(name: Name, as_json: AsJson = False) -> None:
    """Show the settings of a preset: their values, meanings and allowed values."""
    chosen = preset(name)
    if as_json:
        settings = [_field_json(field, chosen=chosen) for field in chosen.settings]
        print_json({"settings": settings, "shortcuts": [_shortcut_json(each) for each in chosen.shortcuts]})
        return
    for shortcut in chosen.shortcuts:
        print_text("\n".join(_shortcut_lines(shortcut, chosen=chosen)))
    for section, fields in groupby(chosen.settings, key=lambda field: field.section):
        print_text(section.upper())
        for field in fields:
            print_text("\n".join(_field_lines(field, chosen=chosen)))


@app.command("template")
def write_template(
    name: Name,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; default: stdout.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a CSV template with the columns of a preset and example rows."""
    chosen = preset(name)
    if as_json:
        print_json({"columns": chosen.columns, "rows": chosen.examples})
        return
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([chosen.columns, *chosen.examples])
    write_text(buffer.getvalue(), to=output)


def _field_json(field: PolicyField, *, chosen: Preset) -> dict[str, Any]:
    return {
        "name": field.name,
        "section": field.section,
        "meaning": field.meaning,
        "value": field.kind.dump(getattr(chosen.policy, field.name)),
        "allowed": [{"value": value, "meaning": meaning} for value, meaning in field.offered],
    }


def _shortcut_json(shortcut: Shortcut) -> dict[str, Any]:
    words = [{"value": name, "meaning": word.meaning, "sets": word.changes} for name, word in shortcut.words.items()]
    return {"name": shortcut.name, "meaning": shortcut.meaning, "words": words}


def _shortcut_lines(shortcut: Shortcut, *, chosen: Preset) -> Iterator[str]:
    yield "SETS SEVERAL"
    yield f"  {shortcut.name} = {shortcut.word_of(chosen.policy) or '(custom combination)'}"
    yield f"      {shortcut.meaning}"
    for name, word in shortcut.words.items():
        changes = ", ".join(f"{setting} = {value}" for setting, value in word.changes.items())
        yield f"      · {name}: {word.meaning} ({changes})"


def _field_lines(field: PolicyField, *, chosen: Preset) -> Iterator[str]:
    value = field.write(chosen.policy) or "(empty)"
    yield f"  {field.name} = {value}"
    yield f"      {field.meaning}"
    for word, meaning in field.offered:
        yield f"      · {word or '(empty)'}{': ' if meaning else ''}{meaning}"
