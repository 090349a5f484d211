"""Thousands of damaged files: one that is neither read correctly nor refused with a reason is a complaint.

`python -m tests.support.mutations COUNT [FROM]` reads so many, in processes that may die; `--show NUMBER` writes one of
them to standard output. Workbooks are read without a process of their own: to start it takes most of the time.
"""

from __future__ import annotations

import csv
import faulthandler
import io
import os
import re
import resource
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO
from unittest import mock

from enlist.core.errors import FileError
from enlist.core.table.table import Table
from enlist.formats.files.safety import Limits
from enlist.formats.layout.records import BLANKS
from enlist.formats.reading import read
from enlist.formats.text import delimited
from enlist.formats.workbook import sheet_rows, table
from enlist.formats.workbook.cage import Message, parsed_message
from enlist.formats.workbook.child import answers
from enlist.formats.workbook.grid import Request
from enlist.formats.workbook.kinds import xlsx
from enlist.formats.workbook.regular import Irregular
from tests.support.damage import ROWS, TEXTS, is_inside, kind_of, mutant

BATCH = 3_000
# More seconds or megabytes for a file of a few thousand bytes are a fault.
SECONDS, MEGABYTES = 5, 200
MEMORY = 8_000_000_000
# The error where nobody knows why a file cannot be read.
UNKNOWN = "workbook_damaged"
Found = Table | FileError


def complaint(number: int) -> str | None:
    """What is wrong with how the damaged file of this number is read, None where nothing is."""
    return judged(number, found=outcome(mutant(number)))


def judged(number: int, *, found: Found) -> str | None:
    """The errors in the result for the damaged file of this number."""
    if isinstance(found, FileError):
        is_said = found.message.endswith((".", "?")) and found.hint.endswith((".", "?"))
        return None if is_said and found.code != UNKNOWN else f"refused without a reason: {found}"
    if sum(column.null_count() for column in found.frame.iter_columns()) or not found.lines.is_sorted():
        return "null cells, or lines that do not rise"
    data = mutant(number)
    return _otherwise(data, number=number, found=found) or _in_silence(data, number=number, table=found)


def outcome(data: bytes) -> Found:
    """The table in a file, or why it is refused."""
    with mock.patch.object(table, "messages", _near):
        try:
            return read(data, name="people")
        except FileError as error:
            return error


def _near(stream: BinaryIO, *, request: Request, limits: Limits, name: str) -> Iterator[Message]:
    """What the process of a workbook says of it, in this one."""
    del limits
    return (parsed_message(line, name=name) for line in answers(stream, request=request))


def _otherwise(data: bytes, *, number: int, found: Table) -> str | None:
    """What is wrong where the same file comes out otherwise by the careful readers, which look at everything."""
    if kind_of(number) not in (*TEXTS, "xlsx"):
        return None
    with (
        mock.patch.object(delimited, "plain", return_value=None),
        mock.patch.object(delimited, "is_clear", return_value=False),
        mock.patch.object(sheet_rows.SheetRows, "_regular", _irregular),
        mock.patch.object(xlsx, "_strings", _irregular),
    ):
        other = outcome(data)
    if isinstance(other, FileError):
        return f"read fast, and refused by the careful reader: {other}"
    is_same = found.frame.equals(other.frame) and found.lines.equals(other.lines) and found.flags.equals(other.flags)
    return None if is_same else "the careful reader reads it otherwise"


def _irregular(*_: Any, **__: Any) -> Any:
    raise Irregular


def _in_silence(data: bytes, *, number: int, table: Table) -> str | None:
    """What is wrong where nothing was said, and a strict reader or a check sum knows better."""
    if not table.height or not table.flags.is_empty() or is_inside(number):
        return None
    if kind_of(number) in TEXTS and table.source.delimiter:
        return _unlike_strict(data, table=table)
    is_checked = table.source.road == "workbook" and kind_of(number) != "xls"
    if is_checked and [table.headers, *table.frame.iter_rows()] != list(ROWS):
        return "cells of a workbook were lost or changed in silence"
    return None


