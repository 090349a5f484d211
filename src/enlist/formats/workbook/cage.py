"""The cage: workbooks are parsed in a separate process, which is small, limited, and may die without harm.

The child reads standard input and writes messages (`child.py`). It gets a file, never a path, so nothing is left on
disk; the system limits its memory and processor time, and this side its elapsed time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from enlist.core.errors import FileError
from enlist.formats.files.safety import Limits

from .grid import Request

_BOOT: Final = "import sys; sys.path.insert(0, sys.argv[1]); from {} import main; main(sys.argv[2])"
_HOME: Final = Path(__file__).parents[3]
_CHILD: Final = f"{__package__}.child"
# The longest row, with each character as up to twelve, and its notes.
_LONGEST_MESSAGE: Final = 1 << 27

Message = dict[str, Any]


def messages(stream: BinaryIO, *, request: Request, limits: Limits, name: str) -> Iterator[Message]:
    """The child's messages about a workbook. The stream must be a real file at its beginning.

    Raises FileError if the workbook is refused, or exceeds a limit.
    """
    arguments = {**asdict(request), "limits": {"memory": limits.memory, "seconds": limits.seconds}}
    child = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-I", "-c", _BOOT.format(_CHILD), str(_HOME), json.dumps(arguments)],
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONHASHSEED": "random", "PYTHONUTF8": "1"},
    )
    clock = threading.Timer(limits.seconds, child.kill)
    clock.start()
    is_whole = False
    with child, closing(child.stdout or BytesIO()) as lines:
        try:
            while line := lines.readline(_LONGEST_MESSAGE):
                message = parsed_message(line, name=name)
                is_whole = "end" in message
                yield message
            if not is_whole:
                raise _died(child.wait(), is_late=not clock.is_alive(), limits=limits, name=name)
        finally:
            clock.cancel()
            child.kill()


def parsed_message(line: bytes | str, *, name: str) -> Message:
    """A message of the child. Raises FileError if it refuses the workbook, or the message is invalid."""
    try:
        message = json.loads(line)
    except ValueError:
        raise FileError("workbook_reader_broke", file=name) from None
    if not isinstance(message, dict):
        raise FileError("workbook_reader_broke", file=name)
    if refused := message.get("refused"):
        try:
            raise _refused(refused, name=name)
        except (KeyError, ValueError, TypeError):
            # Not the child's message: if the child was compromised, it must not show text to people.
            raise FileError("workbook_reader_broke", file=name) from None
    return message


def _refused(said: list[Any], *, name: str) -> FileError:
    code, fields, *reasons = said
    error = FileError(code, **{**fields, "file": name})
    # What the parser said means nothing to the person who sent the file; a trace shows it.
    error.__cause__ = RuntimeError(*reasons) if reasons else None
    return error


def _died(code: int, *, is_late: bool, limits: Limits, name: str) -> FileError:
    if is_late or code == -24:
        return FileError("workbook_out_of_time", file=name, seconds=limits.seconds)
    return FileError("workbook_out_of_memory", file=name, most=limits.memory)
