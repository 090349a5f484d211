"""The terminal: data goes to stdout, talk to stderr, and no cell can drive either."""

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
    """Talk: lines on stderr."""
    for line in lines:
        typer.echo(printable(line), err=True)


def give(text: str) -> None:
    """Data: text on stdout, made printable by whoever made it."""
    typer.echo(text)


def write_text(text: str, *, to: Path | None) -> None:
    """Data: text to a file as UTF-8, or to stdout. Raises FileError where the file cannot be written."""
    if to is None or str(to) == "-":
        typer.echo(text, nl=False)
        return
    with writing(to) as file:
        file.write(text.encode())


def write_bytes(blocks: Iterable[bytes], *, to: Path) -> None:
    """Data: bytes, block by block, to a file or (-) to stdout. Raises FileError where the file cannot be written."""
    if str(to) == "-":
        for block in blocks:
            typer.echo(block, nl=False)
        return
    first = iter(blocks)
    # What cannot be made raises before the file is touched.
    begun = list(islice(first, 1))
    with writing(to) as file:
        file.writelines(chain(begun, first))


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file that others cannot read. Raises FileError where what is inside cannot write to this path."""
    try:
        with own_open(path) as file:
            yield file
    except OSError as error:
        raise FileError("file_unwritable", file=path, reason=error.strerror) from error


def give_json(value: object) -> None:
    """Data: JSON on stdout, in UTF-8, with everything escaped that could drive a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=plain)
    typer.echo(UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], text))


def give_json_line(value: object) -> None:
    """Data: one of many JSON values on stdout, a line each, out at once."""
    typer.echo(json.dumps(value, default=plain))
    sys.stdout.flush()


def give_table(rows: Sequence[Mapping[str, object]]) -> None:
    """Data: a table on stdout, as wide as the terminal; the columns are the first row's keys."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*rows[0], box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(printable(str(value))) for value in row.values()))
    # In a pipe nothing is cut off: what reads it has no width.
    console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=10_000)
    with console.capture() as lines:
        console.print(table)
    give("\n".join(line.rstrip() for line in lines.get().splitlines()))


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the person at the terminal says yes; `must_be_able_to_ask` comes first."""
    return yes or typer.confirm(question, err=True)


def must_be_able_to_ask(*, yes: bool) -> None:
    """Raise PolicyError where nobody can be asked and nobody said --yes."""
    if not yes and not sys.stdin.isatty():
        raise PolicyError("cannot_ask")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr, where that is a terminal: gives a function of (phase, done, total)."""
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