def _unlike_strict(data: bytes, *, table: Table) -> str | None:
    sign = table.source.delimiter
    # Blanks after a closing quotation mark mean nothing.
    text = data.decode(table.source.encoding).removeprefix("\ufeff")
    lines = io.StringIO(re.sub(rf'"[ \t\v\f]+(?={re.escape(sign)}|[\r\n]|$)', '"', text), newline="")
    reader = csv.reader(lines, delimiter=sign, skipinitialspace=sign != " ", strict=True)
    try:
        rows = [row for row in reader if reader.line_num >= table.source.header_line]
    except csv.Error as error:
        return f"read in silence, and a strict reader says: {error}"
    width = len(table.headers)
    strict = [tuple(cell.strip(BLANKS) for cell in row) for row in rows if len(row) > 1 or "".join(row).strip(BLANKS)]
    if any(len(row) < width or any(row[width:]) for row in strict):
        return "rows too short or too long, in silence"
    header, *body = [row[:width] for row in strict]
    # A header of several lines is one name.
    names = tuple(re.sub(r"[\r\n]+", " ", cell) for cell in header)
    same = names == table.headers and body == table.frame.rows()
    return None if same else "a strict reader reads it otherwise, and nothing was said"


def _numbers(start: int, *, stop: int) -> None:
    """Read some of them; prints a line for each (`?`), then its errors (`!`) or its result (`=`)."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for number in range(start, stop):
        _tell("?", number)
        faulthandler.dump_traceback_later(4 * SECONDS, exit=True)
        began, before = time.process_time(), _megabytes()
        try:
            found = outcome(mutant(number))
            wrong = judged(number, found=found)
            _tell("=", _shape(found))
        except Exception:
            wrong = traceback.format_exc()
        if (grown := _megabytes() - before) > MEGABYTES or time.process_time() - began > SECONDS:
            wrong = f"{time.process_time() - began:.1f} s and {grown} MB"
        if wrong:
            _tell("!", wrong.replace("\n", " | "))
    faulthandler.cancel_dump_traceback_later()


def _shape(found: Found) -> str:
    """The result for a file, without what differs between files."""
    if isinstance(found, FileError):
        return found.code
    codes = sorted(set(found.flags.get_column("code")))
    return f"read, {', '.join(codes) or 'without a word'}"


def _tell(sign: str, what: object) -> None:
    sys.stdout.write(f"{sign} {what}\n")
    sys.stdout.flush()


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024


def _all(count: int, *, start: int) -> int:
    """Read so many, and tell of them; 1 where there was a complaint."""
    began, outcomes, wrong = time.monotonic(), Counter[str](), 0
    number, stop = start, start + count
    while number < stop:
        last, complaints, counted = _batch(number, stop=min(number + BATCH, stop))
        outcomes += counted
        for which, what in complaints:
            wrong += 1
            sys.stdout.write(f"{which} ({kind_of(which)}): {what}\n")
        number = last + 1
        sys.stdout.flush()
    seconds = time.monotonic() - began
    was_read = sum(times for shape, times in outcomes.items() if shape.startswith("read"))
    for shape, times in outcomes.most_common():
        sys.stdout.write(f"{times:>9,}  {shape}\n")
    sys.stdout.write(
        f"{count:,} damaged files: {was_read:,} read, {outcomes.total() - was_read:,} refused, {wrong} complaints; "
        f"{count / seconds:.0f} a second\n"
    )
    return int(wrong > 0)


def _batch(start: int, *, stop: int) -> tuple[int, list[tuple[int, str]], Counter[str]]:
    """Read some in a process: the last number that was begun, complaints, how often each outcome was met."""
    command = [sys.executable, "-m", "tests.support.mutations", "--only", str(start), str(stop)]
    last, complaints, outcomes = start, list[tuple[int, str]](), Counter[str]()
    # What is small is read sooner without others to share it with.
    alone = os.environ | {"POLARS_MAX_THREADS": "1"}
    with subprocess.Popen(
        command, env=alone, stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace"
    ) as child:
        for line in child.stdout or ():
            sign, _, what = line.rstrip("\n").partition(" ")
            if sign == "?":
                last = int(what)
            elif sign == "!":
                complaints.append((last, what))
            else:
                outcomes[what] += 1
    if child.returncode:
        complaints.append((last, f"its reader died or hung ({child.returncode})"))
    return last, complaints, outcomes


def main(words: list[str]) -> int:
    """Do what the words say."""
    match words:
        case ["--show", number]:
            sys.stdout.buffer.write(mutant(int(number)))
        case ["--only", start, stop]:
            _numbers(int(start), stop=int(stop))
        case [count, *start]:
            return _all(int(count), start=int(next(iter(start), "0")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
