"""Enlist's reader for tools that measure readers: rows of a file, its delimiter, sheets of a workbook, a verdict."""

from __future__ import annotations

import contextlib
import resource
import sys
import time
from pathlib import Path

import polars as pl

import enlist
from enlist.core.errors import EnlistError, FileError
from enlist.core.flags.catalogue import ROW_ERRORS
from enlist.core.headers.requirements import require
from enlist.formats.encoding.encodings import decode
from enlist.formats.files.options import ReadOptions
from enlist.formats.files.safety import Limits
from enlist.formats.layout.dialect import find_dialect
from enlist.formats.workbook.cage import messages
from enlist.formats.workbook.grid import Request

_UPDATING = {
    "match_by": ["email"],
    "new_people": "skip",
    "existing_people": "update",
    "update_details": "from_file",
}


def rows(path: str) -> list[list[str]]:
    """The header and the rows of a file; nothing for an empty one."""
    try:
        table = enlist.read(path)
    except FileError as error:
        if "is empty" in error.message:
            return []
        raise
    header = [list(table.headers)] if table.source.header_line else []
    return header + [list(row) for row in table.frame.iter_rows()]


def dialect(data: bytes) -> tuple[str, str]:
    """The delimiter and the quotation mark of a text."""
    text = decode(data, encoding=None, name="sample")
    found = find_dialect(text.data[text.start :].decode(), options=ReadOptions())
    return found.delimiter, found.quote


def sheets(path: Path) -> list[list[list[str]]]:
    """The displayed cells of all sheets of a workbook. Raises FileError."""
    limits = Limits(seconds=30)
    with path.open("rb") as stream:
        first = next(
            iter(
                messages(stream, request=Request(sheet="", columns=16_384, macros=True), limits=limits, name=path.name)
            )
        )
    return [_sheet(path, name=name, limits=limits) if has_cells else [] for name, _, has_cells in first["sheets"]]


def _sheet(path: Path, *, name: str, limits: Limits) -> list[list[str]]:
    found: list[list[str]] = []
    with path.open("rb") as stream:
        request = Request(sheet=name, columns=16_384, macros=True)
        for message in messages(stream, request=request, limits=limits, name=path.name):
            for number, cells in message.get("rows", ()):
                found.extend([] for _ in range(number - len(found)))
                found[number - 1] = cells
    return found


def verdict(path: str) -> str:
    """The verdict on a file of people, after planning it: accept, accept-with-warning, refuse."""
    policy = enlist.Policy.from_dict(_UPDATING)
    try:
        table = enlist.read(path)
        headers = enlist.match_headers(table)
        require(table, headers=headers, policy=policy)
        checked = enlist.check(table, headers, policy=policy, reference=enlist.Reference())
    except EnlistError:
        return "refuse"
    failed = checked.flags.filter(pl.col("code").is_in(ROW_ERRORS)).get_column("row").drop_nulls().n_unique()
    if failed * 2 > table.height:
        return "refuse"
    keys = checked.frame.get_column("email_key").drop_nulls()
    return "accept-with-warning" if checked.flags.height or keys.is_duplicated().any() else "accept"


def peak() -> int:
    """This process's peak memory in megabytes since `forget_peak`, or since its start if that isn't supported."""
    with contextlib.suppress(OSError):
        parts = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()
        return int(parts[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def forget_peak() -> None:
    """Reset the peak memory, if the system can (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    enlist.read(b"warm,up\n1,2\n")
    began = time.monotonic()
    print(verdict(sys.argv[1]), f"{time.monotonic() - began:.3f}", peak())
