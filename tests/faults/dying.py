"""Run `enlist` with a fault at the N-th call of a database driver or the file system, on any platform.

`python -m tests.faults.dying FAULT:N WORD…` runs `enlist WORD…`. FAULT is `kill` (SIGKILL), `stop` (SIGSTOP), `full`
(no file may grow beyond N bytes, as on a full disk), or `count`, which causes no fault and writes each call, with its
window of WINDOWS, as a line to the file FAULT_LOG. Each call counts twice, before and after it, starting with the first
one to a database; calls of other threads don't count. FAULT_PID is another process for the fault, such as the database
server, with `kill` or `quit`; FAULT_MAIN is a module whose `main` is called instead of `enlist`.
"""

import atexit
import os
import resource
import signal
import sqlite3
import sys
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

# What changes nothing need not be tried.
HARMLESS = {"cursor", "close", "create_function", "create_aggregate", "fetchone", "fetchmany", "fetchall"}
FILES = {"mkdir", "open", "rename", "replace", "rmdir", "unlink", "link"}
# Functions of Enlist, and what is being done as long as they have not returned.
WINDOWS = {"restart": "storing", "planned_keep": "storing", "plan_keep": "storing", "plan_commit": "applying"}
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "quit": signal.SIGQUIT}


class Fault:
    """Counts calls, and hits a process at one of them."""

    def __init__(self, kind: str, *, point: int) -> None:
        self.kind, self.point = kind, point
        self.met: list[str] = []

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:
        """What `sys.setprofile` calls."""
        name = _of_c(called) if event.startswith("c_") else _of_python(frame)
        if not name or not (self.met or "." in name):
            return
        when = "before" if event in ("call", "c_call") else "after"
        self.met.append(f"{when} {name}, {_window(frame)}")
        if len(self.met) == self.point:
            os.kill(int(os.environ.get("FAULT_PID") or os.getpid()), SIGNALS[self.kind])


def _of_c(called: Any) -> str:
    """A call of the SQLite driver, or of the file system; "" for any other."""
    for kind in (sqlite3.Connection, sqlite3.Cursor):
        if isinstance(called.__self__, kind) and called.__name__ not in HARMLESS:
            return f"{kind.__name__}.{called.__name__}"
    return called.__name__ if called.__module__ in ("posix", "_io") and called.__name__ in FILES else ""


def _of_python(frame: FrameType) -> str:
    """A question to a PostgreSQL server; "" for any other call."""
    code = frame.f_code
    is_wait = code.co_name == "wait" and Path(code.co_filename).parts[-2:] == ("psycopg", "connection.py")
    return "Connection.wait" if is_wait else ""


def _window(frame: FrameType | None) -> str:
    """What is being done; "" outside of the windows."""
    while frame:
        if frame.f_code.co_name in WINDOWS:
            return WINDOWS[frame.f_code.co_name]
        frame = frame.f_back
    return ""


def main() -> None:
    """Run the command under the fault."""
    kind, _, point = sys.argv[1].partition(":")
    fault = Fault(kind, point=int(point or 0))
    if kind == "count":
        log = Path(os.environ["FAULT_LOG"])
        atexit.register(lambda: log.write_text("\n".join(fault.met)))
    if kind == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault.point, resource.RLIM_INFINITY))
    sys.argv[1:2] = []
    # What is counted is what happens in the command, not what loading it does.
    enlist = import_module(os.environ.get("FAULT_MAIN") or "enlist.cli.main").main

    if kind != "full":
        sys.setprofile(fault)
    enlist()


if __name__ == "__main__":
    main()
