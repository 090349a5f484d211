"""Watching: how far imports in work are, as a table that changes or as a line for each change."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from enlist.cli.hints import error_text
from enlist.cli.terminal import give, give_json_line, say
from enlist.core.table.printable import printable

from .results import import_line

if TYPE_CHECKING:
    from enlist.services.access import Scope
    from enlist.services.imports.plan import ImportSummary

# Seconds between two looks.
PAUSE: Final = 0.5


def watch(scope: Scope, *, limit: int, as_json: bool) -> None:
    """Tell about the imports in work, and about each once more when it has ended; returns when none is left."""
    if sys.stderr.isatty() and not as_json:
        _watch_live(scope, limit=limit)
        return
    told: dict[int, ImportSummary] = {}
    for found in _looks(scope, limit=limit):
        for each in found:
            # Two errors are never equal, and none changes unless the state does.
            comparable = replace(each, error=None)
            if told.get(each.number) != comparable:
                told[each.number] = comparable
                give_json_line(each) if as_json else give(_line(each))


def _watch_live(scope: Scope, *, limit: int) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    with Live(console=Console(stderr=True)) as live:
        for found in _looks(scope, limit=limit):
            table = Table("import", "file", "state", "rows", "a second", "left", box=None, header_style="bold")
            for each in found:
                table.add_row(*(Text(printable(cell)) for cell in _cells(each)))
            live.update(table, refresh=True)


def _looks(scope: Scope, *, limit: int) -> Iterator[list[ImportSummary]]:
    """Those in work, and those that were at the first look, again and again."""
    from enlist.services.imports import plan

    seen: set[int] = set()
    while True:
        found = plan.imports_list(scope, limit=limit)
        working = {each.number for each in found if each.progress}
        seen |= working
        yield [each for each in reversed(found) if each.number in seen]
        if not working:
            break
        time.sleep(PAUSE)
    if not seen:
        say("Nothing is in work.")


def _line(each: ImportSummary) -> str:
    number, file, state, rows, rate, left = _cells(each)
    speed = f", {rate} a second, {left} left" if left else ""
    problem = error_text(each.error) if each.error else ""
    told = import_line(each)["changes"] if each.state in ("applied", "nothing_to_do") else problem
    far = f", {rows}{speed}" if rows else ""
    return printable(f"Import {number} ({file}): {state}{far}{f': {told}' if told else ''}")


def _cells(each: ImportSummary) -> tuple[str, ...]:
    """Number, file, state with phase, rows, rate, time left; "" where it is not known."""
    now = each.progress
    state = each.state.replace("_", " ") + (f", {now.phase}" if now and now.phase else "")
    rows = f"{now.done:,} of {now.total:,}" if now and now.total else ""
    rate = f"{now.rate:,.0f}" if now and now.rate else ""
    left = f"{now.left:,.0f} s" if now and now.left is not None else ""
    return str(each.number), each.file, state, rows, rate, left
