#!/usr/bin/env python3
"""Take all pictures of docs/pictures: every screen of a demo school, in light and dark.

python scripts/screenshots.py [FOLDER]
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from chromium import chromium
from ports import kept_port

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
OWNER = "tamar.beridze"
SIZE = {"width": 1280, "height": 800}
UPDATING = ("--set", "upload_type=add_and_update", "--set", "update_details=from_file")
# Pages that lists link to, by the name of their picture.
LISTS = {
    "imports": "/imports/",
    "people": "/people/",
    "person": "/people/nino.melashvili/",
    "groups": "/groups/",
    "courses": "/courses/",
    "profile-fields": "/profile-fields/",
    "organization": "/organization/",
    "team": "/team/",
    "activity": "/activity/",
    "new": "/imports/new/",
    "result": "/imports/1/",
    "conditions": "/conditions/",
    "merge": "/merge-people/?kept=abdelrahman.elsherif&other=abdelrahman.elsherif2",
}
# Whose link is opened, and the password that is chosen.
LEARNER, CHOSEN = "nino.melashvili", "plum tractor sings"
LIST = "everybody.csv"
STEPS = ("source", "columns", "review", "preview")
DRAFT = """username,firstname,lastname,email,city,profile_field_house,course1,role1
nino.melashvili,Nino,Melashvili,nino.melashvili@example.org,Bath,Oak,MATH-7,student
wren.harper,Wren,Harper,wren.harper@example.org,Leeds,Oka,MATH-7,studnet
finch.bell,Finch,,finch.bell@example.org,Leeds,Oak,ART,student
robin.marsh,Robin,Marsh,robin.marsh@@example.org,York,Elm,MTH-7,student
lark.evans,Lark,Evans,lark.evans@example.org,York,Oka,MUSIC,student
natalya.shcherbakova2,Natalya,Shcherbakova,natalya.shcherbakova2@example.org,Hull,Ash,ENG-7,student
"""


def main() -> None:
    """Take all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as lists,
        _site(Path(lists)) as (address, password, link),
        sync_playwright() as playwright,
    ):
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        for scheme in ("light", "dark"):
            _pictures(
                _signed_in(browser, address=address, password=password, scheme=scheme), folder=folder, scheme=scheme
            )
            page = _signed_in(browser, address=address, password=password, scheme=scheme)
            _sync(page, listed=Path(lists) / LIST, to=folder / f"sync-{scheme}.png")
        for scheme in ("light", "dark"):
            _learner(browser, address=address, link=link, folder=folder, scheme=scheme)
        browser.close()


