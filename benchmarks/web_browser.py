"""A file of 100 rows in a real browser, from drop to result: the number of clicks, and the waiting time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from benchmarks.make_roster import Roster, written
from benchmarks.measure import BENCH, ROOT

ADDRESS = "127.0.0.1:8765"
PATIENCE = 60


@dataclass
class Seen:
    """What a user did and saw: clicks, seconds between a click and its result, requests to other hosts."""

    page: Page
    clicks: int = 0
    waited: float = 0.0
    elsewhere: list[str] = field(default_factory=list)

    def click(self, what: str, *, role: str = "button", until: Callable[[], object]) -> None:
        """Click something, and wait for what follows."""
        target = self.page.get_by_role(role, name=what).first  # type: ignore[arg-type]
        target.wait_for()
        self.wait(target.click, until=until)

    def wait(self, action: Callable[[], object], *, until: Callable[[], object]) -> None:
        """Do what one click does, and wait for what follows."""
        begun = time.perf_counter()
        action()
        until()
        self.clicks += 1
        self.waited += time.perf_counter() - begun


def import_of_100(database: str, *, password: str) -> Seen:
    """Import the file on the site of this database, as its owner."""
    path = written(Roster(100, "clean", first=50_000_000))
    with _served(database), sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE * 1_000)
        seen = Seen(page)
        page.on("request", lambda asked: _noted(seen, url=asked.url))
        _sign_in(page, password=password)
        seen.click("New import", role="link", until=lambda: page.wait_for_url("**/imports/new/"))
        page.wait_for_load_state("networkidle")
        with page.expect_file_chooser() as chooser:
            page.get_by_label("Drop a file here, or choose one").click()
        button = page.get_by_role("button", name="Import 100 people")
        seen.wait(lambda: chooser.value.set_files(path), until=button.wait_for)
        seen.click("Import 100 people", until=lambda: page.get_by_role("button", name="Undo this import").wait_for())
        browser.close()
        return seen


def _chromium() -> str:
    command = [sys.executable, str(ROOT / "scripts" / "chromium.py")]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _noted(seen: Seen, *, url: str) -> None:
    if not url.startswith((f"http://{ADDRESS}/", "data:", "blob:")):
        seen.elsewhere.append(url)


def _sign_in(page: Page, *, password: str) -> None:
    page.goto(f"http://{ADDRESS}/sign-in/")
    page.get_by_label("Username or e-mail address").fill("owner")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/imports/")


@contextmanager
def _served(database: str) -> Iterator[None]:
    environment = {**os.environ, "DATABASE_URL": database, "ENLIST_HOME": str(BENCH / "home")}
    command = [sys.executable, "-m", "enlist", "serve", "--address", ADDRESS]
    # Measure our own server only.
    if _answers():
        raise SystemExit(f"benchmarks.web: another site is running at {ADDRESS}; stop it first.")
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        until = time.monotonic() + PATIENCE
        while not _answers():
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit("benchmarks.web: the site does not answer.")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def _answers() -> bool:
    try:
        return bool(urlopen(f"http://{ADDRESS}/health/").status == 200)
    except URLError:
        return False
