"""Output: data goes to stdout, messages go to stderr, and no cell of a file can send control codes to either."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import typer

from enlist.cli.plain import plain
from enlist.core.errors import FileError, PolicyError
from enlist.core.table.printable import UNSAFE, printable
from enlist.formats.files.private_files import own_open


def say(*lines: str) -> None:
    """Print a message to stderr."""
    for line in lines:
        typer.echo(printable(line), err=True)


def print_text(text: str) -> None:
    """Print data to stdout. Callers make values of a file printable first."""
    typer.echo(text)


def write_text(text: str, *, to: Path | None) -> None:
    """Write text to a file as UTF-8, or to stdout. Raises FileError."""
    if to is None or str(to) == "-":
        typer.echo(text, nl=False)
        return
    with writing(to) as file:
        file.write(text.encode())


def write_bytes(blocks: Iterable[bytes], *, to: Path) -> None:
    """Write bytes to a file, or to stdout if it is `-`. Raises FileError."""
    if str(to) == "-":
        for block in blocks:
            typer.echo(block, nl=False)
        return
    rest = iter(blocks)
    # An error in the first block is raised before the file is opened.
    first = list(islice(rest, 1))
    with writing(to) as file:
        file.writelines(chain(first, rest))


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that only its owner can read. Raises FileError."""
    try:
        with own_open(path) as file:
            yield file
    except OSError as error:
        raise FileError("file_unwritable", file=path, reason=error.strerror) from error


def print_json(value: object) -> None:
    """Print JSON to stdout, in UTF-8, with control codes escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=plain)
    typer.echo(UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], text))


def print_json_line(value: object) -> None:
    """Print one JSON value on a line of its own to stdout, without buffering."""
    typer.echo(json.dumps(value, default=plain))
    sys.stdout.flush()


def print_table(rows: Sequence[Mapping[str, object]]) -> None:
    """Print a table to stdout, as wide as the terminal; the first row's keys are the headers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*rows[0], box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(printable(str(value))) for value in row.values()))
    # Don't cut off cells in a pipe.
    console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=10_000)
    with console.capture() as lines:
        console.print(table)
    print_text("\n".join(line.rstrip() for line in lines.get().splitlines()))


def confirm(question: str, *, yes: bool) -> bool:
    """Ask on stderr, unless --yes is set. Call `check_can_ask` first."""
    return yes or typer.confirm(question, err=True)


def check_can_ask(*, yes: bool) -> None:
    """Raise PolicyError if stdin isn't a terminal and --yes is missing."""
    if not yes and not sys.stdin.isatty():
        raise PolicyError("cannot_ask")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar on stderr if that is a terminal; yields a function of (phase, done, total)."""
    if not sys.stderr.isatty():
        yield lambda phase, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda phase, done, total: bar.update(task, description=phase, completed=done, total=total or None)
