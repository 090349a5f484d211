"""`enlist imports --watch`: the progress of imports, as a live table or as a line for each change."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from enlist.cli.hints import error_text
from enlist.cli.terminal import print_json_line, print_text, say
from enlist.core.table.printable import printable

from .results import import_line

if TYPE_CHECKING:
    from enlist.services.access import Scope
    from enlist.services.imports.summary import ImportSummary

# In seconds.
POLL_INTERVAL: Final = 0.5


def watch(scope: Scope, *, limit: int, as_json: bool) -> None:
    """Show running imports until all of them have ended."""
    if sys.stderr.isatty() and not as_json:
        _watch_live(scope, limit=limit)
        return
    printed: dict[int, ImportSummary] = {}
    for found in _polls(scope, limit=limit):
        for each in found:
            # Two errors are never equal, and none changes unless the state does.
            comparable = replace(each, error=None)
            if printed.get(each.number) != comparable:
                printed[each.number] = comparable
                print_json_line(each) if as_json else print_text(_line(each))


def _watch_live(scope: Scope, *, limit: int) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    with Live(console=Console(stderr=True)) as live:
        for found in _polls(scope, limit=limit):
            table = Table("import", "file", "state", "rows", "per second", "left", box=None, header_style="bold")
            for each in found:
                table.add_row(*(Text(printable(cell)) for cell in _cells(each)))
            live.update(table, refresh=True)


def _polls(scope: Scope, *, limit: int) -> Iterator[list[ImportSummary]]:
    """The imports that are running or have ended since the first poll."""
    from enlist.services.imports import plan

    watched: set[int] = set()
    while True:
        found = plan.imports_list(scope, limit=limit)
        running = {each.number for each in found if each.progress}
        watched |= running
        yield [each for each in reversed(found) if each.number in watched]
        if not running:
            break
        time.sleep(POLL_INTERVAL)
    if not watched:
        say("No import is running.")


def _line(each: ImportSummary) -> str:
    number, file, state, rows, rate, left = _cells(each)
    speed = f", {rate} per second, {left} left" if left else ""
    problem = error_text(each.error) if each.error else ""
    result = import_line(each)["changes"] if each.state in ("applied", "nothing_to_do") else problem
    progress = f", {rows}{speed}" if rows else ""
    return printable(f"Import {number} ({file}): {state}{progress}{f': {result}' if result else ''}")


def _cells(each: ImportSummary) -> tuple[str, ...]:
    """Number, file, state with phase, rows, rate, time left; "" if unknown."""
    now = each.progress
    state = each.state.replace("_", " ") + (f", {now.phase}" if now and now.phase else "")
    rows = f"{now.done:,} of {now.total:,}" if now and now.total else ""
    rate = f"{now.rate:,.0f}" if now and now.rate else ""
    left = f"{now.left:,.0f} s" if now and now.left is not None else ""
    return str(each.number), each.file, state, rows, rate, left