@contextmanager
def _site(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Serve a demo school with an imported roster: its address, its owner's password, and a link for a learner.

    A complete list of its people is written to the folder.
    """
    with tempfile.TemporaryDirectory() as home:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        # With a mail server, pages offer invitations; nothing is sent.
        environment |= {"ENLIST_HOME": home, "ENLIST_MAIL": "smtp://127.0.0.1:9", "ENLIST_ADDRESS": "http://localhost"}

        def enlist(*words: str) -> str:
            command = [sys.executable, "-m", "enlist", *words]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            return done.stdout

        enlist("init", "--demo")
        enlist("import", str(ROOT / "examples" / "roster.csv"), *UPDATING, "--yes")
        enlist("groups", "add", "Staff", "idnumber=staff")
        enlist("groups", "add", "Everybody")
        enlist("people", "many", "join", "--into", "Staff", "--role", "instructor", "--yes")
        enlist("people", "many", "join", "--into", "Everybody", "--everybody", "--yes")
        enlist("courses", "set", "ENG-7", "url=https://lms.example.org/english")
        enlist("conditions", "add", "Year 10", "profile_field_year is 10", "--automatic-removal", "--yes")
        enlist("groups", "add", "Tenth year")
        enlist("conditions", "use", "Tenth year", "Year 10", "--yes")
        enlist("groups", "courses", "Tenth year", "ART", "--yes")
        # A complete list in which some people are missing.
        listed = enlist("people", "export").splitlines(keepends=True)
        (folder / LIST).write_text("".join(listed[:20] + listed[38:]), "utf-8")
        password = enlist("team", "password", OWNER, "--keep").split()[-1]
        link = enlist("invitations", "link", LEARNER).strip().removeprefix("http://localhost")
        address = f"127.0.0.1:{kept_port()}"
        command = [sys.executable, "-m", "enlist", "serve", "--address", address, "--processes", "1"]
        server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            _wait(address)
            yield address, password, link
        finally:
            server.terminate()
            server.wait()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            with urlopen(f"http://{address}/health/"):
                return
        except URLError:
            time.sleep(0.1)
    raise SystemExit("screenshots: the site does not answer.")


def _signed_in(browser: Browser, *, address: str, password: str, scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": SIZE["width"], "height": SIZE["height"]},
        color_scheme="dark" if scheme == "dark" else "light",
        base_url=f"http://{address}",
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Username or e-mail address").fill(OWNER)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/imports/")
    return page


def _pictures(page: Page, *, folder: Path, scheme: str) -> None:
    def picture(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}-{scheme}.png", animations="disabled")

    path = _draft(page)
    for name, where in LISTS.items():
        page.goto(where)
        picture(name)
    page.goto("/groups/")
    page.get_by_role("link", name="Staff").first.click()
    page.get_by_role("button", name="Print sign-in cards…").click()
    page.get_by_role("button", name="Make cards").click()
    page.locator(".sign-in-cards").wait_for()
    picture("cards")
    for step in STEPS:
        page.goto(f"{path}{step}/")
        if step == "review":
            page.locator(".tabulator-row").first.wait_for()
            page.evaluate("window.scrollTo(0, 0)")
        picture(step)
    page.get_by_text("See the mail that the first of them gets").click()
    page.get_by_text("Invitations", exact=True).scroll_into_view_if_needed()
    picture("invitation")
    page.goto("/imports/1/")
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("navigation", name="Figures").wait_for()
    picture("undo")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    picture("sign-in")


def _sync(page: Page, *, listed: Path, to: Path) -> None:
    """Take the picture of the preview of a complete list."""
    page.goto("/imports/new/")
    page.locator("#preset-sync").check()
    page.get_by_label("Drop a file here, or choose one").set_input_files(listed)
    page.wait_for_url(re.compile(r"/imports/\d+/(?!next)\w+/"))
    path = re.sub(r"\w+/$", "", page.url)
    page.goto(f"{path}settings/")
    page.locator("#unlisted-deactivate").check()
    page.get_by_role("button", name="Preview changes").click()
    page.wait_for_url(re.compile(r"/imports/\d+/(?:review|preview)/"))
    page.goto(f"{path}preview/")
    page.get_by_role("navigation", name="Figures").wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=to, animations="disabled")


def _learner(browser: Browser, *, address: str, link: str, folder: Path, scheme: str) -> None:
    """Take the pictures of somebody who activates their account on a phone, or signs in."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        base_url=f"http://{address}",
    )
    page = context.new_page()
    page.goto(link)
    if page.get_by_label("New password again").count():
        for each in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if each == "dark" else "light")
            page.screenshot(path=folder / f"activate-{each}.png", animations="disabled")
        for name in ("new", "again"):
            page.locator(f"input[name={name}]").fill(CHOSEN)
        page.get_by_role("button", name="Activate and sign in").click()
    else:
        page.goto("/sign-in/")
        page.get_by_label("Username or e-mail address").fill(LEARNER)
        page.get_by_label("Password").fill(CHOSEN)
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/my-courses/")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.screenshot(path=folder / f"my-courses-{scheme}.png", animations="disabled")
    page.goto("/my-details/")
    page.screenshot(path=folder / f"my-details-{scheme}.png", animations="disabled")
    context.close()


def _draft(page: Page) -> str:
    """Upload and plan an import; returns its address."""
    page.goto("/imports/new/")
    page.locator("#preset-moodle").check()
    page.get_by_label("Drop a file here, or choose one").set_input_files(
        {"name": "new-term.csv", "mimeType": "text/csv", "buffer": DRAFT.encode()}
    )
    page.wait_for_url(re.compile(r"/imports/\d+/(?!next)\w+/"))
    path = re.sub(r"\w+/$", "", page.url)
    page.goto(f"{path}settings/")
    page.locator("#upload_type-add_and_update").check()
    page.locator("#update_details-from_file").check()
    page.get_by_role("button", name="Preview changes").click()
    page.wait_for_url(re.compile(r"/imports/\d+/(?:review|preview)/"))
    page.goto(f"{path}preview/")
    page.get_by_role("navigation", name="Figures").wait_for()
    return path


if __name__ == "__main__":
    main()
