#!/usr/bin/env python3
"""Find or install a Chromium for the browser tests, and print the path of its program.

It prints the first of these that runs: the one in CHROMIUM; an installed one; one that Playwright put into
build/chromium before; Debian's package, if we are root or sudo needs no password; Playwright's own.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
USUAL_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
BROWSERS = Path(__file__).resolve().parents[1] / "build" / "chromium"
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--quiet")


def chromium() -> str:
    """The path of a Chromium. Raises SystemExit if there is none and none can be installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not _runs(named):
            raise SystemExit(f"chromium: CHROMIUM is {named}, which isn't a program that runs.")
        return named
    if found := _found():
        return found
    with _alone():
        # Another test process may have installed one in the meantime.
        found = _found() or _from_debian() or _from_playwright()
    if not found:
        raise SystemExit(
            "chromium: the browser tests need Chromium, and none could be installed. Install it (Debian: apt install"
            " chromium; Ubuntu: snap install chromium; macOS: brew install --cask chromium), or name one in CHROMIUM."
        )
    return found


def _found() -> str | None:
    """An installed Chromium that runs."""
    installed = filter(None, map(shutil.which, (*NAMES, *USUAL_PLACES)))
    packaged = (
        *BROWSERS.glob("chromium-*/chrome-linux*/chrome"),
        *BROWSERS.glob("chromium-*/chrome-mac*/*/Contents/MacOS/*"),
    )
    return next(filter(_runs, (*installed, *map(str, sorted(packaged, reverse=True)))), None)


def _runs(program: str) -> bool:
    """Whether it starts: Ubuntu has one that only asks to install another, and elsewhere libraries may be missing."""
    return _done(program, "--version", quiet=True)


def _from_debian() -> str | None:
    """Debian's package; a new machine has no package lists, so they are fetched first."""
    rights = _rights()
    if rights is None or not shutil.which("apt-get"):
        return None
    print("chromium: no browser here; installing Debian's package chromium.", file=sys.stderr)
    _done(*rights, *APT, "update")
    return _found() if _done(*rights, *APT, "install", "--yes", "--no-install-recommends", "chromium") else None


def _from_playwright() -> str | None:
    """Playwright's own, with the libraries it needs if we may install them."""
    print("chromium: no browser here; downloading Playwright's.", file=sys.stderr)
    install = (sys.executable, "-m", "playwright", "install", "chromium")
    if _rights() is None or not _done(*install, "--with-deps"):
        _done(*install)
    return _found()


def _rights() -> tuple[str, ...] | None:
    """The prefix of commands that install something; None if we may not."""
    if os.geteuid() == 0:
        return ()
    return ("sudo", "-n") if _done("sudo", "-n", "true", quiet=True) else None


def _done(*command: str, quiet: bool = False) -> bool:
    """Whether the command runs and succeeds. Its output goes to stderr: stdout is for the path."""
    output = subprocess.DEVNULL if quiet else sys.stderr
    environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(BROWSERS)}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process with this folder installs anything."""
    BROWSERS.mkdir(parents=True, exist_ok=True)
    with (BROWSERS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    print(chromium())
