#!/usr/bin/env python3
"""Find a Chromium for the browser tests, or install one: prints the path of its program.

CHROMIUM names one; else one that is installed is taken; where there is none, Playwright's own is put into
build/chromium.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
USUAL_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
BROWSERS = Path(__file__).resolve().parents[1] / "build" / "chromium"


def chromium() -> str:
    """The path of a Chromium. Raises SystemExit where there is none and none can be installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise SystemExit(f"chromium: CHROMIUM names {named}, which is no program.")
        return named
    return _installed() or _packaged() or _install()


def _installed() -> str | None:
    found = [shutil.which(name) for name in NAMES] + [place for place in USUAL_PLACES if Path(place).exists()]
    return next(filter(None, found), None)


def _packaged() -> str | None:
    """Playwright's own, where it was installed before."""
    programs = (
        *BROWSERS.glob("chromium-*/chrome-linux*/chrome"),
        *BROWSERS.glob("chromium-*/chrome-mac*/*/Contents/MacOS/*"),
    )
    return next((str(program) for program in sorted(programs, reverse=True)), None)


def _install() -> str:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    done = subprocess.run(command, env={**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(BROWSERS)}, check=False)
    found = _packaged()
    if done.returncode or not found:
        raise SystemExit(
            "chromium: there is no Chromium here, and none can be installed. Install one (`apt-get install chromium`,"
            " `brew install --cask chromium`), or name one in CHROMIUM."
        )
    return found


if __name__ == "__main__":
    print(chromium())
